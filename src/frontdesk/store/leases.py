"""The right to work on a lane: held under its fence until the commit, extended, given back.

Used by way of `jobs`, which says what becomes of the lane's jobs.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.claims import Lane, oldest_of
from frontdesk.store.failures import LeaseLost
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_l, _j = t.lanes, t.jobs

_of_lane = sa.and_(_l.c.queue == P("queue"), _l.c.key == P("key"), _l.c.fence == P("fence"))
_LOCK = Statement(sa.select(_l.c.pending).where(_of_lane).with_for_update(key_share=True))
_next_run_at = oldest_of(sa.select(_j.c.run_at), P("queue"), P("key")).limit(1).scalar_subquery()
RELEASE = Statement(
    sa.update(_l)
    .where(_of_lane)
    .values(
        run_at=sa.func.coalesce(_next_run_at, db_now()), leased_until=None, fence=_l.c.fence + 1, claims=0
    )
)
_GIVE_BACK = Statement(
    sa.update(_l)
    .where(_of_lane)
    .values(run_at=sa.func.coalesce(_next_run_at, db_now()), leased_until=None, fence=_l.c.fence + 1)
)
_next_of_each = (
    oldest_of(sa.select(_j.c.run_at), _l.c.queue, _l.c.key).limit(1).correlate(_l).scalar_subquery()
)
_FORGET_LEASES = Statement(
    sa.update(_l)
    .where(_l.c.leased_until.is_not(None))
    .values(run_at=sa.func.coalesce(_next_of_each, db_now()), leased_until=None, fence=_l.c.fence + 1)
)
_RENEW = Statement(sa.update(_l).where(_of_lane).values(run_at=P("until"), leased_until=P("until"), claims=0))
_PUT_OFF = Statement(
    sa.update(_l).where(_of_lane).values(run_at=P("until"), leased_until=None, fence=_l.c.fence + 1, claims=0)
)
_SHRINK = Statement(sa.update(_l).where(_of_lane).values(pending=P("pending"), claims=0))
_DROP = Statement(sa.delete(_l).where(_of_lane))


def hold(tx: Tx, lane: Lane) -> None:
    """Make sure that a lane is still ours until the commit.

    Raises:
        LeaseLost: The lane was claimed by somebody else.
    """
    lock(tx, lane)


def release(tx: Tx, lane: Lane) -> None:
    """Give a lane back with the jobs it still has. Nothing happens if it is no longer ours."""
    if tx.run(_GIVE_BACK, **fenced(lane)):
        tx.enqueued(lane.queue)


def renew(tx: Tx, lane: Lane, lease_seconds: float = 60) -> None:
    """Extend the lease.

    Raises:
        LeaseLost: The lane was claimed by somebody else.
    """
    if not tx.run(_RENEW, **fenced(lane), until=tx.now + timedelta(seconds=lease_seconds)):
        raise lost(lane)


def put_off(tx: Tx, lanes: Iterable[tuple[Lane, datetime]]) -> None:
    """Give lanes back, each with all its jobs and not to be claimed before a time.

    Those that are no longer ours stay as they are. An attempt is not counted.
    """
    ordered = sorted(lanes, key=lambda each: each[0].key)
    tx.run_many(_PUT_OFF, [{**fenced(lane), "until": until} for lane, until in ordered])
    for queue in {lane.queue for lane, _ in ordered}:
        tx.enqueued(queue)


def forget_leases(tx: Tx) -> int:
    """End all leases; how many there were. Only for who knows that no worker is left."""
    return tx.run(_FORGET_LEASES)


def lock(tx: Tx, lane: Lane) -> int:
    """How many jobs a lane has, which is ours until the commit.

    Raises:
        LeaseLost: The lane was claimed by somebody else.
    """
    row = tx.first(_LOCK, **fenced(lane))
    if row is None:
        raise lost(lane)
    return int(row.pending)


def settle(tx: Tx, lane: Lane, pending: int, *, release: bool) -> None:
    """Note how many jobs a locked lane has left, and give it back if wanted; one without any goes."""
    if pending <= 0:
        tx.run(_DROP, **fenced(lane))
        return
    tx.run(_SHRINK, **fenced(lane), pending=pending)
    if release:
        tx.run(RELEASE, **fenced(lane))
        tx.enqueued(lane.queue)


def fenced(lane: Lane) -> dict[str, Any]:
    """What tells a lane and the right to it, as parameters."""
    return {"queue": lane.queue, "key": lane.key, "fence": lane.fence}


def lost(lane: Lane) -> LeaseLost:
    """The refusal of who is late."""
    return LeaseLost(f"The lease on lane {lane.key} of queue {lane.queue!r} was lost; nothing was changed.")
