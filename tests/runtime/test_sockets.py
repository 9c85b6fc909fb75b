"""How a text leaves over a WebSocket: the short way and the long way say the same, in one order."""

import asyncio
import base64
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import SEND_EOF
from websockets.uri import parse_uri

from frontdesk.api.socket import AT_ONCE
from frontdesk.runtime.sockets import FramedSocket
from tests.runtime.test_answers import Wire

App = Callable[[Scope, Receive, Send], Awaitable[None]]
TEXTS = ["", "a", "x" * 125, "x" * 126, "x" * 65_535, "x" * 65_536, "Grüße, 你好 🎉", "é" * 64]


class Line:
    """An open socket of an app that does nothing but stay, seen from both ends."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.sends: list[Send] = []
        self.accepted, self.wire = asyncio.Event(), Wire()
        config = uvicorn.Config(
            self._app, interface="asgi3", lifespan="off", log_config=None, ws_per_message_deflate=False
        )
        config.load()
        self.protocol = FramedSocket(config, ServerState(), {}, asyncio.get_running_loop())
        self.client = ClientProtocol(parse_uri("ws://desk.example/"))

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.scopes.append(scope)
        self.sends.append(send)
        self.accepted.set()
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async def open(self) -> "Line":
        self.protocol.connection_made(self.wire)
        self.client.send_request(self.client.connect())
        self.tell()
        async with asyncio.timeout(10):
            await self.accepted.wait()
        self.heard()
        return self

    def tell(self) -> None:
        """What the client wrote reaches the server."""
        self.protocol.data_received(b"".join(part for part in self.client.data_to_send() if part != SEND_EOF))

    def heard(self) -> list[Frame]:
        """What the client understands of what the server wrote since."""
        for part in self.wire.written:
            self.client.receive_data(part)
        self.wire.written.clear()
        assert self.client.parser_exc is None
        return [event for event in self.client.events_received() if isinstance(event, Frame)]

    @property
    def at_once(self) -> Callable[[str], bool]:
        found: Callable[[str], bool] = self.scopes[0]["extensions"][AT_ONCE]
        return found

    async def send(self, text: str) -> None:
        message: Message = {"type": "websocket.send", "text": text}
        await self.sends[0](message)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{len(text.encode())} bytes")
async def test_both_ways_write_the_same_bytes(text: str) -> None:
    line = await Line().open()
    assert line.at_once(text)
    short = line.wire.text
    line.wire.written.clear()
    await line.send(text)
    assert line.wire.text == short
    (frame,) = line.heard()
    assert (frame.opcode, frame.data, frame.fin) == (Opcode.TEXT, text.encode(), True)


async def test_texts_of_both_ways_arrive_in_the_order_they_were_sent() -> None:
    line = await Line().open()
    for n in range(0, 20, 2):
        assert line.at_once(str(n))
        await line.send(str(n + 1))
    assert [frame.data for frame in line.heard()] == [str(n).encode() for n in range(20)]


async def test_a_socket_that_does_not_keep_up_goes_the_long_way() -> None:
    line = await Line().open()
    line.protocol.pause_writing()
    assert not line.at_once("no")
    waiting = asyncio.ensure_future(line.send("later"))
    await asyncio.sleep(0)
    assert (waiting.done(), line.wire.written) == (False, [])
    line.protocol.resume_writing()
    await waiting
    assert line.at_once("after")
    assert [frame.data for frame in line.heard()] == [b"later", b"after"]


async def test_nothing_follows_a_close_of_either_side() -> None:
    line = await Line().open()
    line.client.send_close(1000)
    line.tell()
    line.wire.written.clear()
    assert not line.at_once("too late")

    other = await Line().open()
    await other.sends[0]({"type": "websocket.close", "code": 1012})
    other.wire.written.clear()
    assert not other.at_once("too late")
    assert (line.wire.written, other.wire.written) == ([], [])


async def test_a_lost_line_takes_nothing() -> None:
    line = await Line().open()
    line.protocol.connection_lost(None)
    assert not line.at_once("gone")
    assert line.wire.written == []


async def test_a_refused_handshake_offers_no_short_way() -> None:
    line = Line()
    line.protocol.connection_made(line.wire)
    key = base64.b64encode(b"k" * 16).decode()
    line.protocol.data_received(
        f"GET / HTTP/1.1\r\nHost: desk.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 12\r\n\r\n".encode()
    )
    assert line.wire.text.startswith(b"HTTP/1.1 400 ")
    assert line.scopes == []
