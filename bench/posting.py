"""POST message: against the database alone, the endpoint without a store, and what is written by hand."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.product import Desk, desk
from bench.report import Figure, Report, middle
from bench.tools import HERE, Load, pgbench, serving, uvicorn, wrk
from tests.services.postgres import PostgresServer, installed_binaries

WARM_SECONDS = 1.0
EVERY_SECONDS = 0.02
MESSAGE = {"content": {"kind": "text", "body": "Hello, I have a question about my order number 12345678"}}


def run(report: Report, rounds: int, seconds: float) -> None:
    """Both engines; every round takes each yardstick once, so that the ratios are of one time."""
    for engine in ("postgresql", "sqlite"):
        report.say(f"POST message, {engine}")
        with desk(engine) as made, tempfile.TemporaryDirectory() as name:
            _rounds(report, made, Path(name), rounds, seconds)
            _beside_a_sleeper(report, made, Path(name), rounds, seconds)


def _rounds(report: Report, made: Desk, folder: Path, rounds: int, seconds: float) -> None:
    postgres = made.engine == "postgresql"
    ours: list[Load] = []
    floor: list[Load] = []
    single: list[float] = []
    full: list[float] = []
    hand: list[Load] = []
    for _ in range(rounds):
        if postgres:
            single.append(yardstick("single", seconds))
            full.append(yardstick("full", seconds))
            hand.append(_by_hand(folder, seconds))
        ours.append(posts(made, seconds))
        floor.append(_without_store(made, folder, seconds))
    rate, without = middle([x.rate for x in ours]), middle([x.rate for x in floor])
    owed, aim = (0.6, 0.8) if postgres else (0.4, 0.6)
    report.add(Figure("N: POST without a store", made.engine, without, "/s"))
    report.add(Figure("POST message / N", made.engine, rate, "/s", _ratio(ours, floor), owed, aim))
    tail = middle([x.p99 / x.p50 for x in ours])
    report.add(
        Figure(
            "POST message p99 / p50",
            made.engine,
            middle([x.p99 for x in ours]),
            "ms",
            tail,
            3,
            2,
            at_most=True,
        )
    )
    if postgres:
        s, f = middle(single), middle(full)
        report.add(Figure("S: pgbench, one-statement insert and bump", made.engine, s, "/s"))
        report.add(Figure("POST message / S", made.engine, rate, "/s", rate / s, 0.15, 0.3))
        report.add(
            Figure(
                "POST message, one account / pgbench's full write",
                made.engine,
                rate,
                "/s",
                rate / f,
                1.5,
                2.5,
            )
        )
        report.add(
            Figure("POST message / written by hand", made.engine, rate, "/s", _ratio(ours, hand), 4, 6)
        )
        worst = middle([x.p99 / y.p99 for x, y in zip(ours, hand, strict=True)])
        report.add(
            Figure(
                "p99 / p99 written by hand",
                made.engine,
                middle([x.p99 for x in ours]),
                "ms",
                worst,
                0.3,
                0.2,
                at_most=True,
            )
        )


def _beside_a_sleeper(report: Report, made: Desk, folder: Path, rounds: int, seconds: float) -> None:
    """How long those wait who write a message every 20 ms, while no message leaves for ten seconds and all
    that the rounds before wrote waits to leave, too."""
    took: list[float] = []
    for _ in range(rounds):
        command = [sys.executable, "-m", "bench.sleeping", "{port}"]
        ready, log = "/health/ready", folder / "sleeping.log"
        with serving(command, ready=ready, env=made.settings, log=log) as (base, _):
            made.office.url = base
            took += asyncio.run(_write(made, seconds))
    p99 = sorted(took)[int(len(took) * 0.99)]
    name = "POST message while the provider sleeps 10 s, p99 / 50 ms"
    report.add(Figure(name, made.engine, p99, "ms", p99 / 50, 1, 0.5, at_most=True))


async def _write(made: Desk, seconds: float) -> list[float]:
    """Milliseconds of each message, from when it was due; without those of the first second."""
    loop, took = asyncio.get_running_loop(), list[float]()
    async with made.office.client() as client, asyncio.TaskGroup() as tasks:

        async def one(number: int, due: float) -> None:
            path = f"/v1/conversations/00000000-0000-7000-8000-{number:012x}/messages"
            (await client.post(path, json=MESSAGE)).raise_for_status()
            if due >= start + WARM_SECONDS:
                took.append((loop.time() - due) * 1000)

        start = loop.time()
        for n in range(int((WARM_SECONDS + seconds) / EVERY_SECONDS)):
            due = start + n * EVERY_SECONDS
            await asyncio.sleep(due - loop.time())
            tasks.create_task(one(n + 1, due))
    return took


def _ratio(ours: list[Load], theirs: list[Load]) -> float:
    return middle([x.rate / y.rate for x, y in zip(ours, theirs, strict=True)])


def posts(made: Desk, seconds: float) -> Load:
    """The endpoint as it is: token checked, idempotency key, events, durable commit; no worker beside it."""
    with made.running("api") as (base, _):
        wrk(base, "post", seconds=WARM_SECONDS, env=made.env)
        return wrk(base, "post", seconds=seconds, env=made.env)


def _without_store(made: Desk, folder: Path, seconds: float) -> Load:
    command = [sys.executable, "-m", "bench.nostore", "{port}"]
    with serving(command, ready="/health/live", env=made.settings, log=folder / "nostore.log") as (base, _):
        wrk(base, "post", seconds=WARM_SECONDS, env=made.env)
        return wrk(base, "post", seconds=seconds, env=made.env)


def _by_hand(folder: Path, seconds: float) -> Load:
    with PostgresServer(fsync=True) as server:
        env = {"DSN": server.url().replace("postgresql://", "postgresql+asyncpg://"), "TOKENS": "baseline"}
        command = uvicorn("bench.baseline.desk:app")
        with serving(command, ready="/health/live", env=env, log=folder / "hand.log") as (base, _):
            wrk(base, "post", seconds=WARM_SECONDS, env=env)
            return wrk(base, "post", seconds=seconds, env=env)


def yardstick(script: str, seconds: float) -> float:
    """What the database does alone, on a fresh server with one account and 10,000 conversations."""
    with PostgresServer(fsync=True) as server:
        psql = [str(installed_binaries() / "bin/psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-v", "accounts=1",
                "-v", "conversations=10000", "-f", str(HERE / "sql/schema.sql"), server.url()]  # fmt: skip
        subprocess.run(psql, check=True, capture_output=True)
        return pgbench(server.url(), HERE / f"sql/{script}.sql", seconds=seconds)
