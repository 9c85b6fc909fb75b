"""Who gets a socket, what it may say and what it never hears: refusals 25 to 28."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from frontdesk.api.desk import FRAMES_AT_ONCE
from frontdesk.domain.scope import Permission
from frontdesk.runtime.settings import LimitSettings
from tests.desk import PASSWORD, RunningDesk, running_desk


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


@pytest.mark.parametrize(
    ("path", "start", "code"),
    [
        ("/v1/live", {}, 4401),
        ("/v1/live", {"token": "fd_" + "x" * 43}, 4401),
        ("/v1/live?token=TOKEN", {}, 4401),
        ("/v1/live", {"token": "VISITOR"}, 4403),
        ("/v1/widget/live", {"token": "TOKEN"}, 4403),
    ],
    ids=["no token", "unknown token", "token in the address", "a visitor's token", "an agent's token"],
)
async def test_refusal_25_who_shows_no_fitting_token_hears_nothing(
    desk: RunningDesk, path: str, start: dict[str, str], code: int
) -> None:
    visitor = await desk.owner.visitor((await desk.owner.inbox("webchat", "Chat"))["id"])
    known = {"TOKEN": desk.owner.token, "VISITOR": visitor}
    url = desk.url.replace("http", "ws") + path.replace("TOKEN", desk.owner.token)
    async with connect(url, proxy=None) as line:
        first = {"type": "start", **{name: known.get(value, value) for name, value in start.items()}}
        await line.send(json.dumps(first))
        frames = [json.loads(text) async for text in _frames(line)]
    assert ([frame["type"] for frame in frames], line.close_code) == (["error"], code)


async def test_refusal_25_a_page_of_another_site_gets_no_socket(desk: RunningDesk) -> None:
    signed_in = await desk.client().post(
        "/v1/session", json={"email": desk.owner.email, "password": PASSWORD}
    )
    cookie = "; ".join(f"{name}={value}" for name, value in signed_in.cookies.items())
    url = desk.url.replace("http", "ws") + "/v1/live"
    with pytest.raises(InvalidStatus) as refused:
        await connect(
            url, proxy=None, origin=Origin("https://evil.example"), additional_headers={"Cookie": cookie}
        )
    assert refused.value.response.status_code == 403
    async with connect(
        url, proxy=None, origin=Origin(desk.url), additional_headers={"Cookie": cookie}
    ) as line:
        await line.send('{"type": "start"}')
        assert json.loads(await line.recv())["type"] == "hello"


async def test_refusals_1_and_26_nothing_of_another_account_is_heard(desk: RunningDesk) -> None:
    other = await desk.tenant("Other")
    inbox = await other.inbox()
    contact = {"addresses": [{"scheme": "post", "address": "1"}]}
    talk = await other.post("/v1/conversations", {"inbox_id": inbox["id"], "contact": contact})
    async with socket(desk, desk.owner.token) as line:
        told = []
        for said in (
            {"type": "view", "conversation_id": talk["id"]},
            {"type": "typing", "conversation_id": talk["id"], "state": "on"},
        ):
            await line.send(json.dumps(said))
            while (frame := json.loads(await line.recv()))["type"] == "presence":
                pass
            told.append((frame["type"], frame.get("code")))
        canary = {"content": {"kind": "text", "body": "canary"}}
        await other.post(f"/v1/conversations/{talk['id']}/messages", canary)
        mine = await desk.owner.inbox()
        heard = ""
        async with asyncio.timeout(20):
            while mine["id"] not in heard:
                heard += str(await line.recv())
    assert told == [("error", "not_found")] * 2
    assert "canary" not in heard
    assert talk["id"] not in heard
