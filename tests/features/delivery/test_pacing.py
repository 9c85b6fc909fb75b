"""Limits per number and per pair are obeyed by delivery: messages wait in order, and only a cap refuses."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from frontdesk.kit.clock import utc_now
from frontdesk.ports.channel import Capabilities, Connection, Failed, Outbound, SendResult
from frontdesk.store import paces
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx
from tests.features.delivery.test_delivering import all_are, deliverer, said, statuses, write
from tests.features.scene import PaperChannel, Scene, text, until, working

_SET = Statement(sa.update(t.inboxes).values(settings=sa.bindparam("settings")))


class TimedChannel(PaperChannel):
    """Notes when it was asked to send."""

    capabilities: ClassVar[Capabilities] = replace(PaperChannel.capabilities, pair_seconds=0.15, pair_burst=2)

    def __init__(self) -> None:
        super().__init__()
        self.at: list[datetime] = []

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        self.at.append(utc_now())
        return await super().send(outbound, connection)


@pytest.fixture
async def scene(store: Store) -> Scene:
    scene = await Scene(store, channel=TimedChannel()).build()
    await scene.receive(text("hi", source_id="m1"))
    return scene


def times(scene: Scene) -> list[datetime]:
    assert isinstance(scene.channel, TimedChannel)
    return scene.channel.at


async def limit(scene: Scene, **limits: Any) -> None:
    """Set the inbox's limits."""
    settings = {"sending": {"limits": limits}}
    await scene.store.write(lambda tx: tx.run(_SET, settings=settings))


async def test_the_pair_of_a_channel_is_obeyed_in_order(scene: Scene) -> None:
    """Two at once, then one in 0.15 s; nothing fails, nothing overtakes, no try is lost by waiting."""
    before = utc_now()
    async with working(deliverer(scene).worker()):
        await write(scene, *(f"{n}" for n in range(6)))
        await until(lambda: all_are(scene, *["sent"] * 6))
    assert said(scene) == [f"{n}" for n in range(6)]
    for n, at in enumerate(times(scene)):
        assert at - before >= (n - 1) * timedelta(seconds=0.15)
    assert [a.number for a in await scene.all_of(t.delivery_attempts)] == [1] * 6
    (spent,) = await scene.all_of(t.sending_paces)
    thread_id = (await scene.conversation()).thread_id
    assert spent.subject_id == thread_id
    assert spent.full_at - before >= 6 * timedelta(seconds=0.15)


async def test_one_customer_does_not_hold_up_another(scene: Scene) -> None:
    """A pair's limit is the pair's."""
    await limit(scene, pair_seconds=3600, pair_burst=1)
    await scene.receive(text("hello", source_id="m2", sender="34601"))
    first, second = await scene.conversations()
    async with working(deliverer(scene).worker()):
        await write(scene, "a", "b", conversation_id=first.id)
        await until(lambda: waits(scene, first.id))
        await write(scene, "c", conversation_id=second.id)
        await until(lambda: goes(scene, "a", "c"))
    (lane,) = await scene.all_of(t.lanes)
    assert lane.run_at - utc_now() > timedelta(minutes=50)
    (job,) = await scene.all_of(t.jobs)
    assert job.error == "Waits for its turn: so much goes to one customer at a time."


async def waits(scene: Scene, conversation_id: Any) -> bool:
    rows = await scene.all_of(t.jobs)
    return any(row.key == conversation_id and row.attempts > 0 for row in rows)


async def goes(scene: Scene, *bodies: str) -> bool:
    return said(scene) == list(bodies)


