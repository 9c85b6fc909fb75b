"""Append on PostgreSQL: one statement for a whole batch, hand-tuned. See messages.append for the rules.

Each stage reads the one before through a sort or an aggregate, which PostgreSQL finishes first. So locks are
taken in the desk's order: conversations, idempotency keys, source references, lanes, account log.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from frontdesk.domain.event import EventType
from frontdesk.domain.message import Direction
from frontdesk.store import idempotency
from frontdesk.store import tables as t
from frontdesk.store.drafts import Appended, Closed, Draft, Duplicate, Missing, Outcome, Repeated
from frontdesk.store.statement import Statement
from frontdesk.store.tx import ReadTx, Tx

P = sa.bindparam
_KNOWN = Statement(
    sa.select(t.source_refs.c.message_id)
    .join(t.conversations, t.conversations.c.inbox_id == t.source_refs.c.inbox_id)
    .where(
        t.conversations.c.id == P("conversation_id"),
        t.conversations.c.account_id == P("account_id"),
        t.source_refs.c.source_id == P("source_id"),
    )
)
_EXISTS = Statement(
    sa.select(t.conversations.c.id).where(
        t.conversations.c.id == P("conversation_id"), t.conversations.c.account_id == P("account_id")
    )
)

_DRAFTS = """
WITH i AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[],
    $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::uuid[], $13::text[],
    $14::timestamptz[], $15::bool[], $16::text[], $17::uuid[], $18::uuid[], $19::text[], $20::text[],
    $21::bytea[])
  WITH ORDINALITY AS x(id, account_id, cid, direction, author_type, author_id, author_name, kind, content,
    preview, context, reply_to_id, source_id, sent_at, expect_open, queue, delivery_id, actor_id, key, route,
    body_hash, ord)),
 c AS MATERIALIZED (SELECT id, account_id, inbox_id, status FROM conversations
    WHERE id = ANY($3::uuid[]) AND account_id = ANY($2::uuid[]) ORDER BY id FOR NO KEY UPDATE),
 o AS MATERIALIZED (SELECT i.*, c.inbox_id FROM i JOIN c ON c.id = i.cid AND c.account_id = i.account_id
    WHERE c.status <> 'resolved' OR NOT i.expect_open),"""
_KEYS = """
 ik AS (INSERT INTO idempotency_keys (account_id, actor_id, key, route, body_hash, status, result_id,
      created_at)
    SELECT account_id, actor_id, key, route, body_hash, 201, id, clock_timestamp() FROM o
    WHERE key IS NOT NULL ORDER BY account_id, actor_id, key, ord ON CONFLICT DO NOTHING RETURNING result_id),
 n AS MATERIALIZED (SELECT * FROM o WHERE key IS NULL OR id IN (SELECT result_id FROM ik)),"""
_NO_KEYS = """
 n AS (SELECT * FROM o),"""
_SOURCES = """
 sr AS (INSERT INTO source_refs (inbox_id, source_id, account_id, message_id, delivery_id, created_at)
    SELECT DISTINCT ON (inbox_id, source_id) inbox_id, source_id, account_id, id,
      CASE WHEN direction = 'outgoing' THEN delivery_id END, clock_timestamp()
    FROM n WHERE source_id IS NOT NULL ORDER BY inbox_id, source_id, ord
    ON CONFLICT (inbox_id, source_id) DO UPDATE
      SET message_id = excluded.message_id, delivery_id = excluded.delivery_id
      WHERE source_refs.message_id IS NULL RETURNING message_id),
 s AS MATERIALIZED (SELECT * FROM n WHERE source_id IS NULL OR id IN (SELECT message_id FROM sr)),"""
_NO_SOURCES = """
 s AS (SELECT * FROM n),"""
_NUMBERED = """
 k AS (SELECT DISTINCT ON (cid) cid, preview, kind, direction, author_name,
      count(*) OVER (PARTITION BY cid) AS n,
      count(*) FILTER (WHERE direction = 'incoming') OVER (PARTITION BY cid) AS incoming,
      clock_timestamp() AS at
    FROM s ORDER BY cid, ord DESC),
 u AS (UPDATE conversations c SET last_seq = c.last_seq + k.n, unread = c.unread + k.incoming,
      last_message_at = greatest(c.last_message_at, k.at),
      last_incoming_at = CASE WHEN k.incoming > 0 THEN greatest(c.last_message_at, k.at)
        ELSE c.last_incoming_at END,
      preview = k.preview, preview_kind = k.kind, preview_direction = k.direction,
      preview_author = k.author_name, version = c.version + k.n
    FROM k WHERE c.id = k.cid AND c.id = ANY($3::uuid[])
    RETURNING c.id, c.last_seq - k.n AS base, c.last_message_at AS at),
 m AS MATERIALIZED (SELECT s.*, u.at, u.base + row_number() OVER (PARTITION BY s.cid ORDER BY s.ord) AS seq
    FROM s JOIN u ON u.id = s.cid),"""
_LANES = """
 wl AS (INSERT INTO lanes (queue, key, account_id, run_at, pending)
    SELECT queue, cid, account_id, clock_timestamp(), count(*) FROM m WHERE queue IS NOT NULL
    GROUP BY queue, cid, account_id ORDER BY queue, cid
    ON CONFLICT (queue, key) DO UPDATE SET pending = lanes.pending + excluded.pending RETURNING pending),"""
_NO_LANES = """
 wl AS (SELECT 0),"""
_LOG = """
 ka AS (SELECT account_id, count(*) AS n FROM m GROUP BY account_id),
 la AS MATERIALIZED (SELECT a.account_id, ka.n FROM account_log a JOIN ka ON ka.account_id = a.account_id
    CROSS JOIN (SELECT count(*) FROM wl) AS after_lanes WHERE a.account_id = ANY($2::uuid[])
    ORDER BY a.account_id FOR NO KEY UPDATE OF a),
 h AS (UPDATE account_log a SET head = a.head + la.n FROM la
    WHERE a.account_id = la.account_id AND a.account_id = ANY($2::uuid[])
    RETURNING a.account_id, a.head - la.n AS base),
 e AS MATERIALIZED (SELECT m.*,
      h.base + row_number() OVER (PARTITION BY m.account_id ORDER BY m.ord) AS position
    FROM m LEFT JOIN h ON h.account_id = m.account_id),
 w4 AS (INSERT INTO events (account_id, position, type, conversation_id, subject_id, seq, facts, at)
    SELECT account_id, position,
      CASE direction WHEN 'incoming' THEN 'message.received' ELSE 'message.created' END, cid, id, seq,
      '{"direction":"' || direction || '","kind":"' || kind || '","version":1}', at FROM e),"""
_NO_LOG = """
 e AS (SELECT m.*, NULL::bigint AS position FROM m),"""
_MESSAGES = """
 w1 AS (INSERT INTO messages (id, account_id, inbox_id, conversation_id, seq, direction, author_type,
      author_id, author_name, kind, content, context, reply_to_id, source_id, sent_at, created_at)
    SELECT id, account_id, inbox_id, cid, seq, direction, author_type, author_id, author_name, kind, content,
      context, reply_to_id, source_id, sent_at, at FROM e)"""
_DELIVERIES = """,
 w2 AS (INSERT INTO deliveries (id, account_id, inbox_id, conversation_id, message_id, status, source_id,
      created_at, sent_at)
    SELECT delivery_id, account_id, inbox_id, cid, id, CASE WHEN queue IS NULL THEN 'sent' ELSE 'queued' END,
      source_id, at, CASE WHEN queue IS NULL THEN coalesce(sent_at, at) END
    FROM e WHERE direction = 'outgoing')"""
_JOBS = """,
 w3 AS (INSERT INTO jobs (queue, key, account_id, payload, run_at, created_at)
    SELECT queue, cid, account_id, '{"delivery":"' || delivery_id || '"}', at, at FROM e
    WHERE queue IS NOT NULL ORDER BY ord)"""
_ANSWER = """
SELECT ord, seq, position, at FROM e"""


def statement(drafts: Sequence[Draft], *, log: bool) -> str:
    """The statement for a batch, without the stages that it does not need.

    Args:
        drafts: The batch.
        log: Write the events too, for a batch that is a transaction by itself.
    """
    keys = sources = outgoing = queued = False
    for draft in drafts:
        keys = keys or draft.idempotency is not None
        sources = sources or draft.source_id is not None
        outgoing = outgoing or draft.direction is Direction.OUTGOING
        queued = queued or draft.queue is not None
    return _statement(keys, sources, outgoing, queued, log)


@lru_cache
def _statement(keys: bool, sources: bool, outgoing: bool, queued: bool, log: bool) -> str:  # noqa: FBT001
    return "".join((
        _DRAFTS,
        _KEYS if keys else _NO_KEYS,
        _SOURCES if sources else _NO_SOURCES,
        _NUMBERED,
        _LANES if queued else _NO_LANES,
        _LOG if log else _NO_LOG,
        _MESSAGES,
        _DELIVERIES if outgoing else "",
        _JOBS if queued else "",
        _ANSWER,
    ))  # fmt: skip


def hot() -> list[str]:
    """The statements of an agent's answer and of a customer's message, to be prepared ahead."""
    return [_statement(True, False, True, True, True), _statement(False, True, False, False, False)]  # noqa: FBT003


COLUMNS = 21
"""How many arrays a statement takes."""

FIND_APPENDED = """
SELECT m.id, m.seq, m.created_at FROM messages m WHERE m.id = ANY($1::uuid[])"""


def arguments(drafts: Sequence[Draft]) -> list[Sequence[Any]]:
    """One array per column of the batch."""
    return list(zip(*map(_values, drafts), strict=True))


def _values(d: Draft) -> tuple[Any, ...]:
    author, key = d.author, d.idempotency
    context = None if d.context is None else json.dumps(d.context, ensure_ascii=False, separators=(",", ":"))
    return (
        d.id, d.account_id, d.conversation_id, d.direction, author.type, author.id, author.name, d.kind,
        d.content, d.preview, context, d.reply_to_id, d.source_id, d.sent_at, d.expect_open, d.queue,
        d.delivery_id, *((key.actor_id, key.key, key.route, key.body_hash) if key else _NO_KEY),
    )  # fmt: skip


_NO_KEY = (None, None, None, None)


def outcomes(drafts: Sequence[Draft], records: Sequence[Any]) -> tuple[list[Outcome], list[int]]:
    """Read the statement's answer, and which drafts are not in it: `look_up` says why."""
    out: list[Outcome] = [_MISSING] * len(drafts)
    for ord_, seq, position, at in records:
        draft = drafts[ord_ - 1]
        delivery = draft.delivery_id if draft.direction is Direction.OUTGOING else None
        out[ord_ - 1] = Appended(draft.id, seq, position, at, delivery)
    if len(records) == len(drafts):
        return out, []
    return out, [index for index, outcome in enumerate(out) if outcome is _MISSING]


