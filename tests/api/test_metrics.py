"""S3-13: what is counted is read by Prometheus, by whoever may. Refusal 66: closed by default."""

import asyncio
import dataclasses
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from frontdesk.api.desk import ApiConfig
from frontdesk.api.instruments import Instruments
from frontdesk.kit.metrics import CONTENT_TYPE
from frontdesk.ports.channel import Exchange, Failed, Sent, Unknown
from frontdesk.runtime.server import measuring
from frontdesk.runtime.settings import MetricsSettings
from frontdesk.store import jobs
from frontdesk.store.tx import Tx
from tests.desk import RunningDesk, running_desk, until

TOKEN = "metrics-token-of-a-test"


def figures(text: str) -> dict[str, float]:
    """Each line's name with labels, and its figure."""
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in text.splitlines() if line[0] != "#")
    }


async def read(desk: RunningDesk) -> Mapping[str, float]:
    desk.container.desk.metrics.jobs_read = float("-inf")
    answer = await desk.client(TOKEN).get("/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, CONTENT_TYPE)
    return figures(answer.text)


async def test_nobody_reads_them_unless_it_is_said_who(desk: RunningDesk) -> None:
    """Refusal 66: without a token in the settings there is no such address, not for this machine either."""
    assert (await desk.client().get("/metrics")).status_code == 404
    desk.container.desk.config = _with_token(desk)
    for client in (desk.client(), desk.client("another-token-here"), desk.client(desk.owner.token)):
        answer = await client.get("/metrics")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert (await desk.client(TOKEN).get("/metrics")).status_code == 200


def _with_token(desk: RunningDesk) -> ApiConfig:
    return dataclasses.replace(desk.container.desk.config, metrics_token=TOKEN)


async def test_sends_requests_hooks_jobs_and_sockets_are_counted(desk: RunningDesk) -> None:
    """S3-13: results by channel, the provider's durations and concurrency, jobs by state."""
    desk.container.desk.config = _with_token(desk)
    inbox = await desk.owner.inbox()
    contact = await desk.owner.contact()
    talk = await desk.owner.post("/v1/conversations", {"inbox_id": inbox["id"], "contact_id": str(contact)})
    exchange = Exchange({}, provider_seconds=0.2, provider_concurrent=7)
    desk.channel.answer = lambda _message: Sent(source_id="one", exchange=exchange)
    path = f"/v1/conversations/{talk['id']}/messages"
    await desk.owner.post(path, {"content": {"kind": "text", "body": "Hello"}})

    async def sent() -> bool:
        return bool((await read(desk)).get('frontdesk_sends_total{channel="post",result="sent"}') == 1)

    await until(sent, what="the count of the send")
    hook = await desk.client().post(
        f"/hooks/post/{inbox['id']}", headers={"x-post": "post-secret"}, content=b"{}"
    )
    assert hook.status_code == 200
    await desk.client().get("/no/such/path-4711")
    await desk.client().request("BREW", "/v1/account")
    told = await read(desk)
    assert told['frontdesk_provider_concurrent_requests{channel="post"}'] == 7
    assert told['frontdesk_provider_told_seconds_bucket{channel="post",le="0.1"}'] == 0
    assert told['frontdesk_provider_told_seconds_bucket{channel="post",le="0.25"}'] == 1
    assert told['frontdesk_provider_request_seconds_count{channel="post"}'] == 1
    assert told['frontdesk_intake_total{channel="post",way="hook"}'] == 1
    name = "frontdesk_http_request_seconds_count"
    route = "/v1/conversations/{conversation_id}/messages"
    assert told[f'{name}{{method="POST",route="{route}",status="201"}}'] == 1
    assert not any("4711" in each or "BREW" in each for each in told)
    assert told["frontdesk_live_sockets"] == 0


async def test_jobs_are_told_by_queue_and_state(database_url: str, tmp_path: Path) -> None:
    """S3-13: running, due, later and dead ones, on both engines."""
    async with running_desk(database_url, tmp_path / "data", workers=False) as desk:
        desk.container.desk.config = _with_token(desk)
        account_id = desk.owner.account_id

        def change(tx: Tx) -> None:
            for n in range(4):
                key = desk.owner.user_id if n < 2 else account_id
                run_at = None if n < 2 else tx.now.replace(year=tx.now.year + 1)
                jobs.enqueue(tx, "counted", key, account_id, {}, run_at=run_at)
            [lane] = jobs.claim(tx, "counted", lanes=1)
            jobs.bury(tx, lane, lane.jobs[0].id, "For ever")

        await desk.store.write(change)
        told = await read(desk)
        states = {state: told[f'frontdesk_jobs{{queue="counted",state="{state}"}}'] for state in (
            "running", "due", "later", "dead",
        )}  # fmt: skip
        assert states["dead"] == 1
        assert states["later"] == 2
        assert states["running"] + states["due"] == 1


async def test_this_machine_reads_them_on_a_port_of_their_own(desk: RunningDesk) -> None:
    """S3-13, S3-31: for a process of workers, too; a page that rebinds a name gets nothing."""
    settings = desk.settings.model_copy(update={"metrics": MetricsSettings(port=0)})
    async with measuring(desk.container, settings) as port, asyncio.timeout(20):
        client = desk.client()
        answer = await client.get(f"http://127.0.0.1:{port}/metrics")
        assert (answer.status_code, "frontdesk_info{version=" in answer.text) == (200, True)
        assert (await client.get(f"http://127.0.0.1:{port}/v1/account")).status_code == 404
        rebound = await client.get(f"http://127.0.0.1:{port}/metrics", headers={"Host": "evil.example"})
        assert rebound.status_code == 421
    with pytest.raises(httpx2.ConnectError):
        await client.get(f"http://127.0.0.1:{port}/metrics")


async def test_results_are_told_apart() -> None:
    """S3-13: what is tried again is not what failed."""
    instruments = Instruments()
    for result in (
        Sent(source_id=None),
        Failed(code="busy", message="", retryable=True),
        Failed(code="no", message="", retryable=False),
        Unknown(code="timeout", message=""),
    ):
        instruments.sent("post", result, 0.01)
    assert instruments.sends.values == {
        ("post", "sent"): 1, ("post", "retry"): 1, ("post", "failed"): 1, ("post", "unknown"): 1,
    }  # fmt: skip


def test_a_short_token_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 characters"):
        MetricsSettings(token=SecretStr("short"))
