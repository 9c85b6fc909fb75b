"""A report that names our delivery is the answer that a send never got; a wrong name changes nothing."""

import asyncio
from itertools import permutations
from uuid import UUID

import pytest

from frontdesk.features.delivery import outbox, retries
from frontdesk.features.delivery.backoff import Backoff
from frontdesk.features.delivery.deliverer import Deliverer
from frontdesk.features.delivery.letters import Letter
from frontdesk.kit.ids import uuid7
from frontdesk.ports.channel import Failed, OutboundMessage, Sent, Unknown
from frontdesk.store import jobs
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.tx import Row, Tx
from tests.features.delivery.test_delivering import QUICK, all_are, deliverer, said, statuses, write
from tests.features.scene import PaperBlobs, PaperInboxes, Scene, add_rows, status, text, until, working

LOST = Unknown(code="reset", message="The connection was cut.")


@pytest.fixture
async def scene(store: Store) -> Scene:
    scene = await Scene(store).build()
    await scene.receive(text("hi", source_id="m1"))
    return scene


async def lose(scene: Scene, *bodies: str) -> list[UUID]:
    """Send messages whose answers are lost; answers their deliveries' ids."""
    scene.channel.answers = [LOST] * len(bodies)
    async with working(deliverer(scene).worker()):
        await write(scene, *bodies)
        await until(lambda: all_are(scene, *["unknown"] * len(bodies)))
    return [each.delivery_id for each in scene.channel.sent if isinstance(each, OutboundMessage)]


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])))
async def test_g7_g8_reports_in_any_order_settle_a_lost_send(scene: Scene, order: tuple[str, ...]) -> None:
    (delivery_id,) = await lose(scene, "a")
    for word in order:
        await scene.receive(status("w1", word, delivery_id=delivery_id))
    assert await statuses(scene) == ["read"]
    (row,) = await scene.all_of(t.deliveries)
    assert (row.source_id, row.error_code, row.error, row.retryable) == ("w1", None, None, False)
    assert row.sent_at is not None
    assert row.delivered_at is not None
    (ref,) = [ref for ref in await scene.all_of(t.source_refs) if ref.source_id == "w1"]
    assert (ref.message_id, ref.delivery_id, ref.pending) == (row.message_id, delivery_id, None)
    conversation = await scene.conversation()
    assert conversation.seen_seq == 2
    told = [e.type for e in await scene.log() if e.type.startswith("delivery.")]
    assert told == list(dict.fromkeys(told))
    assert (told[0], told[-1]) == ("delivery.unknown", "delivery.read")
    assert said(scene) == ["a"]


async def test_one_batch_settles_and_repeats_change_nothing(scene: Scene) -> None:
    first, second = await lose(scene, "a", "b")
    batch = [
        status("w2", "sent", delivery_id=second),
        status("w1", "sent", delivery_id=first),
        status("w1", "delivered", delivery_id=first),
        status("w2", "failed", delivery_id=second, error_code="131026", error_title="Undeliverable"),
        status("w1", "sent", delivery_id=first),
    ]
    for _ in range(3):
        await scene.receive(*batch)
    assert await statuses(scene) == ["delivered", "failed"]
    rows = {row.id: row for row in await scene.all_of(t.deliveries)}
    assert (rows[first].source_id, rows[second].source_id) == ("w1", "w2")
    assert rows[second].error_code == "131026"
    events = [e.type for e in await scene.log() if e.type.startswith("delivery.")]
    assert sorted(events) == sorted(
        ["delivery.unknown"] * 2 + ["delivery.sent"] * 2 + ["delivery.delivered", "delivery.failed"]
    )


async def test_a_report_that_waited_without_a_name_is_applied_too(scene: Scene) -> None:
    (delivery_id,) = await lose(scene, "a")
    await scene.receive(status("w1", "delivered"))
    assert await statuses(scene) == ["unknown"]
    await scene.receive(status("w1", "sent", delivery_id=delivery_id))
    assert await statuses(scene) == ["delivered"]


async def test_g8_a_send_under_way_is_settled_before_its_answer(scene: Scene) -> None:
    scene.channel.gate = asyncio.Event()
    scene.channel.answers = [Sent(source_id="w1")]
    async with working(deliverer(scene).worker()):
        await write(scene, "a")
        await until(lambda: all_are(scene, "sending"))
        (row,) = await scene.all_of(t.deliveries)
        await scene.receive(status("w1", "delivered", delivery_id=row.id))
        assert await statuses(scene) == ["delivered"]
        scene.channel.gate.set()
    assert await statuses(scene) == ["delivered"]
    await scene.receive(status("w1", "read", delivery_id=row.id))
    assert await statuses(scene) == ["read"]
    (attempt,) = await scene.all_of(t.delivery_attempts)
    assert attempt.outcome == "sent"
    assert await scene.all_of(t.jobs) == []


