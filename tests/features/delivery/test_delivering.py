"""Every outgoing message leaves once, in order; what may have left is never sent again blindly."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.domain.content import (
    Choice,
    Content,
    Document,
    Image,
    Interactive,
    Media,
    Text,
    content_adapter,
)
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.features.delivery import deliverer as delivering
from frontdesk.features.delivery import outbox, retries
from frontdesk.features.delivery.backoff import Backoff
from frontdesk.features.delivery.deliverer import Deliverer
from frontdesk.features.delivery.letters import Letter
from frontdesk.kit.clock import utc_now
from frontdesk.kit.ids import uuid7
from frontdesk.ports.channel import Exchange, Failed, OutboundMessage, Sent, Unknown
from frontdesk.store import candidates, jobs
from frontdesk.store import tables as t
from frontdesk.store.drafts import Appended, Draft
from frontdesk.store.engine import Store
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx
from tests.features.scene import (
    PaperBlobs,
    PaperInboxes,
    Scene,
    add_rows,
    echo,
    status,
    text,
    until,
    working,
)

SLOW_ONES = Statement(
    sa.select(t.conversations.c.id).where(t.conversations.c.inbox_id == sa.bindparam("inbox_id"))
)
QUICK = Backoff(first_seconds=0.02, most_seconds=0.05, attempts=4, hold_seconds=120)
DOWN = Failed(code="503", message="down", retryable=True)


@pytest.fixture
async def scene(store: Store) -> Scene:
    scene = await Scene(store).build()
    await scene.receive(text("hi", source_id="m1"))
    return scene


def deliverer(scene: Scene, *others: Scene, backoff: Backoff = QUICK, **more: Any) -> Deliverer:
    return Deliverer(scene.store, PaperInboxes(scene, *others), PaperBlobs(), backoff=backoff, **more)


async def write(scene: Scene, *bodies: str | Content, conversation_id: Any = None) -> list[Any]:
    """Queue messages; answers their ids."""
    target = conversation_id or (await scene.conversation()).id
    contents = [Text(body=body) if isinstance(body, str) else body for body in bodies]
    drafts = [
        Draft(
            scene.account_id, target, Direction.OUTGOING, Author(AuthorType.AGENT, None, "Olga"),
            content.kind, content_adapter.dump_json(content).decode(), "", queue="deliver",
        )
        for content in contents
    ]  # fmt: skip
    outcomes = await scene.store.append_many(drafts)
    assert all(isinstance(outcome, Appended) for outcome in outcomes)
    return [draft.id for draft in drafts]


async def statuses(scene: Scene) -> list[str]:
    messages = await scene.read((await scene.conversation()).id)
    return [m["status"] for m in messages if m["direction"] == "outgoing"]  # type: ignore[misc]


async def all_are(scene: Scene, *words: str) -> bool:
    return await statuses(scene) == list(words)


def said(scene: Scene) -> list[str]:
    return [each.content.body for each in scene.channel.sent if is_text(each)]  # type: ignore[union-attr, misc]


def is_text(outbound: Any) -> bool:
    return isinstance(outbound, OutboundMessage) and isinstance(outbound.content, Text)


async def test_messages_of_a_conversation_leave_in_order(scene: Scene) -> None:
    async with working(deliverer(scene).worker()):
        await write(scene, *(f"{n}" for n in range(25)))
        await until(lambda: all_are(scene, *["sent"] * 25))
    assert said(scene) == [f"{n}" for n in range(25)]
    assert await scene.all_of(t.jobs) == []
    assert await scene.all_of(t.lanes) == []
    attempts = await scene.all_of(t.delivery_attempts)
    assert [(a.number, a.outcome) for a in attempts] == [(1, "sent")] * 25
    tail = [e.type for e in await scene.log() if e.type.startswith("delivery.")]
    assert tail == ["delivery.sent"] * 25


async def test_a_transient_failure_is_tried_again_in_place(scene: Scene) -> None:
    """S2-13: 503 retried, order kept."""
    scene.channel.answers = [DOWN, DOWN]
    async with working(deliverer(scene).worker()):
        await write(scene, "a", "b")
        await until(lambda: all_are(scene, "sent", "sent"))
    assert said(scene) == ["a", "a", "a", "b"]
    outcomes = [(a.number, a.outcome, a.error_code) for a in await scene.all_of(t.delivery_attempts)]
    assert sorted(outcomes) == [
        (1, "failed", "503"),
        (1, "sent", None),
        (2, "failed", "503"),
        (3, "sent", None),
    ]


async def test_tries_are_bounded_then_a_dead_letter(scene: Scene) -> None:
    """S2-13: n times, then dead-lettered."""
    scene.channel.answers = [DOWN] * 4
    async with working(deliverer(scene).worker()):
        await write(scene, "a", "b")
        await until(lambda: all_are(scene, "failed", "sent"))
    assert said(scene) == ["a"] * 4 + ["b"]
    (letter,) = await scene.all_of(t.dead_letters)
    assert (letter.queue, letter.reason) == ("deliver", "Given up after 4 tries: down")


async def test_a_permanent_failure_is_never_tried_again(scene: Scene) -> None:
    """S2-13: 400 never retried."""
    refused = Failed(
        code="400", message="no such number", retryable=False, exchange=Exchange({"a": 1}, {"b": 2})
    )
    scene.channel.answers = [refused]
    async with working(deliverer(scene).worker()):
        await write(scene, "a", "b")
        await until(lambda: all_are(scene, "failed", "sent"))
    assert said(scene) == ["a", "b"]
    _, failed, _ = await scene.read((await scene.conversation()).id)
    assert failed["failure"] == {"code": "400", "message": "no such number", "retryable": False}
    first = next(a for a in await scene.all_of(t.delivery_attempts) if a.outcome == "failed")
    assert (first.request, first.response) == ({"a": 1}, {"b": 2})
    assert await scene.all_of(t.dead_letters) == []


async def test_the_providers_wish_is_honoured(scene: Scene) -> None:
    wished = utc_now() + timedelta(seconds=0.6)
    scene.channel.answers = [Failed(code="429", message="slow down", retryable=True, retry_at=wished)]
    async with working(deliverer(scene).worker()):
        await write(scene, "a")
        await until(lambda: all_are(scene, "sent"))
    second = max(await scene.all_of(t.delivery_attempts), key=lambda a: a.number)
    assert second.started_at >= wished


async def test_a_message_that_keeps_failing_lets_the_next_go(scene: Scene) -> None:
    scene.channel.answers = [DOWN, DOWN]
    patient = Backoff(first_seconds=0.2, most_seconds=0.2, attempts=5, hold_seconds=0.05)
    async with working(deliverer(scene, backoff=patient).worker()):
        await write(scene, "a", "b", "c")
        await until(lambda: all_are(scene, "sent", "sent", "sent"))
    assert said(scene)[0] == "a"
    assert said(scene).index("b") < len(said(scene)) - 1 - said(scene)[::-1].index("a")


async def test_an_unknown_outcome_is_shown_and_never_repeated(scene: Scene) -> None:
    """G7, S2-14."""
    scene.channel.answers = [
        Unknown(code="reset", message="The connection was cut."),
        TimeoutError(),
        ValueError(),
    ]
    async with working(deliverer(scene).worker()):
        await write(scene, "a", "b", "c", "d")
        await until(lambda: all_are(scene, "unknown", "unknown", "unknown", "sent"))
    assert said(scene) == ["a", "b", "c", "d"]
    codes = [d.error_code for d in await scene.all_of(t.deliveries)]
    assert sorted(code for code in codes if code) == ["channel_error", "reset", "timeout"]


async def test_a_crash_between_send_and_record_is_unknown(scene: Scene) -> None:
    """G7: killed after the provider accepted."""
    await write(scene, "a", "b")

    def crash(tx: Tx) -> None:
        (lane,) = jobs.claim(tx, "deliver", lanes=10, lease_seconds=0.05)
        assert isinstance(outbox.begin(tx, lane, lane.jobs[0], uuid7(), last=False), Letter)

    await scene.store.write(crash)
    async with working(deliverer(scene).worker()):
        await until(lambda: all_are(scene, "unknown", "sent"))
    assert said(scene) == ["b"]
    await scene.receive(status("late", "delivered"))  # an id that nobody knows stays without effect
    assert await statuses(scene) == ["unknown", "sent"]


async def test_a_provider_with_idempotency_keys_is_asked_again(scene: Scene) -> None:
    scene.channel.capabilities = replace(scene.channel.capabilities, idempotent_sends=True)  # type: ignore[misc]
    await write(scene, "a")

    def crash(tx: Tx) -> None:
        (lane,) = jobs.claim(tx, "deliver", lanes=10, lease_seconds=0.05)
        outbox.begin(tx, lane, lane.jobs[0], uuid7(), last=False)

    await scene.store.write(crash)
    async with working(deliverer(scene).worker()):
        await until(lambda: all_are(scene, "sent"))
    assert said(scene) == ["a"]


async def test_a_late_result_is_evidence_only(scene: Scene) -> None:
    """A zombie's answer under an old fence."""
    (message_id,) = await write(scene, "a")
    first = await scene.store.write(lambda tx: jobs.claim(tx, "deliver", lanes=1, lease_seconds=0.05)[0])
    letter = await scene.store.write(lambda tx: outbox.begin(tx, first, first.jobs[0], uuid7(), last=False))
    assert isinstance(letter, Letter)
    async with working(deliverer(scene).worker()):
        await until(lambda: all_are(scene, "unknown"))
    with pytest.raises(jobs.LeaseLost):
        await scene.store.write(
            lambda tx: outbox.end(
                tx,
                first,
                first.jobs[0],
                letter,
                Failed(code="x", message="x", retryable=True),
                QUICK,
                last=True,
            )
        )
    assert await statuses(scene) == ["unknown"]
    assert await scene.all_of(t.jobs) == []
    await scene.store.write(lambda tx: outbox.keep_evidence(tx, letter, Sent(source_id="w1")))
    assert await statuses(scene) == ["sent"]
    await scene.receive(status("w1", "read"))
    assert await statuses(scene) == ["read"]
    assert (await scene.read((await scene.conversation()).id))[1]["id"] == message_id


