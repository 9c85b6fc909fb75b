"""What a socket may say: refusal 27, and a flood of frames."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from frontdesk.api.desk import FRAMES_AT_ONCE
from frontdesk.domain.scope import Permission
from frontdesk.runtime.settings import LimitSettings
from tests.desk import RunningDesk, running_desk


@asynccontextmanager
async def socket(desk: RunningDesk, token: str, path: str = "/v1/live") -> AsyncIterator[ClientConnection]:
    """A socket that has caught up."""
    async with connect(desk.url.replace("http", "ws") + path, proxy=None) as line:
        await line.send(json.dumps({"type": "start", "token": token}))
        while json.loads(await line.recv())["type"] != "caught_up":
            pass
        yield line


async def ending(line: ClientConnection) -> tuple[int, str, int]:
    """The code with which it ends, the reason told, and how many frames were answered before."""
    told, answered = "", 0
    async with asyncio.timeout(20):
        async for text in _frames(line):
            frame = json.loads(text)
            answered += frame["type"] == "pong" or frame.get("code") == "not_found"
            told = frame.get("code", told)
    return line.close_code or 0, told, answered


async def _frames(line: ClientConnection) -> AsyncIterator[str | bytes]:
    try:
        while True:
            yield await line.recv()
    except ConnectionClosed:
        return


@pytest.mark.parametrize("path", ["/v1/live", "/v1/widget/live"])
@pytest.mark.parametrize("kind", ["typing", "ping"])
async def test_refusal_27_a_flood_of_frames_ends_the_socket(desk: RunningDesk, path: str, kind: str) -> None:
    token = desk.owner.token
    if "widget" in path:
        token = await desk.owner.visitor((await desk.owner.inbox("webchat", "Chat"))["id"])
    said = {"type": kind} | ({"conversation_id": str(uuid4()), "state": "on"} if kind == "typing" else {})
    async with socket(desk, token, path) as line:
        for _ in range(400):
            await line.send(json.dumps(said))
        code, told, answered = await ending(line)
    assert (code, told) == (4429, "rate_limited")
    assert FRAMES_AT_ONCE <= answered <= FRAMES_AT_ONCE + 5
    async with socket(desk, token, path) as again:
        await again.send('{"type":"ping"}')
        async with asyncio.timeout(20):
            while json.loads(await again.recv())["type"] != "pong":
                pass


@pytest.mark.parametrize(
    "frame",
    ["{", '"start"', '{"type":"__class__"}', '{"type":"subscribe","room":"all"}', b"\x00\x01", "[" * 10_000],
    ids=["half", "text", "dunder", "unknown", "binary", "deep"],
)
async def test_refusal_27_a_frame_that_is_not_understood_ends_the_socket(
    desk: RunningDesk, frame: str | bytes
) -> None:
    async with socket(desk, desk.owner.token) as line:
        await line.send(frame)
        code, told, _ = await ending(line)
    assert (code, told) == (4400, "bad_frame")


async def test_refusal_27_a_frame_of_20_mb_ends_the_socket(desk: RunningDesk) -> None:
    async with socket(desk, desk.owner.token) as line:
        with suppress(ConnectionClosed):
            await line.send("a" * 20_000_000)
        code, told, _ = await ending(line)
    assert (code in {1009, 1006}, told) == (True, "")  # where our answer is lost with the rest: 1006
    assert (await desk.http.get("/v1/account")).status_code == 200


async def test_refusal_28_a_revoked_token_ends_its_socket_while_its_address_may_ask_nothing(
    database_url: str, tmp_path: Path
) -> None:
    """The look at a credential that is gone counts against its address, but never ends the line of others."""
    limits = LimitSettings(requests_per_minute=10**6, requests_per_minute_per_address=3)
    async with running_desk(database_url, tmp_path, limits=limits) as desk:
        token = await desk.owner.api_token([Permission.CONVERSATIONS_READ])
        async with socket(desk, token) as line, socket(desk, desk.owner.token) as other:
            answers = [(await desk.client("fd_wrong").get("/v1/account")).status_code for _ in range(4)]
            assert answers == [401, 401, 401, 429]
            listed = (await desk.owner.get("/v1/tokens"))["items"]
            (token_id,) = [each["id"] for each in listed if each["permissions"] == ["conversations:read"]]
            assert (await desk.http.delete(f"/v1/tokens/{token_id}")).status_code == 204
            code, _, _ = await ending(line)
            assert code == 4401
            await other.send('{"type":"ping"}')
            async with asyncio.timeout(20):
                while json.loads(await other.recv())["type"] != "pong":
                    pass
