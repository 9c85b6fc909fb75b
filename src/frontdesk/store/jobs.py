"""The durable queue: lanes keep order per key, leases with fences make every worker replaceable.

A lane is one row per (queue, key) that has jobs. A worker claims lanes, gets the oldest jobs of each, and
reports on them under the lane's fence. Within a lane a later job never runs before an earlier one is done,
buried or parked. In a change, report on jobs after all other writes (lanes come late in the lock order).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.kit.ids import uuid7
from frontdesk.store import claims, dead_letters, finishing, leases
from frontdesk.store import tables as t
from frontdesk.store.claims import Job, Lane
from frontdesk.store.failures import LeaseLost
from frontdesk.store.leases import forget_leases, hold, put_off, release, renew
from frontdesk.store.statement import Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

__all__ = [
    "Job",
    "Lane",
    "LeaseLost",
    "bury",
    "claim",
    "done",
    "done_many",
    "enqueue",
    "forget_leases",
    "hold",
    "next_due",
    "park",
    "put_off",
    "release",
    "renew",
    "replay",
    "retry",
    "waiting",
]

P = sa.bindparam
_l, _j = t.lanes, t.jobs

_new_lane = insert(_l).values(
    queue=P("queue"), key=P("key"), account_id=P("account_id"), run_at=P("run_at"), pending=1
)
_ADD_LANE = Statement(
    _new_lane.on_conflict_do_update(index_elements=[_l.c.queue, _l.c.key], set_={"pending": _l.c.pending + 1})
)
_ADD_JOB = Statement(
    sa.insert(_j)
    .values(
        queue=P("queue"),
        key=P("key"),
        account_id=P("account_id"),
        payload=P("payload"),
        attempts=P("attempts"),
        error=P("error"),
        run_at=P("run_at"),
        created_at=db_now(),
    )
    .returning(_j.c.id)
)
_ENQUEUE_POSTGRES = """
WITH wl AS (INSERT INTO lanes (queue, key, account_id, run_at, pending)
  VALUES ($1::text, $2::uuid, $3::uuid, coalesce($5::timestamptz, clock_timestamp()), 1)
  ON CONFLICT (queue, key) DO UPDATE SET pending = lanes.pending + 1 RETURNING pending)
