"""The store without HTTP: a general change, jobs in order, claims behind a blocked lane."""

import asyncio
import random
import tempfile
import time
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from bench import seed
from bench.posting import yardstick
from bench.report import Figure, Report, middle
from frontdesk.domain.event import EventType
from frontdesk.kit.ids import uuid7
from frontdesk.store import jobs
from frontdesk.store import tables as t
from frontdesk.store.engine import Store, open_store
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx
from tests.services.postgres import PostgresServer

P = sa.bindparam
CALLERS = 32
CONVERSATIONS = 10_000
KEYS, JOBS = 2_000, 20_000
BLOCKED = 100_000
ACCOUNT, INBOX, AGENT = UUID(int=1), UUID(int=2), UUID(int=3)

_LOCK = Statement(
    sa.select(t.conversations.c.status, t.conversations.c.version)
    .where(t.conversations.c.id == P("id"), t.conversations.c.account_id == P("account_id"))
    .with_for_update(key_share=True)
)
_MEMBER = Statement(sa.select(t.account_log.c.tail).where(t.account_log.c.account_id == P("account_id")))
_ASSIGN = Statement(
    sa.update(t.conversations)
    .where(t.conversations.c.id == P("id"))
    .values(assignee_id=P("agent"), version=t.conversations.c.version + 1)
)
_LOG = Statement(sa.insert(t.account_log).values(account_id=P("account_id"), head=P("head"), tail=P("tail")))


def run(report: Report, rounds: int, seconds: float) -> None:
    """Both engines; S is taken in the same rounds."""
    for engine in ("postgresql", "sqlite"):
        report.say(f"store, {engine}")
        singles = [yardstick("single", seconds) for _ in range(rounds)]
        with tempfile.TemporaryDirectory() as name:
            if engine == "sqlite":
                url = f"sqlite:///{Path(name) / 'desk.db'}"
                figures = asyncio.run(_measure(url, rounds, seconds))
            else:
                with PostgresServer(fsync=True) as server:
                    figures = asyncio.run(_measure(server.url(), rounds, seconds))
        changes, done, free, blocked = figures
        single = middle(singles)
        report.add(
            Figure("general change / S", engine, middle(changes), "/s", middle(changes) / single, 0.04, 0.1)
        )
        report.add(
            Figure(
                "jobs in order, claims of 100 / S", engine, middle(done), "/s", middle(done) / single, 1, 3
            )
        )
        ratio = middle(blocked) / middle(free)
        name = f"claim behind {BLOCKED:,} blocked jobs / with none"
        report.add(Figure(name, engine, middle(blocked) * 1000, "ms", ratio, 3, 1.5, at_most=True))


async def _measure(url: str, rounds: int, seconds: float) -> tuple[list[float], ...]:
    store = await open_store(url)
    await store.write(lambda tx: tx.run(_LOG, account_id=ACCOUNT, head=0, tail=0))
    await store.close()
    await asyncio.to_thread(seed.conversations, url, ACCOUNT, INBOX, first=1, last=CONVERSATIONS)
    store = await open_store(url)
    try:
        changes = [await _changes(store, seconds) for _ in range(rounds)]
        done = [await _jobs(store) for _ in range(rounds)]
        free = [await _claim(store, f"free-{n}") for n in range(rounds)]
        await _block(store)
        blocked = [await _claim(store, f"blocked-{n}", among="blocked") for n in range(rounds)]
    finally:
        await store.close()
    return changes, done, free, blocked


async def _changes(store: Store, seconds: float) -> float:
    done, start = 0, time.perf_counter()

    def assign(tx: Tx, conversation: UUID) -> None:
        row = tx.one(_LOCK, id=conversation, account_id=ACCOUNT)
        tx.one(_MEMBER, account_id=ACCOUNT)
        tx.run(_ASSIGN, id=conversation, agent=AGENT)
        facts = {"version": row.version + 1}
        tx.emit(ACCOUNT, EventType.CONVERSATION_ASSIGNED, conversation_id=conversation, facts=facts)

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() < start + seconds:
            conversation = seed.numbered("000", random.randint(1, CONVERSATIONS))
            await store.write(lambda tx: assign(tx, conversation))  # noqa: B023 - awaited at once
            done += 1

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return done / (time.perf_counter() - start)


async def _fill(store: Store, queue: str, keys: list[UUID], number: int) -> None:
    for start in range(0, number, 500):
        span = range(start, min(start + 500, number))
        await store.write(
            lambda tx: [jobs.enqueue(tx, queue, keys[n % len(keys)], ACCOUNT, {"n": n}) for n in span]  # noqa: B023
        )


async def _jobs(store: Store) -> float:
    queue = f"bench-{random.random()}"
    await _fill(store, queue, [uuid7() for _ in range(KEYS)], JOBS)
    last: dict[UUID, int] = {}
    done, start = 0, time.perf_counter()

    async def worker() -> None:
        nonlocal done
        while lanes := await store.write(lambda tx: jobs.claim(tx, queue, lanes=10, per_lane=10)):
            for lane in lanes:
                for job in lane.jobs:
                    if last.get(lane.key, -1) >= job.payload["n"]:
                        raise AssertionError("a job ran before an earlier one of its lane")
                    last[lane.key] = job.payload["n"]
                done += len(lane.jobs)
            await store.write(
                lambda tx: jobs.done_many(tx, [(lane, [job.id for job in lane.jobs]) for lane in lanes])
            )

    await asyncio.gather(*(worker() for _ in range(4)))
    if done != JOBS:
        raise AssertionError(f"{done} of {JOBS} jobs were done")
    return done / (time.perf_counter() - start)


async def _block(store: Store) -> None:
    """One leased lane with very many jobs behind it."""
    await _fill(store, "blocked", [uuid7()], BLOCKED)
    await store.write(lambda tx: jobs.claim(tx, "blocked", lanes=1, per_lane=1, lease_seconds=3600))


async def _claim(store: Store, name: str, among: str | None = None) -> float:
    queue = among or name
    await _fill(store, queue, [uuid7() for _ in range(100)], 100)
    start = time.perf_counter()
    lanes = await store.write(lambda tx: jobs.claim(tx, queue, lanes=100, per_lane=10, lease_seconds=3600))
    spent = time.perf_counter() - start
    if len(lanes) != 100:
        raise AssertionError(f"{len(lanes)} of 100 lanes were claimed")
    return spent