async def test_a_status_before_our_own_answer_is_kept_and_applied(scene: Scene) -> None:
    """G8: callback arriving before our own send returned."""
    scene.channel.gate = asyncio.Event()
    scene.channel.answers = [Sent(source_id="w1")]
    async with working(deliverer(scene).worker()):
        await write(scene, "a")
        await until(lambda: all_are(scene, "sending"))
        await scene.receive(status("w1", "delivered"), status("w1", "sent"))
        assert await statuses(scene) == ["sending"]
        scene.channel.gate.set()
        await until(lambda: all_are(scene, "delivered"))
    await scene.receive(status("w1", "read"), status("w1", "delivered"))
    assert await statuses(scene) == ["read"]


async def test_an_echo_before_our_own_answer_does_not_double(scene: Scene) -> None:
    scene.channel.gate = asyncio.Event()
    scene.channel.answers = [Sent(source_id="w1")]
    async with working(deliverer(scene).worker()):
        await write(scene, "a")
        await until(lambda: all_are(scene, "sending"))
        await scene.receive(echo("a", source_id="w1"))
        await until(lambda: all_are(scene, "sent"))
        scene.channel.gate.set()
    await scene.receive(echo("a", source_id="w1"), status("w1", "read"))
    assert await statuses(scene) == ["read"]


