"""Append on SQLite: reads what it needs, decides in Python, writes with a handful of executemany.

Runs on the writer thread, so nobody else writes meanwhile. See messages.append for the rules.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from frontdesk.domain.event import EventType
from frontdesk.domain.message import Direction
from frontdesk.store import idempotency
from frontdesk.store.drafts import Appended, Closed, Draft, Duplicate, Missing, Outcome, Repeated
from frontdesk.store.tx import Driver, PendingEvent, Tx
from frontdesk.store.types import from_micros, to_micros

_CONVERSATION = """
SELECT account_id, inbox_id, status, last_seq, last_message_at, last_incoming_at FROM conversations
WHERE id = ?"""
_REFERENCE = "SELECT message_id FROM source_refs WHERE inbox_id = ? AND source_id = ?"
_ADD_REFERENCE = """
INSERT INTO source_refs (inbox_id, source_id, account_id, message_id, delivery_id, created_at)
VALUES (?,?,?,?,?,?) ON CONFLICT (inbox_id, source_id)
DO UPDATE SET message_id = excluded.message_id, delivery_id = excluded.delivery_id"""
_ADD_KEY = """
INSERT INTO idempotency_keys (account_id, actor_id, key, route, body_hash, status, result_id, created_at)
VALUES (?,?,?,?,?,201,?,?) ON CONFLICT DO NOTHING"""
_BUMP = """
UPDATE conversations SET last_seq = ?, unread = unread + ?, last_message_at = ?, last_incoming_at = ?,
  preview = ?, preview_kind = ?, preview_direction = ?, preview_author = ?, version = version + ?
WHERE id = ?"""
_ADD_MESSAGE = """
INSERT INTO messages (id, account_id, inbox_id, conversation_id, seq, direction, author_type, author_id,
  author_name, kind, content, context, reply_to_id, source_id, sent_at, created_at)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"""
_ADD_DELIVERY = """
INSERT INTO deliveries (id, account_id, inbox_id, conversation_id, message_id, status, source_id, created_at,
  sent_at) VALUES (?,?,?,?,?,?,?,?,?)"""
_ADD_LANE = """
INSERT INTO lanes (queue, key, account_id, run_at, pending) VALUES (?,?,?,?,1)
ON CONFLICT (queue, key) DO UPDATE SET pending = pending + 1"""
_ADD_JOB = "INSERT INTO jobs (queue, key, account_id, payload, run_at, created_at) VALUES (?,?,?,?,?,?)"


@dataclass(slots=True)
class _Conversation:
    """A conversation's row while the batch grows it."""

    key: bytes
    account: bytes
    inbox: bytes
    is_resolved: bool
    last_seq: int
    at: int
    incoming_at: int | None
    incoming: int = 0
    added: int = 0
    last: Draft | None = None


@dataclass(slots=True)
class _Batch:
    """What one batch is going to write, and what it already decided."""

    tx: Tx
    driver: Driver
    now: int
    conversations: dict[bytes, _Conversation | None] = field(default_factory=dict)
    messages: list[tuple[Any, ...]] = field(default_factory=list)
    deliveries: list[tuple[Any, ...]] = field(default_factory=list)
    lanes: list[tuple[Any, ...]] = field(default_factory=list)
    jobs: list[tuple[Any, ...]] = field(default_factory=list)

    def conversation(self, draft: Draft) -> _Conversation | None:
        """The conversation's row, read once a batch; None if the account has no such one."""
        key = draft.conversation_id.bytes
        if key not in self.conversations:
            rows = self.driver.fetch(_CONVERSATION, (key,))
            self.conversations[key] = _grown(key, rows[0], self.now) if rows else None
        found = self.conversations[key]
        return found if found is not None and found.account == draft.account_id.bytes else None


def _grown(key: bytes, row: Any, now: int) -> _Conversation:
    account, inbox, status, last_seq, last_message_at, last_incoming_at = row
    return _Conversation(
        key, account, inbox, status == "resolved", last_seq, max(last_message_at, now), last_incoming_at
    )


