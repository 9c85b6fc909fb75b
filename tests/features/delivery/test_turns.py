"""Lanes whose inbox has enough under way come again in the order they came, so many a second (S2-12)."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from frontdesk.features.delivery.turns import LANES_A_SECOND, SOONEST_SECONDS, STEP_SECONDS, Turns
from frontdesk.kit.ids import uuid7
from frontdesk.store import jobs
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Lane
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx

FULL, OTHER = uuid7(), uuid7()
NO_STORE: Any = None
"""Whose turn it is takes none."""
_LANES = Statement(sa.select(t.lanes))


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_turns_are_in_the_order_asked_and_so_many_a_second() -> None:
    clock = _Clock()
    turns = Turns(NO_STORE, clock)
    at = [round(clock.now + turns.seconds_for(FULL), 3) for _ in range(2_000)]
    assert at == sorted(at)
    assert at[0] == clock.now + SOONEST_SECONDS + 0.1  # the next whole step
    assert max(Counter(at).values()) == LANES_A_SECOND * STEP_SECONDS
    assert at[-1] == clock.now + SOONEST_SECONDS + 2_000 / LANES_A_SECOND + 0.1


def test_who_comes_again_waits_behind_those_who_have_not_been() -> None:
    clock = _Clock()
    turns = Turns(NO_STORE, clock)
    first = turns.seconds_for(FULL)
    last = [turns.seconds_for(FULL) for _ in range(1_000)][-1]
    clock.now += first
    assert clock.now + turns.seconds_for(FULL) >= 100.0 + last


def test_inboxes_do_not_wait_for_each_other() -> None:
    turns = Turns(NO_STORE, _Clock())
    for _ in range(1_000):
        turns.seconds_for(FULL)
    assert turns.seconds_for(OTHER) < SOONEST_SECONDS + 2 * STEP_SECONDS


def test_once_all_had_their_turn_it_is_as_at_first() -> None:
    clock = _Clock()
    turns = Turns(NO_STORE, clock)
    for _ in range(1_000):
        turns.seconds_for(FULL)
    clock.now += 60
    assert turns.seconds_for(FULL) < SOONEST_SECONDS + 2 * STEP_SECONDS


def test_inboxes_of_the_past_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk.features.delivery.turns._MOST_KEPT", 3)
    clock = _Clock()
    turns = Turns(NO_STORE, clock)
    for _ in range(3):
        turns.seconds_for(uuid7())
    clock.now += 10
    turns.seconds_for(FULL)
    assert set(turns._last) == {FULL}


async def test_all_that_are_put_off_at_once_are_one_change(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, changes = [uuid7() for _ in range(40)], 0
    lanes = await _claimed(store, keys)
    write = store.write

    async def counted(change):  # type: ignore[no-untyped-def]
        nonlocal changes
        changes += 1
        return await write(change)

    monkeypatch.setattr(store, "write", counted)
    turns = Turns(store)
    await asyncio.gather(*(turns.put_off(lane, FULL) for lane in lanes))
    assert changes == 1
    monkeypatch.undo()
    assert await _claim(store) == []
    rows = await store.read(lambda tx: tx.rows(_LANES))
    assert {row.leased_until for row in rows} == {None}
    due = await store.read(lambda tx: jobs.next_due(tx, "deliver"))
    assert due == min(row.run_at for row in rows)


async def _claimed(store: Store, keys: list[UUID]) -> list[Lane]:
    account = uuid7()

    def change(tx: Tx) -> None:
        for key in keys:
            jobs.enqueue(tx, "deliver", key, account, {"delivery": str(key)})

    await store.write(change)
    lanes = await _claim(store)
    assert {lane.key for lane in lanes} == set(keys)
    return lanes


async def _claim(store: Store) -> list[Lane]:
    return await store.write(lambda tx: jobs.claim(tx, "deliver", lanes=100, per_lane=10, lease_seconds=60))