_MISSING = Missing()


def look_up(tx: ReadTx, drafts: Sequence[Draft], out: list[Outcome], refused: Sequence[int]) -> None:
    """Say why drafts were refused. What was done before comes first: it stays true after a resolution."""
    for index in refused:
        draft = drafts[index]
        row = None if draft.idempotency is None else idempotency.find(tx, draft.idempotency)
        if row is not None:
            out[index] = Repeated(row)
            continue
        place = {"conversation_id": draft.conversation_id, "account_id": draft.account_id}
        message = None if draft.source_id is None else tx.scalar(_KNOWN, **place, source_id=draft.source_id)
        if message is not None:
            out[index] = Duplicate(message)
        elif tx.first(_EXISTS, **place) is not None:
            out[index] = Closed(draft.conversation_id)


def append(tx: Tx, drafts: Sequence[Draft]) -> list[Outcome]:
    """Inside a general change: the same statement without the log; the events are emitted into `tx`."""
    records = tx.driver.fetch(statement(drafts, log=False), arguments(drafts))
    out, refused = outcomes(drafts, records)
    look_up(tx, drafts, out, refused)
    for draft, outcome in zip(drafts, out, strict=True):
        if isinstance(outcome, Appended):
            received = draft.direction is Direction.INCOMING
            tx.emit(
                draft.account_id,
                EventType.MESSAGE_RECEIVED if received else EventType.MESSAGE_CREATED,
                conversation_id=draft.conversation_id,
                subject_id=draft.id,
                seq=outcome.seq,
                facts={"direction": draft.direction, "kind": draft.kind, "version": 1},
            )
            if draft.queue is not None:
                tx.enqueued(draft.queue)
    return out
