"""A worker claims so many lanes at once, and still fills all its places."""

import asyncio
from typing import Any

import pytest

from frontdesk.features.jobs.worker import MOST_AT_ONCE, Worker
from frontdesk.kit.ids import uuid7
from frontdesk.store import jobs
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Lane
from frontdesk.store.tx import Tx
from tests.features.scene import until, working


async def test_claims_are_small_and_all_places_are_filled(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, claim, asked = uuid7(), jobs.claim, list[int]()
    places = MOST_AT_ONCE * 2 + 10
    at_work, gate = set[Any](), asyncio.Event()

    def counted(tx: Tx, queue: str, *, lanes: int, **rest: Any) -> list[Lane]:
        asked.append(lanes)
        return claim(tx, queue, lanes=lanes, **rest)

    async def handle(lane: Lane) -> None:
        at_work.add(lane.key)
        await gate.wait()
        await store.write(lambda tx: jobs.done(tx, lane, [job.id for job in lane.jobs]))

    def fill(tx: Tx) -> None:
        for _ in range(places + 20):
            jobs.enqueue(tx, "q", uuid7(), account, {})

    async def all_are_filled() -> bool:
        return len(at_work) == places

    async def all_are_done() -> bool:
        return len(at_work) == places + 20

    monkeypatch.setattr("frontdesk.features.jobs.worker.jobs.claim", counted)
    await store.write(fill)
    async with working(Worker(store, "q", handle, slots=places)):
        await until(all_are_filled)
        assert asked[:3] == [MOST_AT_ONCE, MOST_AT_ONCE, 10]
        gate.set()
        await until(all_are_done)
    assert max(asked) == MOST_AT_ONCE
