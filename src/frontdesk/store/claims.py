"""Claiming lanes: which are due, in fair turn over the accounts, and leasing them. Used by jobs only."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_l, _j = t.lanes, t.jobs


def oldest_of(
    query: sa.Select[Any], queue: sa.ColumnElement[str], key: sa.ColumnElement[UUID]
) -> sa.Select[Any]:
    """The query, asked of the jobs of one lane, oldest first, as `ix_jobs_lane` has them.

    The key is bounded from both sides and ordered by, not equalled: once PostgreSQL's statistics know of one
    long lane only, it takes every key for that one, and finds the first of `key = x ORDER BY id` by walking
    the primary key through all jobs of the others.
    """
    return query.where(_j.c.queue == queue, _j.c.key >= key, _j.c.key <= key).order_by(_j.c.key, _j.c.id)


@dataclass(frozen=True, slots=True)
class Job:
    """One unit of work. `attempts` counts the retries so far."""

    id: int
    payload: dict[str, Any]
    attempts: int
    created_at: datetime
    run_at: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    """A claimed lane: its jobs, oldest first, and the fence that proves whose it is."""

    queue: str
    key: UUID
    account_id: UUID
    fence: int
    claims: int
    leased_until: datetime
    jobs: tuple[Job, ...]


_WALK = """
WITH RECURSIVE a AS (
  SELECT (SELECT account_id FROM lanes WHERE queue = {queue} ORDER BY account_id LIMIT 1) AS account_id
  UNION ALL
  SELECT (SELECT l.account_id FROM lanes l WHERE l.queue = {queue} AND l.account_id > a.account_id
          ORDER BY l.account_id LIMIT 1) FROM a WHERE a.account_id IS NOT NULL)"""
# the fence is compared with the one seen by the statement's snapshot: a lane that was finished or released
# meanwhile is left for the next claim, because this snapshot would still show its old jobs
_CLAIM_POSTGRES = (
    _WALK.format(queue="$1::text")  # noqa: S608 - made of constants
    + """,
 d AS (SELECT x.key, x.run_at, x.fence,
     row_number() OVER (PARTITION BY a.account_id ORDER BY x.run_at) AS turn
   FROM a CROSS JOIN LATERAL (SELECT l.key, l.run_at, l.fence FROM lanes l WHERE l.queue = $1
     AND l.account_id = a.account_id AND l.run_at <= statement_timestamp()
     ORDER BY l.run_at LIMIT $2::int * 4) x
   WHERE a.account_id IS NOT NULL),
 k AS MATERIALIZED (SELECT key, fence, turn, run_at FROM d ORDER BY turn, run_at LIMIT $2 * 4),
 c AS MATERIALIZED (SELECT l.key FROM k JOIN lanes l ON l.queue = $1 AND l.key = k.key AND l.fence = k.fence
     AND l.run_at <= statement_timestamp()
   ORDER BY k.turn, k.run_at LIMIT $2 FOR NO KEY UPDATE OF l SKIP LOCKED),
 u AS (UPDATE lanes l SET run_at = clock_timestamp() + $3::interval,
     leased_until = clock_timestamp() + $3::interval, fence = $4, claims = l.claims + 1
   FROM c WHERE l.queue = $1 AND l.key = c.key RETURNING l.key, l.account_id, l.claims, l.leased_until)
SELECT u.key, u.account_id, u.claims, u.leased_until, j.id, j.payload, j.attempts, j.created_at, j.run_at,
  statement_timestamp()
FROM u CROSS JOIN LATERAL (SELECT * FROM jobs j WHERE j.queue = $1 AND j.key >= u.key AND j.key <= u.key
  ORDER BY j.key, j.id LIMIT $5) j