CHOICE = Interactive(
    type="buttons", header="Ready", body="It is!  When?", buttons=(Choice(id="m", title="Morning"),)
)
PHOTO = Image(media=Media(url="https://files.example/lamp.png"), caption="The lamp")


@pytest.mark.parametrize(
    ("ours", "told"),
    [
        (CHOICE, Text(body="Ready\n\nIt is! When?")),
        (PHOTO, Image(media=Media(url="https://cdn.example/1"))),
        (PHOTO, PHOTO),
    ],
    ids=["a choice as its words", "a file apart from its caption", "a file with its caption"],
)
async def test_an_echo_in_the_platform_s_words_does_not_double(
    scene: Scene, ours: Content, told: Content
) -> None:
    """Platforms tell a choice as text, and a caption as a message of its own."""
    scene.channel.gate = asyncio.Event()
    scene.channel.answers = [Sent(source_id="w1")]
    async with working(deliverer(scene).worker()):
        await write(scene, ours)
        await until(lambda: all_are(scene, "sending"))
        other = Text(body="Ready? It is!")
        for content, source_id in ((other, "w0"), (told, "w1")):
            await scene.receive(replace(echo("told", source_id=source_id), content=content))
        await until(lambda: all_are(scene, "sent", "sent"))
        scene.channel.gate.set()
    messages = await scene.read((await scene.conversation()).id)
    kinds = [m["content"]["kind"] for m in messages if m["direction"] == "outgoing"]
    assert kinds == [ours.kind, "text"]