async def test_the_number_is_shared_by_its_conversations(scene: Scene) -> None:
    """Each waiting message gets a turn of its own, and keeps it; the order in each conversation stays."""
    await limit(scene, number_per_second=5, pair_seconds=0.01, pair_burst=100)
    await scene.receive(text("hello", source_id="m2", sender="34601"))
    rows = await scene.conversations()
    before = utc_now()
    async with working(deliverer(scene).worker()):
        for row, word in zip(rows, "ab", strict=True):
            await write(scene, *(f"{word}{n}" for n in range(5)), conversation_id=row.id)
        await until(lambda: all_gone(scene, 10))
    for n, at in enumerate(times(scene)):
        assert at - before >= (n - 4) * timedelta(seconds=0.2)
    for word in "ab":
        assert [each for each in said(scene) if each[0] == word] == [f"{word}{n}" for n in range(5)]
    assert {row.due_at for row in await scene.all_of(t.deliveries)} == {None}
    spent = await scene.store.read(lambda tx: paces.many(tx, [scene.inbox_id]))
    full_at = spent[scene.inbox_id].full_at
    assert full_at is not None
    assert full_at - before >= 10 * timedelta(seconds=0.2)


async def all_gone(scene: Scene, n: int) -> bool:
    return [row.status for row in await scene.all_of(t.deliveries)] == ["sent"] * n


async def test_a_cap_of_a_day_refuses_what_is_too_much(scene: Scene) -> None:
    """The operator said so: it fails, says why, is not tried again; a new day begins with nothing used."""
    await limit(scene, number_per_day=2)
    async with working(deliverer(scene).worker()):
        await write(scene, "a", "b", "c")
        await until(lambda: all_are(scene, "sent", "sent", "failed"))
        *_, shown = await scene.read((await scene.conversation()).id)
        assert shown["failure"] == {
            "code": "daily_limit",
            "message": "The limit of 2 messages a day of this inbox is used up.",
            "retryable": False,
        }
        await scene.store.write(lambda tx: yesterday(tx, scene))
        await write(scene, "d")
        await until(lambda: all_are(scene, "sent", "sent", "failed", "sent"))
    assert said(scene) == ["a", "b", "d"]
    assert len(await scene.all_of(t.delivery_attempts)) == 3


def yesterday(tx: Tx, scene: Scene) -> None:
    """What was sent was sent on another day."""
    spent = paces.lock(tx, scene.account_id, [scene.inbox_id])[scene.inbox_id]
    assert spent.used == 2
    spent.day = "2026-01-01"
    paces.save(tx, spent)


async def test_a_cap_of_a_day_per_customer(scene: Scene) -> None:
    """The other customer gets theirs."""
    await limit(scene, pair_per_day=1)
    await scene.receive(text("hello", source_id="m2", sender="34601"))
    first, second = await scene.conversations()
    async with working(deliverer(scene).worker()):
        await write(scene, "a", "b", conversation_id=first.id)
        await write(scene, "c", conversation_id=second.id)
        await until(lambda: settled(scene))
    assert sorted(said(scene)) == ["a", "c"]
    (failed,) = [row for row in await scene.all_of(t.deliveries) if row.status == "failed"]
    assert failed.error == "The limit of 1 messages a day of this customer is used up."


async def settled(scene: Scene) -> bool:
    return sorted(row.status for row in await scene.all_of(t.deliveries)) == ["failed", "sent", "sent"]


async def test_a_second_try_is_counted_too(scene: Scene) -> None:
    """The provider counts requests."""
    await limit(scene, number_per_day=5)
    scene.channel.answers = [Failed(code="503", message="down", retryable=True)]
    async with working(deliverer(scene).worker()):
        await write(scene, "a")
        await until(lambda: all_are(scene, "sent"))
    spent = await scene.store.read(lambda tx: paces.many(tx, [scene.inbox_id]))
    assert spent[scene.inbox_id].used == 2


async def test_without_limits_nothing_is_kept(store: Store) -> None:
    """No row, no statement."""
    scene = await Scene(store).build()
    await scene.receive(text("hi", source_id="m1"))
    async with working(deliverer(scene).worker()):
        await write(scene, "a")
        await until(lambda: all_are(scene, "sent"))
    assert await scene.all_of(t.sending_paces) == []
    assert await statuses(scene) == ["sent"]