async def test_g7_s2_14_a_crash_after_the_provider_accepted_is_settled_and_not_sent_again(
    scene: Scene,
) -> None:
    await write(scene, "a", "b")

    def crash(tx: Tx) -> UUID:
        (lane,) = jobs.claim(tx, "deliver", lanes=10, lease_seconds=0.05)
        letter = outbox.begin(tx, lane, lane.jobs[0], uuid7(), last=False)
        assert isinstance(letter, Letter)
        return letter.delivery_id

    delivery_id = await scene.store.write(crash)
    await scene.receive(status("w1", "delivered", delivery_id=delivery_id))
    assert await statuses(scene) == ["delivered", "queued"]
    async with working(deliverer(scene).worker()):
        await until(lambda: all_are(scene, "delivered", "sent"))
    assert said(scene) == ["b"]
    attempts = await scene.all_of(t.delivery_attempts)
    assert sorted((a.outcome, a.error_code) for a in attempts) == [("sent", None), ("unknown", "interrupted")]
    assert await scene.all_of(t.jobs) == []


async def test_a_proof_stops_the_retry_that_is_planned(scene: Scene) -> None:
    """The provider said "try again" and had taken the message all the same."""
    scene.channel.answers = [Failed(code="503", message="down", retryable=True)]
    later = Backoff(first_seconds=1.5, most_seconds=1.5)
    async with working(deliverer(scene, backoff=later).worker()):
        await write(scene, "a")
        await until(lambda: was_tried(scene))
        await until(lambda: all_are(scene, "queued"))
    (row,) = await scene.all_of(t.deliveries)
    await scene.receive(status("w1", "sent", delivery_id=row.id))
    assert await statuses(scene) == ["sent"]
    async with working(deliverer(scene).worker()):
        await until(lambda: nothing_waits(scene))
    assert said(scene) == ["a"]
    assert await statuses(scene) == ["sent"]


async def was_tried(scene: Scene) -> bool:
    return len(scene.channel.sent) == 1


async def nothing_waits(scene: Scene) -> bool:
    return not await scene.all_of(t.jobs)


async def test_a_message_sent_again_after_a_failure_can_be_settled_by_its_new_id(scene: Scene) -> None:
    scene.channel.answers = [Sent(source_id="w1"), LOST]
    async with working(deliverer(scene).worker()):
        (message_id,) = await write(scene, "a")
        await until(lambda: all_are(scene, "sent"))
        (row,) = await scene.all_of(t.deliveries)
        await scene.receive(status("w1", "failed", delivery_id=row.id))
        await scene.store.write(lambda tx: retries.retry(tx, scene.owner, message_id))
        await until(lambda: all_are(scene, "unknown"))
    await scene.receive(status("w2", "read", delivery_id=row.id))
    assert await statuses(scene) == ["read"]
    (row,) = await scene.all_of(t.deliveries)
    assert row.source_id == "w2"


async def test_forged_and_foreign_names_change_nothing(store: Store) -> None:
    """G7, G8: another account, another inbox, an id already known, nothing sent yet, nobody's."""
    ours, theirs = await Scene(store).build(), await Scene(store).build()
    await ours.receive(text("hi", source_id="m1"))
    await theirs.receive(text("hi", source_id="m1"))
    neighbour = Scene(store, account_id=ours.account_id)
    await add_inbox(neighbour)
    (row,) = [row for row in await ours.conversations() if row.inbox_id == ours.inbox_id]
    ours.channel.answers = [LOST, Sent(source_id="w1")]
    async with working(Deliverer(store, PaperInboxes(ours), PaperBlobs(), backoff=QUICK).worker()):
        await write(ours, "a", "b", conversation_id=row.id)
        await until(lambda: settled(ours, ["unknown", "sent"]))
    await write(ours, "c", conversation_id=row.id)  # waits: no worker runs
    before = await snapshot(ours)
    lost, sent, queued = [each.id for each in before]
    for scene in (theirs, neighbour):
        for word in ("sent", "delivered", "read", "failed"):
            await scene.receive(status("x1", word, delivery_id=lost))
    await ours.receive(status("x2", "read", delivery_id=sent))
    await ours.receive(status("x3", "read", delivery_id=queued))
    await ours.receive(status("x4", "read", delivery_id=uuid7()))
    await ours.receive(status("m1", "read", delivery_id=lost))
    assert await snapshot(ours) == before
    await ours.receive(status("x5", "sent", delivery_id=lost), status("x6", "read", delivery_id=lost))
    (first, *rest) = await snapshot(ours)
    assert (first.status, first.source_id) == ("sent", "x5")
    assert rest == before[1:]


async def add_inbox(scene: Scene) -> None:
    """A second inbox of an account that exists."""
    row = {
        "id": scene.inbox_id, "account_id": scene.account_id, "channel": "paper", "name": "Back",
        "config": {}, "public_key": str(uuid7()), "reopen_policy": scene.policy.value,
    }  # fmt: skip
    await scene.store.write(lambda tx: add_rows(tx, t.inboxes, {**row, "created_at": tx.now}))


async def snapshot(scene: Scene) -> list[Row]:
    return sorted(await scene.all_of(t.deliveries), key=lambda row: row.id)


async def settled(scene: Scene, words: list[str]) -> bool:
    return [row.status for row in await snapshot(scene)] == words