def append(tx: Tx, drafts: Sequence[Draft]) -> list[Outcome]:
    """Add the drafts, in order; one outcome each. The events are emitted into `tx`."""
    batch = _Batch(tx, tx.driver, time.time_ns() // 1000)
    out = [_add(batch, draft) for draft in drafts]
    _write(batch)
    return out


def _add(batch: _Batch, draft: Draft) -> Outcome:
    conversation = batch.conversation(draft)
    if conversation is None:
        return Missing()
    message = draft.id.bytes
    if conversation.is_resolved and draft.expect_open:
        return _before(batch, conversation, draft) or Closed(draft.conversation_id)
    if draft.idempotency is not None:
        key = draft.idempotency
        is_new = batch.driver.execute(
            _ADD_KEY,
            (key.account_id.bytes, key.actor_id.bytes, key.key, key.route, key.body_hash, message, batch.now),
        )
        if not is_new and (before := _before(batch, conversation, draft)) is not None:
            return before
    if draft.source_id is not None:
        before = _before(batch, conversation, draft)
        if before is not None:
            return before
        _refer(batch, conversation, draft)
    return _accept(batch, conversation, draft, message)


def _before(batch: _Batch, conversation: _Conversation, draft: Draft) -> Repeated | Duplicate | None:
    """What was done before with this key or source id; it stays true after a resolution."""
    if draft.idempotency is not None:
        row = idempotency.find(batch.tx, draft.idempotency)
        return None if row is None else Repeated(row)
    known = None if draft.source_id is None else _reference(batch, conversation, draft.source_id)
    return None if known is None else Duplicate(UUID(bytes=known))


def _reference(batch: _Batch, conversation: _Conversation, source_id: str) -> bytes | None:
    rows = batch.driver.fetch(_REFERENCE, (conversation.inbox, source_id))
    found: bytes | None = rows[0][0] if rows else None
    return found


def _refer(batch: _Batch, conversation: _Conversation, draft: Draft) -> None:
    delivery = draft.delivery_id.bytes if draft.direction is Direction.OUTGOING else None
    batch.driver.execute(
        _ADD_REFERENCE,
        (conversation.inbox, draft.source_id, conversation.account, draft.id.bytes, delivery, batch.now),
    )


def _accept(batch: _Batch, conversation: _Conversation, draft: Draft, message: bytes) -> Appended:
    author, direction = draft.author, draft.direction
    conversation.last_seq += 1
    conversation.added += 1
    conversation.last = draft
    seq, at = conversation.last_seq, conversation.at
    if direction is Direction.INCOMING:
        conversation.incoming += 1
        conversation.incoming_at = at
    batch.messages.append((
        message, conversation.account, conversation.inbox, conversation.key, seq, direction, author.type,
        author.id.bytes if author.id else None, author.name, draft.kind, draft.content, _text(draft.context),
        draft.reply_to_id.bytes if draft.reply_to_id else None, draft.source_id,
        to_micros(draft.sent_at) if draft.sent_at else None, at,
    ))  # fmt: skip
    delivery_id = None
    if direction is Direction.OUTGOING:
        delivery_id = draft.delivery_id
        _deliver(batch, conversation, draft, message)
    received = direction is Direction.INCOMING
    batch.tx.events.append(
        PendingEvent(
            draft.account_id,
            EventType.MESSAGE_RECEIVED if received else EventType.MESSAGE_CREATED,
            draft.conversation_id,
            draft.id,
            seq,
            {"direction": direction, "kind": draft.kind, "version": 1},
        )
    )
    return Appended(draft.id, seq, None, from_micros(at), delivery_id)


def _deliver(batch: _Batch, conversation: _Conversation, draft: Draft, message: bytes) -> None:
    at, account = conversation.at, conversation.account
    queued = draft.queue is not None
    sent_at = None if queued else (to_micros(draft.sent_at) if draft.sent_at else at)
    batch.deliveries.append((
        draft.delivery_id.bytes, account, conversation.inbox, conversation.key, message,
        "queued" if queued else "sent", draft.source_id, at, sent_at,
    ))  # fmt: skip
    if queued:
        batch.lanes.append((draft.queue, conversation.key, account, at))
        payload = f'{{"delivery":"{draft.delivery_id}"}}'
        batch.jobs.append((draft.queue, conversation.key, account, payload, at, at))
        batch.tx.enqueued(str(draft.queue))


def _write(batch: _Batch) -> None:
    run = batch.driver.execute_many
    grown = [c for c in batch.conversations.values() if c is not None and c.last is not None]
    run(_BUMP, [_bump(c, c.last) for c in grown if c.last is not None])
    run(_ADD_MESSAGE, batch.messages)
    if batch.deliveries:
        run(_ADD_DELIVERY, batch.deliveries)
    if batch.lanes:
        run(_ADD_LANE, batch.lanes)
        run(_ADD_JOB, batch.jobs)


def _bump(c: _Conversation, last: Draft) -> tuple[Any, ...]:
    return (
        c.last_seq, c.incoming, c.at, c.incoming_at, last.preview, last.kind, last.direction,
        last.author.name,        c.added, c.key,
    )  # fmt: skip


def _text(value: dict[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
