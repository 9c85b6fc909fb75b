"""Statuses in every order, doubled, before the id is known: the same end, and never a step back (G8)."""

import itertools
import random
from dataclasses import replace

import pytest

from frontdesk.domain.content import Text, content_adapter
from frontdesk.domain.message import Author, AuthorType, DeliveryStatus, Direction, Pricing, may_move
from frontdesk.features.delivery import outbox
from frontdesk.features.delivery.backoff import Backoff
from frontdesk.features.delivery.letters import Letter
from frontdesk.kit.ids import uuid7
from frontdesk.ports.channel import Sent
from frontdesk.store import jobs
from frontdesk.store import tables as t
from frontdesk.store.drafts import Draft
from frontdesk.store.engine import Store
from frontdesk.store.tx import Row, Tx
from tests.features.scene import Scene, status, text

RANK = {"queued": 0, "sending": 1, "sent": 2, "delivered": 3, "read": 4}


@pytest.fixture
async def scene(store: Store) -> Scene:
    scene = await Scene(store).build()
    await scene.receive(text("hi"))
    return scene


async def queue(scene: Scene, count: int) -> list[Draft]:
    conversation_id = (await scene.conversation()).id
    content = content_adapter.dump_json(Text(body="x")).decode()
    drafts = [
        Draft(
            scene.account_id, conversation_id, Direction.OUTGOING, Author(AuthorType.AGENT), "text", content,
            "x", queue="deliver",
        )
        for _ in range(count)
    ]  # fmt: skip
    await scene.store.append_many(drafts)
    return drafts


async def send_next(scene: Scene, source_id: str) -> None:
    """The oldest queued message is sent; the provider's answer names it."""

    def change(tx: Tx) -> None:
        (lane,) = jobs.claim(tx, "deliver", lanes=1, per_lane=1)
        letter = outbox.begin(tx, lane, lane.jobs[0], uuid7(), last=False)
        assert isinstance(letter, Letter)
        outbox.end(tx, lane, lane.jobs[0], letter, Sent(source_id=source_id), Backoff(), last=False)
        jobs.release(tx, lane)

    await scene.store.write(change)


async def deliveries(scene: Scene) -> dict[str, Row]:
    return {row.source_id: row for row in await scene.all_of(t.deliveries)}


async def test_every_order_ends_at_read(scene: Scene) -> None:
    """S0-19: in random order 1,000 times, with doubles, before and after our own answer: always read."""
    dice = random.Random(19)
    orders = list(itertools.permutations(["sent", "delivered", "read"]))
    count = 1000 if scene.store.dialect == "sqlite" else 300
    await queue(scene, count)
    chosen = {}
    for n in range(count):
        words = list(orders[n % 6]) + dice.choices(["sent", "delivered", "read"], k=dice.randrange(3))
        if n >= 6:
            dice.shuffle(words)
        chosen[f"w{n}"] = (words, dice.randrange(len(words) + 1))
    early = [status(sid, word) for sid, (words, cut) in chosen.items() for word in words[:cut]]
    late = [status(sid, word) for sid, (words, cut) in chosen.items() for word in words[cut:]]
    for start in range(0, len(early), 100):
        await scene.receive(*early[start : start + 100])
    for source_id in chosen:
        await send_next(scene, source_id)
    for start in range(0, len(late), 100):
        await scene.receive(*late[start : start + 100])
    found = await deliveries(scene)
    assert {row.status for row in found.values()} == {"read"}
    assert set(found) == set(chosen)
    assert all(row.sent_at and row.delivered_at and row.read_at for row in found.values())
    assert (await scene.conversation()).seen_seq == count + 1
    await never_backward(scene)


async def never_backward(scene: Scene) -> None:
    """Every event moves its delivery forward, one version at a time or more."""
    last: dict[str, tuple[int, int]] = {}
    for event in await scene.log():
        if not event.type.startswith("delivery."):
            continue
        facts = event.facts
        rank, version = last.get(facts["delivery_id"], (-1, 0))
        assert RANK[facts["status"]] > rank
        assert facts["version"] > version
        last[facts["delivery_id"]] = (RANK[facts["status"]], facts["version"])


