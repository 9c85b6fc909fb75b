"""Hooks whose proof stands in their headers, and challenges that come by POST: for channels that say so."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from typing_extensions import override

from frontdesk.api import guards
from frontdesk.domain.errors import SignatureInvalid
from frontdesk.domain.inbound import InboundEvent
from frontdesk.ports.channel import Capabilities, Challenge, Connection, RawRequest
from frontdesk.store import tables as t
from frontdesk.store.statement import Statement
from tests.desk import RunningDesk
from tests.features.scene import PaperChannel

SECRET = "the-secret-token"


class TokenChannel(PaperChannel):
    """Proves hooks by a header, and asks its challenge by POST."""

    slug: ClassVar[str] = "token"
    capabilities: ClassVar[Capabilities] = replace(PaperChannel.capabilities, proof_in_headers=True)

    @override
    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        if request.headers.get("x-token") != SECRET:
            raise SignatureInvalid("The hook is not signed.")
        return Challenge("c-17") if request.body == b'{"challenge":"c-17"}' else None

    @override
    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        return ()


@pytest.fixture
async def path(desk: RunningDesk) -> str:
    channels: Any = desk.container.desk.channels
    channels["token"] = TokenChannel()
    inbox = await desk.owner.inbox("token", "Token", {})
    return f"/hooks/token/{inbox['id']}"


async def receipts(desk: RunningDesk) -> int:
    return len(await desk.store.read(lambda tx: tx.rows(Statement(t.receipts.select()))))


async def begun(desk: RunningDesk, path: str, secret: str, *headers: str) -> tuple[int, float]:
    """Send the head of a request and no byte of its body; the status of the answer, and its seconds."""
    loop, host = asyncio.get_running_loop(), desk.url.removeprefix("http://")
    name, port = host.split(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"X-Token: {secret}", *headers, "", ""]
    started = loop.time()
    writer.write("\r\n".join(lines).encode())
    async with asyncio.timeout(20):
        status = int((await reader.readline()).split()[1])
    writer.close()
    return status, loop.time() - started


@pytest.mark.parametrize("secret", ["wrong", "", "the-secret-toke"])
async def test_a_wrong_secret_is_refused_before_a_body_comes(
    desk: RunningDesk, path: str, secret: str
) -> None:
    """Refusal 35: a body that is announced and never sent is not waited for (30 s would be its time)."""
    for length in ("Content-Length: 1000", "Transfer-Encoding: chunked"):
        status, seconds = await begun(desk, path, secret, length, "Content-Type: application/json")
        assert status == 403
        assert seconds < 10
    assert await receipts(desk) == 0


async def test_an_oversize_body_is_refused_before_it_is_read(
    desk: RunningDesk, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusal 35: whatever the secret is."""
    monkeypatch.setattr(guards, "_DRAIN_SECONDS", 0.1)  # how long the desk listens on to who is refused
    for secret in ("wrong", SECRET):
        status, seconds = await begun(desk, path, secret, "Content-Length: 9000000000")
        assert status == 413
        assert seconds < 10
    assert await receipts(desk) == 0


async def test_the_body_counts_too_once_the_header_is_right(desk: RunningDesk, path: str) -> None:
    http = desk.client()
    taken = await http.post(path, content=b"{}", headers={"X-Token": SECRET})
    assert (taken.status_code, await receipts(desk)) == (200, 1)
    refused = await http.post(path, content=b"{}", headers={"X-Token": "wrong"})
    assert (refused.status_code, refused.json()["code"]) == (403, "signature_invalid")
    assert await receipts(desk) == 1


async def test_a_challenge_by_post_is_answered_and_not_kept(desk: RunningDesk, path: str) -> None:
    """Refusal 31: only to who knows the secret; it is no receipt."""
    http, body = desk.client(), b'{"challenge":"c-17"}'
    answer = await http.post(path, content=body, headers={"X-Token": SECRET})
    assert (answer.status_code, answer.text) == (200, "c-17")
    assert answer.headers["content-type"].startswith("text/plain")
    assert (await http.post(path, content=body, headers={"X-Token": "wrong"})).status_code == 403
    assert await receipts(desk) == 0