INSERT INTO jobs (queue, key, account_id, payload, run_at, created_at)
SELECT $1::text, $2::uuid, $3::uuid, $4::text, coalesce($5::timestamptz, clock_timestamp()), clock_timestamp()
FROM wl RETURNING id"""
_DELETE_JOBS = Statement(
    sa.delete(_j).where(_j.c.queue == P("queue"), _j.c.key == P("key"), _j.c.id.in_(P("ids", expanding=True)))
)
_POSTPONE = Statement(
    sa.update(_j)
    .where(_j.c.queue == P("queue"), _j.c.key == P("key"), _j.c.id == P("id"))
    .values(run_at=P("run_at"), attempts=_j.c.attempts + 1, error=P("error"))
)
_HASTEN = Statement(
    sa.update(_j)
    .where(
        _j.c.queue == P("queue"), _j.c.key == P("key"), _j.c.payload == P("payload"), _j.c.run_at > db_now()
    )
    .values(run_at=db_now())
)
_HASTEN_LANE = Statement(
    sa.update(_l)
    .where(_l.c.queue == P("queue"), _l.c.key == P("key"), _l.c.leased_until.is_(None))
    .values(run_at=db_now())
)
_GET_JOB = Statement(
    sa.select(_j.c.id, _j.c.account_id, _j.c.payload, _j.c.attempts, _j.c.error, _j.c.created_at).where(
        _j.c.queue == P("queue"), _j.c.key == P("key"), _j.c.id == P("id")
    )
)
_KEYS = Statement(sa.select(_l.c.key).where(_l.c.queue == P("queue")))
_WAITING = Statement(
    sa.select(_l.c.queue, sa.func.sum(_l.c.pending).label("pending"))
    .where(_l.c.account_id == P("account_id"))
    .group_by(_l.c.queue)
)


def enqueue(
    tx: Tx,
    queue: str,
    key: UUID,
    account_id: UUID,
    payload: dict[str, Any],
    *,
    run_at: datetime | None = None,
) -> int:
    """Add a job at the end of its lane, due at `run_at` (default: now); its id.

    Workers of this process are woken after the commit.
    """
    tx.enqueued(queue)
    if tx.dialect == "postgresql":
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        return int(tx.driver.fetch(_ENQUEUE_POSTGRES, [queue, key, account_id, text, run_at])[0][0])
    return _insert(tx, queue, key, account_id, payload, run_at=run_at or tx.now)


def _insert(
    tx: Tx,
    queue: str,
    key: UUID,
    account_id: UUID,
    payload: dict[str, Any],
    *,
    run_at: datetime,
    attempts: int = 0,
    error: str | None = None,
) -> int:
    lane = {"queue": queue, "key": key, "account_id": account_id, "run_at": run_at}
    tx.run(_ADD_LANE, **lane)
    return int(tx.scalar(_ADD_JOB, **lane, payload=payload, attempts=attempts, error=error))


def claim(tx: Tx, queue: str, *, lanes: int, per_lane: int = 10, lease_seconds: float = 60) -> list[Lane]:
    """Lease up to `lanes` due lanes, accounts in turn, with the oldest due jobs of each.

    A lane leased by nobody for longer than its lease is due again. `Lane.claims` counts the claims since it
    last got on: a job that kills its worker shows there.
    """
    return claims.claim(tx, queue, lanes=lanes, per_lane=per_lane, lease_seconds=lease_seconds)


def next_due(tx: ReadTx, queue: str) -> datetime | None:
    """When the next lane of this queue becomes due (or its lease ends), or None."""
    return claims.next_due(tx, queue)


def done(tx: Tx, lane: Lane, job_ids: Sequence[int], *, release: bool = True) -> None:
    """Remove finished jobs and, by default, give the lane back.

    Args:
        tx: The transaction.
        lane: As claimed.
        job_ids: Which of its jobs are finished.
        release: False to keep the lease for the rest of the claimed jobs.

    Raises:
        LeaseLost: The lane was claimed by somebody else.
    """
    done_many(tx, [(lane, job_ids)], release=release)


def done_many(tx: Tx, finished: Sequence[tuple[Lane, Sequence[int]]], *, release: bool = True) -> None:
    """Remove finished jobs of several lanes of one queue at once.

    Raises:
        LeaseLost: One of the lanes was claimed by somebody else; nothing is changed.
    """
    if not finished:
        return
    queue = finished[0][0].queue
    held = [(lane.key, lane.fence) for lane, _ in finished]
    left = finishing.finish(tx, queue, held, [ids for _, ids in finished], release=release)
    for lane, _ in finished:
        if lane.key not in left:
            raise leases.lost(lane)
    if release and any(left.values()):
        tx.enqueued(queue)


def done_for_more(tx: Tx, lane: Lane, job_ids: Sequence[int], most: int) -> list[Job]:
    """Remove finished jobs and go on with the lane's next due ones, at most so many, under the same lease.

    When none is due (or `most` is 0) the lane is given back.

    Raises:
        LeaseLost: The lane was claimed by somebody else.
    """
    if most <= 0:
        done(tx, lane, job_ids)
        return []
    left = finishing.finish(tx, lane.queue, [(lane.key, lane.fence)], [job_ids], release=False)
    if lane.key not in left:
        raise leases.lost(lane)
    if left[lane.key] <= 0:
        return []
    more = claims.due_of(tx, lane, most)
    if not more:
        release(tx, lane)
    return more


def retry(tx: Tx, lane: Lane, job_id: int, run_at: datetime, error: str) -> None:
    """Put a job off until `run_at`, count the attempt and give the lane back; later jobs wait behind it.

    Raises:
        LeaseLost: The lane was claimed by somebody else.
    """
    leases.lock(tx, lane)
    tx.run(_POSTPONE, queue=lane.queue, key=lane.key, id=job_id, run_at=run_at, error=error)
    tx.run(leases.RELEASE, **leases.fenced(lane))
    tx.enqueued(lane.queue)


def hasten(tx: Tx, queue: str, key: UUID, payload: dict[str, Any]) -> None:
    """Let a job of a lane that waits for its time be done now, in its turn; none, and nothing happens."""
    if tx.run(_HASTEN, queue=queue, key=key, payload=payload):
        tx.run(_HASTEN_LANE, queue=queue, key=key)
        tx.enqueued(queue)


def park(
    tx: Tx, lane: Lane, job_id: int, run_at: datetime, error: str, *, release: bool = True
) -> UUID | None:
    """Move a failing job to a lane of its own, due at `run_at`, so that the next may go.

    Returns:
        The key of its new lane; None if the job is gone.

    Raises:
        LeaseLost: The lane was claimed by somebody else.
    """
    pending = leases.lock(tx, lane)
    row = tx.first(_GET_JOB, queue=lane.queue, key=lane.key, id=job_id)
    if row is None:
        leases.settle(tx, lane, pending, release=release)
        return None
    key = uuid7()
    tx.run(_DELETE_JOBS, queue=lane.queue, key=lane.key, ids=[job_id])
    leases.settle(tx, lane, pending - 1, release=release)
    attempts = row.attempts + 1
    _insert(tx, lane.queue, key, row.account_id, row.payload, run_at=run_at, attempts=attempts, error=error)
    tx.enqueued(lane.queue)
    return key


def bury(tx: Tx, lane: Lane, job_id: int, reason: str, *, release: bool = True) -> UUID | None:
    """Take a job out of its lane for good and keep it as a dead letter; the letter's id, None if it is gone.

    Raises:
        LeaseLost: The lane was claimed by somebody else.
    """
    pending = leases.lock(tx, lane)
    row = tx.first(_GET_JOB, queue=lane.queue, key=lane.key, id=job_id)
    if row is None:
        leases.settle(tx, lane, pending, release=release)
        return None
    tx.run(_DELETE_JOBS, queue=lane.queue, key=lane.key, ids=[job_id])
    leases.settle(tx, lane, pending - 1, release=release)
    return dead_letters.add(tx, lane.queue, lane.key, row, reason)


def replay(tx: Tx, account_id: UUID, letter_id: UUID) -> int:
    """Enqueue a dead letter's job again at the end of its lane; the new job's id.

    Raises:
        NotFound: The account has no such dead letter.
        Conflict: It was replayed already.
    """
    letter = dead_letters.take(tx, account_id, letter_id)
    return enqueue(tx, letter.queue, letter.key, account_id, letter.payload)


def keys(tx: ReadTx, queue: str) -> set[UUID]:
    """The lanes that a queue has, waiting or at work."""
    return {row.key for row in tx.rows(_KEYS, queue=queue)}


def waiting(tx: ReadTx, account_id: UUID) -> dict[str, int]:
    """How many jobs an account has, by queue."""
    return {row.queue: int(row.pending) for row in tx.rows(_WAITING, account_id=account_id)}
