"""The account log: numbering what a change collected, and reading it back in order.

Positions are 1..n without gaps per account and commit order is log order, because the row in `account_log`
stays locked from the numbering to the COMMIT. Nothing runs in a change after the numbering.
"""

import json
import time
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import PendingEvent, ReadTx, Tx

P = sa.bindparam

_HEAD = Statement(
    sa.select(t.account_log.c.head, t.account_log.c.tail).where(t.account_log.c.account_id == P("account_id"))
)
_PAGE = Statement(
    sa.select(t.events)
    .where(t.events.c.account_id == P("account_id"), t.events.c.position > P("after"))
    .order_by(t.events.c.position)
    .limit(P("limit"))
)
_AT = Statement(
    sa.select(t.events).where(t.events.c.account_id == P("account_id"), t.events.c.position == P("position"))
)

_TAIL = """
WITH i AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[])
           WITH ORDINALITY AS x(account_id, type, conversation_id, subject_id, seq, facts, ord)),
 k AS (SELECT account_id, count(*) AS n FROM i GROUP BY account_id),
 l AS MATERIALIZED (SELECT a.account_id FROM account_log a JOIN k ON k.account_id = a.account_id
                    ORDER BY a.account_id FOR NO KEY UPDATE OF a),
 h AS (UPDATE account_log a SET head = a.head + k.n FROM k JOIN l ON l.account_id = k.account_id
       WHERE a.account_id = k.account_id RETURNING a.account_id, a.head, a.head - k.n AS base),
 w AS (INSERT INTO events (account_id, position, type, conversation_id, subject_id, seq, facts, at)
       SELECT i.account_id, h.base + row_number() OVER (PARTITION BY i.account_id ORDER BY i.ord), i.type,
              i.conversation_id, i.subject_id, i.seq, i.facts, clock_timestamp()
       FROM i JOIN h ON h.account_id = i.account_id)
SELECT account_id, head, pg_current_xact_id()::text FROM h"""
_START_LOGS = """
INSERT INTO account_log (account_id) SELECT DISTINCT * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING"""

_BUMP = """
INSERT INTO account_log (account_id, head) VALUES (?1, ?2)
ON CONFLICT (account_id) DO UPDATE SET head = head + ?2 RETURNING head"""
_INSERT = """
INSERT INTO events (account_id, position, type, conversation_id, subject_id, seq, facts, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""


def head(tx: ReadTx, account_id: UUID) -> int:
    """The position of the account's newest event; 0 if there is none."""
    row = tx.first(_HEAD, account_id=account_id)
    return int(row.head) if row else 0


def tail(tx: ReadTx, account_id: UUID) -> int:
    """The position up to which the log was emptied; a cursor before it must be told to reload."""
    row = tx.first(_HEAD, account_id=account_id)
    return int(row.tail) if row else 0


def page(tx: ReadTx, account_id: UUID, after: int, limit: int) -> list[Row]:
    """Events with a position above `after`, in order: all columns of the table."""
    return tx.rows(_PAGE, account_id=account_id, after=after, limit=limit)


def number(tx: Tx) -> list[int]:
    """Give the collected events their positions and insert them; called by the store, last in a change.

    Returns:
        The positions, in the order in which the events were emitted.
    """
    pending, tx.events = tx.events, []
    if not pending:
        return []
    if tx.dialect == "postgresql":
        heads = _number_postgres(tx, pending)
        if missing := [event for event in pending if event.account_id not in heads]:
            tx.driver.execute(_START_LOGS, [sorted({event.account_id for event in missing})])
            heads |= _number_postgres(tx, missing)
    else:
        heads = _number_sqlite(tx, pending)
    tx.heads.update(heads)
    at = {account: heads[account] - count for account, count in _counts(pending).items()}
    positions = []
    for event in pending:
        at[event.account_id] += 1
        positions.append(at[event.account_id])
    tx.last_event = (pending[-1].account_id, positions[-1], pending[-1])
    if tx.dialect == "sqlite":
        _insert_sqlite(tx, pending, positions)
    return positions


def _counts(pending: list[PendingEvent]) -> dict[UUID, int]:
    counts: dict[UUID, int] = {}
    for event in pending:
        counts[event.account_id] = counts.get(event.account_id, 0) + 1
    return counts


def _number_postgres(tx: Tx, pending: list[PendingEvent]) -> dict[UUID, int]:
    args: list[Any] = [
        [event.account_id for event in pending],
        [event.type for event in pending],
        [event.conversation_id for event in pending],
        [event.subject_id for event in pending],
        [event.seq for event in pending],
        [None if event.facts is None else _json(event.facts) for event in pending],
    ]
    rows = tx.driver.fetch(_TAIL, args)
    if rows:
        tx.transaction_id = rows[0][2]
    return {row[0]: row[1] for row in rows}


def _number_sqlite(tx: Tx, pending: list[PendingEvent]) -> dict[UUID, int]:
    return {
        account: tx.driver.fetch(_BUMP, [account.bytes, count])[0][0]
        for account, count in _counts(pending).items()
    }


def _insert_sqlite(tx: Tx, pending: list[PendingEvent], positions: list[int]) -> None:
    now = time.time_ns() // 1000
    tx.driver.execute_many(
        _INSERT,
        [
            (
                event.account_id.bytes,
                position,
                event.type,
                event.conversation_id.bytes if event.conversation_id else None,
                event.subject_id.bytes if event.subject_id else None,
                event.seq,
                _json(event.facts) if event.facts is not None else None,
                now,
            )
            for event, position in zip(pending, positions, strict=True)
        ],
    )


def is_there(tx: ReadTx, account_id: UUID, position: int, event: PendingEvent) -> bool:
    """Whether the log has exactly this event at this position: the proof that its change was committed."""
    row = tx.first(_AT, account_id=account_id, position=position)
    if row is None:
        return False
    found = (row.type, row.conversation_id, row.subject_id, row.seq, row.facts)
    return found == (event.type, event.conversation_id, event.subject_id, event.seq, event.facts)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
