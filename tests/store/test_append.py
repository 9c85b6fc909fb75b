"""Appending: order, what falls out, what is kept beside the message; alone, in batches and inside changes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from frontdesk.domain.errors import Invalid
from frontdesk.domain.event import EventType
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.kit.ids import uuid7
from frontdesk.store import idempotency, messages
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.messages import Appended, Closed, Draft, Duplicate, Missing, Outcome, Repeated
from frontdesk.store.statement import Statement, insert
from frontdesk.store.tx import Tx
from frontdesk.store.types import db_now
from tests.store.desk import AGENT, CONTENT, Desk

P = sa.bindparam
_DELIVERIES = Statement(sa.select(t.deliveries).where(t.deliveries.c.message_id == P("id")))
_REFS = Statement(sa.select(t.source_refs).where(t.source_refs.c.source_id == P("source_id")))
_JOBS = Statement(sa.select(t.jobs, t.lanes.c.pending).join(t.lanes, t.lanes.c.key == t.jobs.c.key))

Append = Callable[..., Awaitable[list[Any]]]


def _appended(outcome: Outcome) -> Appended:
    assert isinstance(outcome, Appended)
    return outcome


@pytest.fixture(params=["alone", "batch", "change"])
def append(request: pytest.FixtureRequest, store: Store) -> Append:
    """The three ways to append; the rules are the same."""

    async def run(*drafts: Draft) -> list[Any]:
        if request.param == "alone":
            return [await store.append(draft) for draft in drafts]
        if request.param == "batch":
            return await store.append_many(drafts)
        return await store.write(lambda tx: messages.append(tx, drafts))

    return run


async def test_a_message_is_kept_as_drafted(store: Store, append: Append) -> None:
    desk = await Desk(store).open()
    sent_at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    author = Author(AuthorType.CONTACT, uuid7(), "Zoë \U0001f98a")
    draft = Draft(
        desk.account,
        desk.first,
        Direction.INCOMING,
        author,
        "text",
        '{"kind":"text","text":"\\u0000 ok \U0001f600"}',
        "ok",
        context={"forwarded": True, "subtype": "ß"},
        reply_to_id=uuid7(),
        source_id="wamid.1",
        sent_at=sent_at,
    )
    (outcome,) = await append(draft)
    row = await store.read(lambda tx: messages.get(tx, desk.account, draft.id))
    assert row[:] == (
        draft.id, desk.account, desk.inbox, desk.first, 1, "incoming", "contact", author.id, author.name,
        "text", draft.content, {"forwarded": True, "subtype": "ß"}, draft.reply_to_id, "wamid.1", 1, False,
        None, None, sent_at, outcome.created_at,
    )  # fmt: skip
    assert (outcome.id, outcome.seq, outcome.delivery_id) == (draft.id, 1, None)
    assert outcome.position in {2, None}


async def test_the_conversation_grows(store: Store, append: Append) -> None:
    desk = await Desk(store).open(2)
    one, two = desk.conversations
    before = await desk.conversation(one)
    first = desk.incoming(one)
    last = desk.outgoing(one)
    last.preview, last.kind = "Bye", "image"
    outcomes = await append(first, desk.incoming(two), desk.incoming(one), last)
    assert [outcome.seq for outcome in outcomes] == [1, 1, 2, 3]
    row = await desk.conversation(one)
    assert (row.last_seq, row.unread, row.version) == (3, 2, before.version + 3)
    assert (row.preview, row.preview_kind, row.preview_direction, row.preview_author) == (
        "Bye",
        "image",
        "outgoing",
        "Ana",
    )
    assert row.last_message_at == outcomes[-1].created_at >= before.last_message_at
    assert row.last_incoming_at == outcomes[2].created_at
    assert (await desk.conversation(two)).unread == 1
    await desk.assert_whole()


async def test_an_event_for_each(store: Store, append: Append) -> None:
    desk = await Desk(store).open()
    note = Draft(desk.account, desk.first, Direction.NOTE, AGENT, "text", CONTENT, "n")
    drafts = [desk.incoming(), desk.outgoing(), note]
    types = ["message.received", "message.created", "message.created"]
    await append(*drafts)
    log = (await desk.log())[1:]
    assert [(e.type, e.conversation_id, e.subject_id, e.seq, e.facts) for e in log] == [
        (kind, desk.first, draft.id, seq, {"direction": draft.direction, "kind": "text", "version": 1})
        for seq, (kind, draft) in enumerate(zip(types, drafts, strict=True), 1)
    ]


async def test_an_outgoing_message_has_a_delivery_and_a_job(store: Store, append: Append) -> None:
    desk = await Desk(store).open()
    draft, second = desk.outgoing(), desk.outgoing()
    (outcome, _) = await append(draft, second)
    (delivery,) = await store.read(lambda tx: tx.rows(_DELIVERIES, id=draft.id))
    assert (delivery.id, delivery.status, delivery.inbox_id, delivery.conversation_id, delivery.sent_at) == (
        outcome.delivery_id,
        "queued",
        desk.inbox,
        desk.first,
        None,
    )
    jobs = await store.read(lambda tx: tx.rows(_JOBS))
    assert [(j.queue, j.key, j.account_id, j.payload, j.pending) for j in sorted(jobs)] == [
        ("deliver", desk.first, desk.account, {"delivery": str(d.delivery_id)}, 2) for d in (draft, second)
    ]


async def test_an_echo_was_sent_elsewhere(store: Store, append: Append) -> None:
    desk = await Desk(store).open()
    echo = desk.outgoing()
    echo.queue, echo.source_id = None, "wamid.echo"
    await append(echo)
    (delivery,) = await store.read(lambda tx: tx.rows(_DELIVERIES, id=echo.id))
    assert (delivery.status, delivery.source_id, delivery.sent_at) == (
        "sent",
        "wamid.echo",
        delivery.created_at,
    )
    (ref,) = await store.read(lambda tx: tx.rows(_REFS, source_id="wamid.echo"))
    assert (ref.message_id, ref.delivery_id) == (echo.id, echo.delivery_id)
    assert await desk.count(t.jobs) == 0


async def test_a_known_source_id_is_a_duplicate(store: Store, append: Append) -> None:
    """G3: a redelivery burns no seq and has no effect, in the same batch and later."""
    desk = await Desk(store).open()
    first = desk.incoming(source_id="w1")
    outcomes = await append(first, desk.incoming(source_id="w1"), desk.incoming(source_id="w2"))
    assert outcomes[1] == Duplicate(first.id)
    assert [_appended(outcomes[0]).seq, _appended(outcomes[2]).seq] == [1, 2]
    assert await append(desk.incoming(source_id="w1")) == [Duplicate(first.id)]
    assert (await desk.conversation()).unread == 2
    await desk.assert_whole()


async def test_source_ids_are_an_inboxs_own(store: Store, append: Append) -> None:
    """G3: the same id in two tenants stays two."""
    one, two = await Desk(store).open(), await Desk(store).open()
    outcomes = await append(one.incoming(source_id="w1"), two.incoming(source_id="w1"))
    assert [_appended(outcome).seq for outcome in outcomes] == [1, 1]


async def test_a_reference_that_waits_for_its_message_gets_it(store: Store, append: Append) -> None:
    desk = await Desk(store).open()
    early = Statement(
        insert(t.source_refs).values(
            inbox_id=P("inbox_id"),
            source_id=P("source_id"),
            account_id=P("account_id"),
            pending=P("pending"),
            created_at=db_now(),
        )
    )
    values = {"inbox_id": desk.inbox, "account_id": desk.account, "source_id": "w9", "pending": ["read"]}
    await store.write(lambda tx: tx.run(early, **values))
    draft = desk.incoming(source_id="w9")
    assert _appended((await append(draft))[0]).seq == 1
    (ref,) = await store.read(lambda tx: tx.rows(_REFS, source_id="w9"))
    assert (ref.message_id, ref.pending) == (draft.id, ["read"])


async def test_a_resolved_conversation_is_closed(store: Store, append: Append) -> None:
    desk = await Desk(store).open(2)
    one, two = desk.conversations
    await desk.resolve(one)
    activity = Draft(desk.account, one, Direction.ACTIVITY, AGENT, "activity", "{}", "", expect_open=False)
    outcomes = await append(desk.incoming(one, source_id="w1"), desk.incoming(two), activity)
    assert outcomes[0] == Closed(one)
    assert [_appended(outcome).seq for outcome in outcomes[1:]] == [1, 1]
    assert await store.read(lambda tx: tx.rows(_REFS, source_id="w1")) == []
    await desk.assert_whole()


async def test_what_was_done_before_stays_true_after_a_resolution(store: Store, append: Append) -> None:
    """G3, G6: a late redelivery is a duplicate and a late repeat has its answer; neither is `Closed`."""
    desk = await Desk(store).open()
    received, sent = desk.incoming(source_id="w1"), desk.outgoing(key="k1")
    await append(received, sent)
    await desk.resolve()
    again, repeat, new = await append(desk.incoming(source_id="w1"), desk.outgoing(key="k1"), desk.incoming())
    assert again == Duplicate(received.id)
    assert repeat.row.result_id == sent.id
    assert new == Closed(desk.first)


async def test_a_foreign_or_unknown_conversation_is_missing(store: Store, append: Append) -> None:
    desk, other = await Desk(store).open(), await Desk(store).open()
    foreign = desk.incoming(other.first)
    outcomes = await append(desk.incoming(uuid7()), foreign, desk.incoming(), other.incoming())
    assert outcomes[:2] == [Missing(), Missing()]
    assert [_appended(outcome).seq for outcome in outcomes[2:]] == [1, 1]
    assert await other.message_ids() == [outcomes[3].id]


async def test_a_known_key_is_repeated(store: Store, append: Append) -> None:
    """G6: one effect and the same answer."""
    desk = await Desk(store).open()
    first = desk.outgoing(key="k1", body=b"a")
    outcomes = await append(first, desk.outgoing(key="k1", body=b"b"), desk.outgoing(key="k2"))
    assert [_appended(outcomes[0]).seq, _appended(outcomes[2]).seq] == [1, 2]
    assert isinstance(outcomes[1], Repeated)
    (later,) = await append(desk.outgoing(key="k1", body=b"a"))
    for again in (outcomes[1], later):
        row = again.row
        assert (row.route, row.body_hash, row.status, row.result_id, row.result) == (
            "POST /v1/x",
            b"a".ljust(32, b"\0"),
            201,
            first.id,
            None,
        )
    assert await desk.count(t.deliveries) == 2
    await desk.assert_whole()


async def test_a_refused_draft_leaves_no_key(store: Store, append: Append) -> None:
    desk = await Desk(store).open()
    await desk.resolve()
    assert await append(desk.outgoing(key="k1")) == [Closed(desk.first)]
    assert await desk.count(t.idempotency_keys) == 0


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
async def test_text_that_sql_cannot_hold_fails_its_draft_only(store: Store, text: str) -> None:
    desk = await Desk(store).open()
    bad = desk.incoming()
    bad.content = '{"text":"' + text + '"}'
    results = await asyncio.gather(
        store.append(desk.incoming()),
        store.append(bad),
        store.append(desk.incoming()),
        return_exceptions=True,
    )
    assert isinstance(results[1], Invalid)
    assert [result.seq for result in results if isinstance(result, Appended)] == [1, 2]
    with pytest.raises(Invalid):
        await store.append_many([desk.incoming(), bad])
    assert await desk.seqs() == [1, 2]


async def test_a_poisoned_draft_fails_alone(store: Store) -> None:
    """A batch that fails is split until the culprit stands alone (here: a message id used twice)."""
    desk = await Desk(store).open()
    first = desk.incoming()
    await store.append(first)
    drafts = [desk.incoming() for _ in range(20)]
    drafts[7].id = first.id
    results = await asyncio.gather(*map(store.append, drafts), return_exceptions=True)
    failed = [n for n, result in enumerate(results) if isinstance(result, BaseException)]
    assert failed == [7]
    assert sorted(r.seq for r in results if isinstance(r, Appended)) == list(range(2, 21))
    await desk.assert_whole()


async def test_text_is_kept_byte_exact(store: Store, append: Append) -> None:
    """G24: text is kept byte-exact."""
    desk = await Desk(store).open()
    texts = [
        "e\u0301", "\u00e9", "\U0001f1ea\U0001f1f8", "\u202eRTL\u202c", "'; DROP TABLE x; --", "%s {0} $1 \\",
        "\u0001\u007f\u2028", "  ", "\ufffe\uffff", "\U0001d7d8",
    ]  # fmt: skip
    drafts = [desk.incoming() for _ in texts]
    for draft, text in zip(drafts, texts, strict=True):
        draft.content = json.dumps({"text": text}, ensure_ascii=False)
        draft.preview = text
    await append(*drafts)
    rows = await store.read(lambda tx: messages.page(tx, desk.account, desk.first))
    assert [row.content for row in rows] == [draft.content for draft in drafts]
    assert [json.loads(row.content)["text"] for row in rows] == texts


async def test_together_with_other_changes_all_or_nothing(store: Store) -> None:
    desk = await Desk(store).open()

    def change(tx: Tx, *, fail: bool) -> UUID:
        tx.emit(desk.account, EventType.CONVERSATION_READ, conversation_id=desk.first, facts={"version": 2})
        (outcome,) = messages.append(tx, [desk.outgoing(key="k1")])
        tx.emit(desk.account, EventType.CONVERSATION_REOPENED, conversation_id=desk.first)
        if fail:
            raise Invalid("no")
        return _appended(outcome).id

    with pytest.raises(Invalid):
        await store.write(lambda tx: change(tx, fail=True))
    assert (await desk.seqs(), await desk.count(t.idempotency_keys), await desk.count(t.jobs)) == ([], 0, 0)
    message = await store.write(lambda tx: change(tx, fail=False))
    assert await desk.message_ids() == [message]
    assert [event.type for event in await desk.log()] == [
        "conversation.opened",
        "conversation.read",
        "message.created",
        "conversation.reopened",
    ]
    key = desk.key("k1")
    found = await store.read(lambda tx: idempotency.find(tx, key))
    assert found is not None
    assert found.result_id == message


async def test_pages_go_both_ways(store: Store) -> None:
    """S1-03, S1-32."""
    desk = await Desk(store).open(2)
    await store.append_many([desk.incoming() for _ in range(10)])
    await store.append(desk.incoming(desk.conversations[1]))

    async def seqs(**where: int) -> list[int]:
        rows = await store.read(lambda tx: messages.page(tx, desk.account, desk.first, **where))
        return [row.seq for row in rows]

    assert await seqs() == list(range(1, 11))
    assert await seqs(limit=3) == [8, 9, 10]
    assert await seqs(before=8, limit=3) == [5, 6, 7]
    assert await seqs(after=3, limit=3) == [4, 5, 6]
    assert await seqs(after=10) == []
    assert await store.read(lambda tx: messages.page(tx, uuid7(), desk.first)) == []


async def test_messages_by_id_and_by_source(store: Store) -> None:
    desk = await Desk(store).open()
    draft = desk.incoming(source_id="w1")
    await store.append(draft)
    found = await store.read(lambda tx: messages.by_source(tx, desk.account, desk.inbox, "w1"))
    assert found is not None
    assert found.id == draft.id
    assert await store.read(lambda tx: messages.by_source(tx, uuid7(), desk.inbox, "w1")) is None
    many = await store.read(lambda tx: messages.many(tx, desk.account, [draft.id, uuid7()]))
    assert list(many) == [draft.id]
    assert await store.read(lambda tx: messages.starred(tx, desk.account)) == []
    assert await store.read(lambda tx: messages.versions(tx, desk.account, draft.id)) == []


async def test_a_clock_that_goes_back_does_not_reorder(store: Store) -> None:
    """G14: times written under a lock never go back."""
    desk = await Desk(store).open()
    ahead = datetime.now(UTC) + timedelta(hours=3)
    move = Statement(
        sa.update(t.conversations).where(t.conversations.c.id == P("id")).values(last_message_at=P("at"))
    )
    await store.write(lambda tx: tx.run(move, id=desk.first, at=ahead))
    outcome = _appended(await store.append(desk.incoming()))
    assert outcome.created_at == ahead
    assert (await desk.conversation()).last_message_at == ahead
