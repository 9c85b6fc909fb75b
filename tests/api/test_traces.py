"""What is logged and what is used up: S3-26, S3-27, S3-29."""

import asyncio
import io
import json
from collections import Counter
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from starlette.responses import Response

from frontdesk.api import tracing
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


async def test_an_endless_stream_is_no_slow_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_SLOW_SECONDS", -1.0)

    async def page(scope: Any, receive: Any, send: Any) -> None:
        mime = "text/event-stream; charset=utf-8" if scope["path"] == "/live" else "text/plain"
        await Response("done", media_type=mime)(scope, receive, send)

    out = io.StringIO()
    with redirect_stderr(out):
        log.configure("info", "json")
        transport = httpx2.ASGITransport(tracing.Tracing(page))
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as client:
            for path in ("/live", "/plain"):
                assert (await client.get(path)).status_code == 200
    assert [json.loads(line)["path"] for line in out.getvalue().splitlines()] == ["/plain"]


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


CANARY = "canary" + "x7Qk" * 9


@pytest.mark.parametrize("shape", ["json", "text"])
async def test_refusal_63_no_log_line_holds_a_token(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, shape: Any
) -> None:
    """Every line of every request is looked at: those that fail, are refused, or meet no route."""
    out = io.StringIO()
    logs = LogSettings(requests=True)
    with redirect_stderr(out):
        log.configure("debug", shape)
        async with running_desk(sqlite_url, tmp_path, log=logs, workers=False) as desk:
            statuses = await _ask_with_canaries(desk)
    told = out.getvalue() + caplog.text
    assert statuses == [404, 404, 404, 401, 401, 401, 401, 404, 404, 500]
    assert told.count("/v1/files/{token}") == 3  # asked, and failed: its line and that of the request
    assert told.count("/v1/files/[hidden]/[hidden]") == 1
    assert "this link cannot be read" in told
    assert CANARY not in told


async def _ask_with_canaries(desk: RunningDesk) -> list[int]:
    bearer = {"Authorization": f"Bearer fd_{CANARY}"}
    sign_in = {"email": f"{CANARY}@rill.example", "password": CANARY}
    stranger = desk.client()
    answers = [
        await desk.http.get(f"/v1/files/{CANARY}"),
        await stranger.get(f"/v1/files/{CANARY}/{CANARY}"),
        await stranger.get(f"/v1/nothing/{CANARY}", params={"token": CANARY}),
        await stranger.get("/v1/account", params={"token": CANARY}),
        await stranger.get("/v1/account", headers=bearer),
        await stranger.get(f"/v1/live?cursor={CANARY}", headers=bearer),
        await stranger.post("/v1/session", json=sign_in),
        await stranger.post(f"/v1/widget/{CANARY}/visitor", json={"token": CANARY}),
        await stranger.post(f"/hooks/post/{CANARY}", content=CANARY),
    ]
    desk.container.desk.links.read = _crash  # type: ignore[method-assign]
    answers.append(await stranger.get(f"/v1/files/{CANARY}"))
    return [answer.status_code for answer in answers]


def _crash(token: str) -> UUID | None:
    """Fails with the token among its variables, which some renderers print."""
    raise RuntimeError("this link cannot be read")


def test_refusal_63_ids_stay_readable_in_a_told_path() -> None:
    id_ = "0198c2b5-7a60-7000-8000-000000000001"
    paths = [f"/v1/{id_}/x", f"/bot12345:{CANARY}/sendMessage", "/assets/index-AbCdEf12.js", "/", "//"]
    assert [tracing.told_path({"path": path}) for path in paths] == [
        f"/v1/{id_}/x",
        "/[hidden]/sendMessage",
        "/assets/index-AbCdEf12.js",
        "/",
        "//",
    ]


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
