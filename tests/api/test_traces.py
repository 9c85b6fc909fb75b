"""What is logged and what is used up: S3-26, S3-27, S3-29."""

import asyncio
import io
import json
from collections import Counter
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from frontdesk.kit import log
from frontdesk.runtime.settings import LogSettings, StoreSettings
from tests.desk import RunningDesk, running_desk


async def test_one_request_is_one_trace(sqlite_url: str, tmp_path: Path) -> None:
    """S3-26: every line of a request carries its id, and the caller gets it."""
    out = io.StringIO()
    with redirect_stderr(out):
        log.configure("info", "json")
        async with running_desk(sqlite_url, tmp_path, log=LogSettings(requests=True)) as desk:
            answers = await asyncio.gather(*(desk.http.get("/v1/account") for _ in range(5)))
            trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            traced = await desk.http.get(
                "/v1/account", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
            )
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    logged = Counter(line["request_id"] for line in lines if line.get("path") == "/v1/account")
    assert traced.headers["x-request-id"] == trace
    assert logged == Counter([answer.headers["x-request-id"] for answer in [*answers, traced]])


async def test_a_crash_is_logged_with_its_trace_and_told_without_internals(
    desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3-27."""

    async def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(desk.store, "read", crash)
    desk.container.desk.access.forget()
    out = io.StringIO()
    with redirect_stderr(out):
        log.configure("info", "json")
        answer = await desk.http.get("/v1/account")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret of the house" not in answer.text
    failed = [json.loads(line) for line in out.getvalue().splitlines() if "request_failed" in line]
    assert [line["request_id"] for line in failed] == [answer.json()["request_id"]]
    assert "the secret of the house" in failed[0]["exception"]
    assert desk.owner.token not in out.getvalue()


async def test_a_thousand_requests_use_no_more_connections_than_the_pool_has(
    postgres_url: str, tmp_path: Path
) -> None:
    """S3-29."""
    store = StoreSettings(pool_size=4)
    async with running_desk(postgres_url, tmp_path, store=store, workers=False) as desk:
        watcher = await asyncpg.connect(postgres_url)
        most = 0

        async def watch() -> None:
            nonlocal most
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            while True:
                most = max(most, await watcher.fetchval(query) - 1)
                await asyncio.sleep(0.005)

        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(watch())
            gate = asyncio.Semaphore(50)

            async def ask() -> int:
                async with gate:
                    return (await desk.http.get("/v1/account")).status_code

            statuses = await asyncio.gather(*(ask() for _ in range(1000)))
            watching.cancel()
        await watcher.close()
    assert Counter(statuses) == {200: 1000}
    assert 1 <= most <= 4 + 1  # one more listens for what other processes commit