ORDER BY u.key, j.id"""
)
_walk = sa.text(_WALK.format(queue=":queue") + " SELECT account_id FROM a WHERE account_id IS NOT NULL")  # noqa: S608
_ACCOUNTS = Statement(
    _walk.bindparams(sa.bindparam("queue", type_=sa.Text())).columns(account_id=_l.c.account_id.type)
)
_DUE = Statement(
    sa.select(_l.c.key, _l.c.account_id, _l.c.claims, _l.c.run_at)
    .where(_l.c.queue == P("queue"), _l.c.account_id == P("account_id"), _l.c.run_at <= P("now"))
    .order_by(_l.c.run_at)
    .limit(P("limit"))
)
_LEASE = Statement(
    sa.update(_l)
    .where(_l.c.queue == P("queue"), _l.c.key == P("key"))
    .values(run_at=P("until"), leased_until=P("until"), fence=P("fence"), claims=_l.c.claims + 1)
)
_jobs = sa.select(_j.c.id, _j.c.payload, _j.c.attempts, _j.c.created_at, _j.c.run_at, db_now().label("now"))
_JOBS = Statement(oldest_of(_jobs, P("queue"), P("key")).limit(P("limit")))
_FIRST = Statement(
    sa.select(_l.c.run_at)
    .where(_l.c.queue == P("queue"), _l.c.account_id == P("account_id"))
    .order_by(_l.c.run_at)
    .limit(1)
)


def claim(tx: Tx, queue: str, *, lanes: int, per_lane: int, lease_seconds: float) -> list[Lane]:
    """See jobs.claim."""
    fence = secrets.randbits(62) + 1
    if tx.dialect == "postgresql":
        lease = timedelta(seconds=lease_seconds)
        rows = tx.driver.fetch(_CLAIM_POSTGRES, [queue, lanes, lease, fence, per_lane])
        return _lanes_of(queue, fence, rows)
    return _claim_sqlite(tx, queue, fence, lanes=lanes, per_lane=per_lane, lease_seconds=lease_seconds)


def next_due(tx: ReadTx, queue: str) -> datetime | None:
    """See jobs.next_due."""
    accounts = tx.rows(_ACCOUNTS, queue=queue)
    due = [tx.scalar(_FIRST, queue=queue, account_id=row.account_id) for row in accounts]
    return min((at for at in due if at is not None), default=None)


def _lanes_of(queue: str, fence: int, rows: Sequence[Any]) -> list[Lane]:
    lanes: list[Lane] = []
    jobs: list[Job] = []
    last, due = len(rows) - 1, True
    for index, (key, account, claims, until, id_, payload, attempts, made, run_at, now) in enumerate(rows):
        due = due and run_at <= now  # behind a job that is not due, nothing is
        if due:
            jobs.append(Job(id_, json.loads(payload), attempts, made, run_at))
        if index == last or rows[index + 1][0] != key:
            lanes.append(Lane(queue, key, account, fence, claims, until, tuple(jobs)))
            jobs, due = [], True
    return lanes


def _claim_sqlite(
    tx: Tx, queue: str, fence: int, *, lanes: int, per_lane: int, lease_seconds: float
) -> list[Lane]:
    now, until = tx.now, tx.now + timedelta(seconds=lease_seconds)
    due = [
        tx.rows(_DUE, queue=queue, account_id=row.account_id, now=now, limit=lanes)
        for row in tx.rows(_ACCOUNTS, queue=queue)
    ]
    out = []
    for row in _in_turn(due)[:lanes]:
        tx.run(_LEASE, queue=queue, key=row.key, until=until, fence=fence)
        jobs = _due(tx, queue, row.key, per_lane)
        out.append(Lane(queue, row.key, row.account_id, fence, row.claims + 1, until, tuple(jobs)))
    return out


def due_of(tx: Tx, lane: Lane, most: int) -> list[Job]:
    """The next due jobs of a lane that is ours, oldest first, at most so many."""
    return _due(tx, lane.queue, lane.key, most)


def _due(tx: Tx, queue: str, key: UUID, most: int) -> list[Job]:
    found = tx.rows(_JOBS, queue=queue, key=key, limit=most)
    due = takewhile(lambda job: job.run_at <= job.now, found)  # behind a job that is not due, nothing is
    return [Job(job.id, job.payload, job.attempts, job.created_at, job.run_at) for job in due]


def _in_turn(due: Sequence[Sequence[Row]]) -> list[Row]:
    """The first lane of every account, then the second, and so on."""
    ranked = [(turn, row.run_at, row) for rows in due for turn, row in enumerate(rows)]
    return [row for _, _, row in sorted(ranked, key=lambda entry: entry[:2])]