async def test_failed_gives_way_to_proof_only(scene: Scene) -> None:
    """S0-18, S0-19."""
    await queue(scene, 3)
    for n in range(3):
        await send_next(scene, f"w{n}")
    failed = {"error_code": "131026", "error_title": "Undeliverable", "error_detail": "not on WhatsApp"}
    await scene.receive(*(status(f"w{n}", "failed", **failed) for n in range(3)))
    await scene.receive(status("w1", "sent"), status("w2", "delivered"))
    found = await deliveries(scene)
    assert [found[f"w{n}"].status for n in range(3)] == ["failed", "failed", "delivered"]
    _, first, _, third = await scene.read((await scene.conversation()).id)
    assert first["failure"] == {
        "code": "131026", "message": "Undeliverable: not on WhatsApp", "retryable": False,
    }  # fmt: skip
    assert third["failure"] is None


async def test_delivered_does_not_become_failed(scene: Scene) -> None:
    await queue(scene, 1)
    await send_next(scene, "w0")
    await scene.receive(status("w0", "delivered"), status("w0", "failed", error_code="x"))
    (row,) = await scene.all_of(t.deliveries)
    assert (row.status, row.error_code) == ("delivered", None)


async def test_pricing_is_kept_wherever_it_comes(scene: Scene) -> None:
    """S0-20."""
    await queue(scene, 2)
    price = Pricing(billable=True, model="PMP", category="utility", expires_at="2026-11-22T00:00:00Z")
    await scene.receive(status("w0", "sent", pricing=price))
    await send_next(scene, "w0")
    await send_next(scene, "w1")
    await scene.receive(status("w1", "read"), status("w1", "delivered", pricing=price))
    found = await deliveries(scene)
    wanted = {"billable": True, "model": "PMP", "category": "utility", "expires_at": "2026-11-22T00:00:00Z"}
    assert [found[f"w{n}"].pricing for n in range(2)] == [wanted, wanted]
    messages = await scene.read((await scene.conversation()).id)
    assert messages[2]["pricing"] == wanted
    assert messages[2]["status"] == "read"


async def test_s3_07_a_price_that_was_not_known_is_told_by_a_later_status(scene: Scene) -> None:
    """What was known stays; a report that comes again changes nothing."""
    await queue(scene, 1)
    await send_next(scene, "w0")
    await scene.receive(status("w0", "sent", pricing=Pricing(segments=2)))
    priced = status("w0", "delivered", pricing=Pricing(amount="0.0158", currency="USD"))
    await scene.receive(priced)
    once = (await deliveries(scene))["w0"]
    assert once.pricing == {"segments": 2, "amount": "0.0158", "currency": "USD"}
    await scene.receive(priced, status("w0", "delivered", pricing=Pricing(amount="9", segments=9)))
    again = (await deliveries(scene))["w0"]
    assert (again.pricing, again.version) == (once.pricing, once.version)


async def test_reports_of_one_inbox_do_not_reach_another(store: Store) -> None:
    one, two = await Scene(store).build(), await Scene(store).build()
    await one.receive(text("hi"))
    await queue(one, 1)
    await send_next(one, "w0")
    await two.receive(status("w0", "read"))
    (row,) = await one.all_of(t.deliveries)
    assert row.status == "sent"


def test_the_lattice_has_no_way_back() -> None:
    for old, new in itertools.product(DeliveryStatus, repeat=2):
        if may_move(old, new) and {old, new} <= set(map(DeliveryStatus, RANK)):
            planned = (old, new) == (DeliveryStatus.SENDING, DeliveryStatus.QUEUED)
            assert planned or RANK[new] > RANK[old]


@pytest.mark.parametrize("is_early", [True, False], ids=["before the answer", "after it"])
async def test_a_message_is_found_by_its_other_id_too(scene: Scene, *, is_early: bool) -> None:
    """A send may be answered by a file's id while others name the message; what waited is applied."""
    (draft,) = await queue(scene, 1)
    await scene.receive(status("m1", "read"))
    told = replace(status("f1", "delivered"), other_id="m1")
    if is_early:
        await scene.receive(told)
    await send_next(scene, "f1")
    if not is_early:
        await scene.receive(told)
    await scene.receive(told)
    (delivery,) = (await deliveries(scene)).values()
    assert (delivery.source_id, delivery.status) == ("f1", "read")
    refs = {row.source_id: row.message_id for row in await scene.all_of(t.source_refs)}
    assert (refs["f1"], refs["m1"]) == (draft.id, draft.id)