async def test_an_echo_after_our_own_answer_does_not_double(scene: Scene) -> None:
    scene.channel.answers = [Sent(source_id="w1")]
    async with working(deliverer(scene).worker()):
        await write(scene, "a")
        await until(lambda: all_are(scene, "sent"))
    await scene.receive(echo("a", source_id="w1"))
    assert await statuses(scene) == ["sent"]


async def test_a_slow_provider_holds_up_only_its_own_inbox(store: Store) -> None:
    """G10."""
    slow, quick = await Scene(store).build(), await Scene(store).build()
    slow.channel.gate = asyncio.Event()
    for n in range(12):
        await slow.receive(text("hi", sender=f"{n}"))
    await quick.receive(text("hi", sender="q"))
    for row in await store.read(lambda tx: tx.rows(SLOW_ONES, inbox_id=slow.inbox_id)):
        await write(slow, "x", conversation_id=row.id)
    async with working(deliverer(slow, quick, per_inbox=3).worker()):
        await until(lambda: length_is(slow.channel.sent, 3))
        (row,) = await store.read(lambda tx: tx.rows(SLOW_ONES, inbox_id=quick.inbox_id))
        await write(quick, "y", conversation_id=row.id)
        await until(lambda: length_is(quick.channel.sent, 1), seconds=3)
        assert len(slow.channel.sent) == 3
        slow.channel.gate.set()
        await until(lambda: length_is(slow.channel.sent, 12))


async def test_s2_12_what_waits_for_a_silent_provider_costs_few_changes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """60 conversations wait for 2 places for 3 seconds: in turn, together, and all leave in the end."""
    slow = await Scene(store).build()
    slow.channel.gate = asyncio.Event()
    for n in range(60):
        await slow.receive(text("hi", sender=f"{n}"))
    for row in await store.read(lambda tx: tx.rows(SLOW_ONES, inbox_id=slow.inbox_id)):
        await write(slow, "x", conversation_id=row.id)
    put_off, sizes = jobs.put_off, list[int]()

    def counted(tx: Tx, lanes: Any) -> None:
        sizes.append(len(lanes))
        put_off(tx, lanes)

    monkeypatch.setattr("frontdesk.features.delivery.turns.jobs.put_off", counted)
    async with working(deliverer(slow, per_inbox=2).worker()):
        await until(lambda: length_is(slow.channel.sent, 2))
        await asyncio.sleep(3)
        assert len(slow.channel.sent) == 2
        assert len(sizes) <= 20
        assert sum(sizes) >= 58 * 2  # each came again
        slow.channel.gate.set()
        await until(lambda: length_is(slow.channel.sent, 60))


async def length_is(items: list[Any], length: int) -> bool:
    return len(items) == length


