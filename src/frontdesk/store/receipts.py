"""Receipts: raw requests of providers, kept before anything is read from them, each with a job to read it.

Jobs go to the queue "ingest" with the inbox as lane key, so one inbox's receipts are read in order.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.scope import Scope
from frontdesk.kit.ids import uuid7
from frontdesk.store import jobs
from frontdesk.store import tables as t
from frontdesk.store.inbox_pages import InboxPage
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
QUEUE = "ingest"
_r = t.receipts


@dataclass(slots=True)
class Receipt:
    """A request as it came. Its id is made before the first try."""

    account_id: UUID
    inbox_id: UUID
    method: str
    query: dict[str, Any]
    headers: dict[str, Any]
    body: bytes
    id: UUID = field(default_factory=uuid7)


_ADD = Statement(
    sa.insert(_r).values(
        id=P("id"),
        account_id=P("account_id"),
        inbox_id=P("inbox_id"),
        method=P("method"),
        query=P("query"),
        headers=P("headers"),
        body=P("body"),
        received_at=db_now(),
    )
)
_GET = Statement(sa.select(_r).where(_r.c.id == P("id"), _r.c.account_id == P("account_id")))
_MANY = Statement(sa.select(_r).where(_r.c.id.in_(P("ids", expanding=True))))
_SIZES = Statement(
    sa.select(_r.c.id, sa.func.length(_r.c.body).label("size")).where(_r.c.id.in_(P("ids", expanding=True)))
)
_FINISH = Statement(
    sa.update(_r).where(_r.c.id == P("id")).values(state=P("state"), reason=P("reason"), events=P("events"))
)
_DONE = Statement(
    sa.update(_r)
    .where(_r.c.id.in_(P("ids", expanding=True)))
    .values(state="done", reason=None, events=P("events"))
)
_BY_STATE = InboxPage(_r, _r.c.state == P("state"))

ADD_BATCH = """
WITH i AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[],
    $7::bytea[])
  WITH ORDINALITY AS x(id, account_id, inbox_id, method, query, headers, body, ord)),
 wl AS (INSERT INTO lanes (queue, key, account_id, run_at, pending)
   SELECT 'ingest', inbox_id, account_id, clock_timestamp(), count(*) FROM i GROUP BY inbox_id, account_id
   ORDER BY inbox_id ON CONFLICT (queue, key) DO UPDATE SET pending = lanes.pending + excluded.pending
   RETURNING pending),
 r AS (INSERT INTO receipts (id, account_id, inbox_id, method, query, headers, body, received_at)
   SELECT id, account_id, inbox_id, method, query, headers, body, clock_timestamp() FROM i ORDER BY ord)
INSERT INTO jobs (queue, key, account_id, payload, run_at, created_at)
SELECT 'ingest', inbox_id, account_id, '{"receipt":"' || id || '","size":' || length(body) || '}',
  clock_timestamp(), clock_timestamp()
FROM i CROSS JOIN (SELECT count(*) FROM wl) AS after_lanes ORDER BY ord"""
COLUMNS = 7
"""How many arrays ADD_BATCH takes."""
FIND_ADDED = "SELECT id FROM receipts WHERE id = ANY($1::uuid[])"


def add(tx: Tx, receipt: Receipt) -> None:
    """Keep a receipt and enqueue its reading."""
    add_many(tx, [receipt])


def add_many(tx: Tx, receipts: Sequence[Receipt]) -> None:
    """Keep receipts and enqueue their reading, in order."""
    if tx.dialect == "postgresql":
        tx.driver.fetch(ADD_BATCH, arguments(receipts))
        tx.enqueued(QUEUE)
        return
    tx.run_many(
        _ADD,
        [
            {
                "id": r.id,
                "account_id": r.account_id,
                "inbox_id": r.inbox_id,
                "method": r.method,
                "query": r.query,
                "headers": r.headers,
                "body": r.body,
            }
            for r in receipts
        ],
    )
    for receipt in receipts:
        jobs.enqueue(tx, QUEUE, receipt.inbox_id, receipt.account_id, _payload(receipt.id, receipt.body))


def _payload(receipt_id: UUID, body: bytes) -> dict[str, Any]:
    """What its job says of a receipt; the size spares the reader a look."""
    return {"receipt": str(receipt_id), "size": len(body)}


def arguments(receipts: Sequence[Receipt]) -> list[list[Any]]:
    """One array per column, as ADD_BATCH takes them."""
    return [
        [r.id for r in receipts],
        [r.account_id for r in receipts],
        [r.inbox_id for r in receipts],
        [r.method for r in receipts],
        [json.dumps(r.query, ensure_ascii=False, separators=(",", ":")) for r in receipts],
        [json.dumps(r.headers, ensure_ascii=False, separators=(",", ":")) for r in receipts],
        [r.body for r in receipts],
    ]


def get(tx: ReadTx, account_id: UUID, receipt_id: UUID) -> Row:
    """One receipt.

    Raises:
        NotFound: The account has no such receipt.
    """
    return tx.one(_GET, id=receipt_id, account_id=account_id)


def many(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Receipts by id, for the worker that reads them."""
    return {row.id: row for row in tx.rows(_MANY, ids=ids)} if ids else {}


def sizes(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, int]:
    """The bytes of each of these receipts' bodies."""
    return {row.id: int(row.size) for row in tx.rows(_SIZES, ids=ids)} if ids else {}


def finish(tx: Tx, receipt_id: UUID, *, reason: str | None = None, events: int = 0) -> None:
    """Mark a receipt as read: done, or failed with a reason."""
    tx.run(_FINISH, id=receipt_id, state="failed" if reason else "done", reason=reason, events=events)


def finish_many(tx: Tx, events: Mapping[UUID, int]) -> None:
    """Mark receipts as done, each with the number of its events."""
    by_count: dict[int, list[UUID]] = {}
    for receipt_id, count in events.items():
        by_count.setdefault(count, []).append(receipt_id)
    for count, ids in by_count.items():
        tx.run(_DONE, ids=ids, events=count)


def page(
    tx: ReadTx, scope: Scope, state: str = "failed", before: UUID | None = None, limit: int = 50
) -> list[Row]:
    """Receipts of the caller's inboxes in one state, newest first, older than the receipt `before`."""
    return _BY_STATE.rows(tx, scope, before, limit, state=state)


def replay(tx: Tx, account_id: UUID, receipt_id: UUID) -> None:
    """Read a receipt again.

    Raises:
        NotFound: The account has no such receipt.
    """
    row = get(tx, account_id, receipt_id)
    tx.run(_FINISH, id=receipt_id, state="new", reason=None, events=0)
    jobs.enqueue(tx, QUEUE, row.inbox_id, account_id, _payload(receipt_id, row.body))
