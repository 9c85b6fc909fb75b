"""Receipts: kept whole before anything is read, one lane per inbox, read again after a fix."""

import asyncio
from uuid import UUID

import pytest

from frontdesk.domain.errors import NotFound
from frontdesk.domain.scope import ActorType, Scope
from frontdesk.kit.ids import uuid7
from frontdesk.store import jobs, receipts
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.receipts import Receipt
from tests.store.desk import Desk

BODY = bytes(range(256)) + b"\x00\xff{"


def _receipt(desk: Desk, body: bytes = BODY) -> Receipt:
    return Receipt(desk.account, desk.inbox, "POST", {"a": ["1", "ß"]}, {"x-signature": "sha256=0"}, body)


async def test_a_receipt_is_kept_byte_exact_with_a_job(store: Store) -> None:
    """G24."""
    desk = Desk(store)
    heard: list[str] = []
    store.on_enqueue(heard.append)
    receipt = _receipt(desk)
    await store.receive(receipt)
    row = await store.read(lambda tx: receipts.get(tx, desk.account, receipt.id))
    assert (row.body, row.query, row.headers, row.method, row.state, row.reason, row.events) == (
        BODY,
        {"a": ["1", "ß"]},
        {"x-signature": "sha256=0"},
        "POST",
        "new",
        None,
        0,
    )
    (lane,) = await store.write(lambda tx: jobs.claim(tx, "ingest", lanes=5))
    assert (lane.key, lane.account_id, [job.payload for job in lane.jobs]) == (
        desk.inbox,
        desk.account,
        [{"receipt": str(receipt.id), "size": len(BODY)}],
    )
    assert heard == ["ingest"]


async def test_one_inbox_is_one_lane_in_order(store: Store) -> None:
    one, two = Desk(store), Desk(store)
    batch = [_receipt(desk, str(n).encode()) for n in range(20) for desk in (one, two)]
    await asyncio.gather(*map(store.receive, batch))
    lanes = await store.write(lambda tx: jobs.claim(tx, "ingest", lanes=5, per_lane=100))
    assert {lane.key: [job.payload["receipt"] for job in lane.jobs] for lane in lanes} == {
        desk.inbox: [str(r.id) for r in batch if r.inbox_id == desk.inbox] for desk in (one, two)
    }
    await store.receive(_receipt(one))
    assert await store.write(lambda tx: jobs.claim(tx, "ingest", lanes=5)) == []
    found = await store.read(lambda tx: receipts.many(tx, [r.id for r in batch[:3]]))
    assert {row.body for row in found.values()} == {b"0", b"1"}


async def test_what_does_not_parse_stays_and_can_be_read_again(store: Store) -> None:
    """G9: reason, raw body and a replay."""
    desk = Desk(store)
    good, bad = _receipt(desk), _receipt(desk)
    for receipt in (good, bad):
        await store.write(lambda tx, r=receipt: receipts.add(tx, r))  # type: ignore[misc]
    (lane,) = await store.write(lambda tx: jobs.claim(tx, "ingest", lanes=1))
    await store.write(lambda tx: receipts.finish(tx, good.id, events=3))
    await store.write(lambda tx: receipts.finish(tx, bad.id, reason="not JSON"))
    await store.write(lambda tx: jobs.done(tx, lane, [job.id for job in lane.jobs]))
    (failed,) = await store.read(lambda tx: receipts.page(tx, _scope(desk.account)))
    assert (failed.id, failed.reason, failed.body) == (bad.id, "not JSON", BODY)
    (done,) = await store.read(lambda tx: receipts.page(tx, _scope(desk.account), "done"))
    assert (done.id, done.events) == (good.id, 3)
    assert await store.read(lambda tx: receipts.page(tx, _scope(uuid7()))) == []
    with pytest.raises(NotFound):
        await store.write(lambda tx: receipts.replay(tx, uuid7(), bad.id))
    await store.write(lambda tx: receipts.replay(tx, desk.account, bad.id))
    (lane,) = await store.write(lambda tx: jobs.claim(tx, "ingest", lanes=1))
    assert [job.payload for job in lane.jobs] == [{"receipt": str(bad.id), "size": len(bad.body)}]
    assert await store.read(lambda tx: receipts.page(tx, _scope(desk.account))) == []
    assert await desk.count(t.receipts) == 2


def _scope(account_id: UUID) -> Scope:
    return Scope(account_id, ActorType.USER, uuid7(), frozenset())