async def test_expired_credentials_show_at_the_inbox(scene: Scene) -> None:
    scene.channel.answers = [Failed(code="190", message="expired", retryable=False, auth_expired=True)]
    inboxes = PaperInboxes(scene)
    async with working(Deliverer(scene.store, inboxes, PaperBlobs(), backoff=QUICK).worker()):
        await write(scene, "a")
        await until(lambda: all_are(scene, "failed"))
    assert inboxes.states == [(scene.inbox_id, "reconnect", "expired")]


async def test_somebody_may_send_a_failed_message_again(scene: Scene) -> None:
    scene.channel.answers = [Failed(code="x", message="no", retryable=False)]
    async with working(deliverer(scene).worker()):
        (message_id,) = await write(scene, "a")
        await until(lambda: all_are(scene, "failed"))
        await scene.store.write(lambda tx: retries.retry(tx, scene.owner, message_id))
        await until(lambda: all_are(scene, "sent"))
    assert said(scene) == ["a", "a"]
    assert [a.number for a in await scene.all_of(t.delivery_attempts)] == [1, 2]
    (row,) = await scene.all_of(t.deliveries)
    assert (row.error_code, row.attempts) == (None, 1)


async def test_a_file_goes_along_and_has_time_for_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow upload is no unknown outcome: nothing was sent before it ended."""
    send = scene.channel.send

    async def slow(outbound: Any, connection: Any) -> Any:
        await asyncio.sleep(0.1)
        return await send(outbound, connection)

    monkeypatch.setattr(scene.channel, "send", slow)
    monkeypatch.setattr(delivering, "ATTEMPT_SECONDS", 0.01)
    file_id, blobs = uuid7(), PaperBlobs()
    blobs.kept["b1"] = b"%PDF-1"
    file = {
        "id": file_id, "account_id": scene.account_id, "state": "stored", "blob": "b1", "size": 6,
        "mime": "application/pdf", "filename": "a.pdf",
    }  # fmt: skip
    await scene.store.write(lambda tx: add_rows(tx, t.attachments, {**file, "created_at": tx.now}))
    content = Document(media=Media(attachment_id=file_id))
    draft = Draft(
        scene.account_id, (await scene.conversation()).id, Direction.OUTGOING, Author(AuthorType.AGENT),
        "document", content_adapter.dump_json(content, exclude_none=True).decode(), "a.pdf", queue="deliver",
    )  # fmt: skip
    async with working(Deliverer(scene.store, PaperInboxes(scene), blobs, backoff=QUICK).worker()):
        await scene.store.append(draft)
        await until(lambda: all_are(scene, "sent"))
    (sent,) = scene.channel.sent
    assert isinstance(sent, OutboundMessage)
    assert sent.file is not None
    assert (sent.file.content, sent.file.mime, sent.file.filename) == (b"%PDF-1", "application/pdf", "a.pdf")


async def test_stopping_loses_and_doubles_nothing(scene: Scene) -> None:
    """S4-37, G20: workers come and go under load."""
    ids = await write(scene, *(f"{n}" for n in range(60)))
    for _ in range(5):
        async with working(deliverer(scene).worker()) as stop:
            start = len(scene.channel.sent)
            await until(lambda: grew(scene.channel.sent, start))  # noqa: B023
            stop.set()
    async with working(deliverer(scene).worker()):
        await until(lambda: all_are(scene, *["sent"] * 60))
    assert said(scene) == [f"{n}" for n in range(60)]
    assert len(ids) == 60


async def grew(items: list[Any], start: int) -> bool:
    return len(items) > start + 2 or len(items) == 60


async def test_what_waits_after_a_stop_is_free_at_once(scene: Scene) -> None:
    await write(scene, *(f"{n}" for n in range(20)))
    async with working(deliverer(scene).worker()) as stop:
        await until(lambda: grew(scene.channel.sent, 0))
        stop.set()
    lanes = await scene.all_of(t.lanes)
    assert all(lane.leased_until is None for lane in lanes)
    assert await scene.store.read(lambda tx: candidates.unproven(tx, scene_id(lanes), 100)) == []


def scene_id(lanes: list[Any]) -> Any:
    return lanes[0].key if lanes else uuid7()
