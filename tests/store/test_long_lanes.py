"""What work on jobs reads while one lane holds very many: its own rows, whatever the engine knows."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
import sqlalchemy as sa

from frontdesk.kit.clock import utc_now
from frontdesk.kit.ids import uuid7
from frontdesk.store import jobs
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Lane
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx

P = sa.bindparam
T = TypeVar("T")
ACCOUNT = uuid7()
LONG = 50_000
_FILL_JOBS = Statement(
    sa.insert(t.jobs).values(
        queue="q", key=P("key"), account_id=P("account"), payload={"n": 1}, run_at=P("at"), created_at=P("at")
    )
)
_FILL_LANES = Statement(
    sa.insert(t.lanes).values(
        queue="q", key=P("key"), account_id=P("account"), run_at=P("at"), pending=P("pending")
    )
)
_READ = """
SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = 'jobs'"""
STEPS = 20
"""So many instructions of SQLite's machine count as one row."""


async def fill(store: Store, count: int, *, seconds: float) -> UUID:
    """A lane of so many jobs, due in some seconds (negative: since then)."""
    key, at = uuid7(), utc_now() + timedelta(seconds=seconds)
    rows: Sequence[dict[str, object]] = [{"key": key, "account": ACCOUNT, "at": at}] * min(count, 5_000)
    for _ in range(max(1, count // 5_000)):
        await store.write(lambda tx: tx.run_many(_FILL_JOBS, rows))
    await store.write(lambda tx: tx.run(_FILL_LANES, key=key, account=ACCOUNT, at=at, pending=count))
    return key


def read_by(tx: Tx, work: Callable[[Tx], T]) -> tuple[T, int]:
    """What the work gives, and about how many rows of jobs it read."""
    if tx.dialect == "postgresql":
        before = tx.driver.fetch(_READ, [])[0][0]
        done = work(tx)
        return done, tx.driver.fetch(_READ, [])[0][0] - before
    driver: Any = tx.driver
    database: sqlite3.Connection = driver._database
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += STEPS

    database.set_progress_handler(count, STEPS)
    try:
        return work(tx), steps // STEPS
    finally:
        database.set_progress_handler(None, 0)


@pytest.mark.parametrize("known", ["nothing", "one long lane"])
async def test_work_beside_a_long_lane_reads_its_own_jobs_only(store: Store, known: str) -> None:
    """G10: a lane with 50,000 jobs that waits costs the others nothing.

    Least of all when statistics were gathered while it stood alone: then every key looks like that lane.
    """
    await fill(store, LONG, seconds=3600)
    if known == "one long lane":
        analyze = "ANALYZE jobs"
        await store.write(lambda tx: tx.driver.fetch(analyze, []))
    others = {await fill(store, 3, seconds=-5) for _ in range(40)}

    def claim(tx: Tx) -> list[Lane]:
        return jobs.claim(tx, "q", lanes=100, per_lane=1, lease_seconds=60)

    def finish(tx: Tx) -> None:
        jobs.done_many(tx, [(lane, [lane.jobs[0].id]) for lane in lanes[:20]])

    def give_back(tx: Tx) -> None:
        for lane in lanes[20:]:
            jobs.release(tx, lane)

    def reopen(tx: Tx) -> None:
        jobs.forget_leases(tx)

    lanes, read = await store.write(lambda tx: read_by(tx, claim))
    assert {lane.key for lane in lanes} == others
    assert read < LONG / 10
    for work in (finish, give_back, reopen):
        _, read = await store.write(lambda tx, work=work: read_by(tx, work))  # type: ignore[misc]
        assert read < LONG / 10, work.__name__
