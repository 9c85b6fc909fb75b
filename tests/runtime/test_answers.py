"""How an answer leaves: whole, in order, as HTTP/1.1 says, and in one piece where it can."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState

from frontdesk.api.guards import WHOLE
from frontdesk.runtime.answers import AnsweringProtocol

App = Callable[[Scope, Receive, Send], Awaitable[None]]
START: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
END: Message = {"type": "http.response.body", "body": b"OK"}


class Wire(asyncio.Transport):
    """What the protocol wrote, call by call."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self._closed = self.is_aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        self._closed = True

    def abort(self) -> None:
        self._closed = self.is_aborted = True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    @property
    def text(self) -> bytes:
        return b"".join(self.written)


def _connected(app: App, *, keep_alive: float = 30) -> tuple[AnsweringProtocol, Wire]:
    config = uvicorn.Config(app, lifespan="off", log_config=None, timeout_keep_alive=keep_alive)  # type: ignore[arg-type]
    config.load()
    protocol, wire = AnsweringProtocol(config, ServerState(), {}, asyncio.get_running_loop()), Wire()
    protocol.connection_made(wire)
    return protocol, wire


def _says(*messages: Message) -> App:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


async def _turns(number: int = 10) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def _ask(method: str = "GET", path: str = "/", extra: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: desk\r\n{extra}\r\n".encode()


async def test_head_and_body_leave_in_one_piece() -> None:
    protocol, wire = _connected(_says(START, END))
    protocol.data_received(_ask())
    await _turns()
    assert wire.written == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK"]
    assert not wire.is_closing()


async def test_a_body_in_parts_leaves_part_by_part() -> None:
    parts: list[Message] = [
        {"type": "http.response.body", "body": b"O", "more_body": True},
        {"type": "http.response.body", "body": b"K"},
    ]
    protocol, wire = _connected(_says(START, *parts))
    protocol.data_received(_ask())
    await _turns()
    assert wire.written == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", b"O", b"K"]


async def test_a_large_body_is_not_copied() -> None:
    body = bytes(100_000)
    start = {**START, "headers": [(b"content-length", b"100000")]}
    protocol, wire = _connected(_says(start, {"type": "http.response.body", "body": body}))
    protocol.data_received(_ask())
    await _turns()
    assert wire.written == [b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", body]


async def test_the_head_of_a_stream_leaves_at_once() -> None:
    """A page that waits for events hears that it is connected before the first of them."""
    go_on = asyncio.Event()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"event", "more_body": False})

    protocol, wire = _connected(app)
    protocol.data_received(_ask())
    await _turns()
    assert wire.text == b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    go_on.set()
    await _turns()
    assert wire.text.endswith(b"\r\n\r\n5\r\nevent\r\n0\r\n\r\n")


async def test_head_has_no_body() -> None:
    protocol, wire = _connected(_says(START, END))
    protocol.data_received(_ask("HEAD"))
    await _turns()
    assert wire.text == b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"


async def test_no_content_has_neither_length_nor_chunks() -> None:
    empty: Message = {"type": "http.response.start", "status": 204, "headers": []}
    protocol, wire = _connected(_says(empty, {"type": "http.response.body"}))
    protocol.data_received(_ask())
    await _turns()
    assert wire.text == b"HTTP/1.1 204 No Content\r\n\r\n"


async def test_requests_sent_ahead_are_answered_in_their_order() -> None:
    first = asyncio.Event()

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["path"] == "/a b":
            await first.wait()
        path = scope["path"].encode()
        await send({**START, "headers": [(b"content-length", b"%d" % len(path))]})
        await send({"type": "http.response.body", "body": path})

    protocol, wire = _connected(app)
    protocol.data_received(_ask(path="/a%20b?x=1") + _ask(path="/c"))
    await _turns()
    assert wire.text == b""
    first.set()
    await _turns()
    assert [each.rpartition(b"\r\n\r\n")[2] for each in wire.written] == [b"/a b", b"/c"]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_the_client_says_that_it_is_its_last_request(version: str) -> None:
    protocol, wire = _connected(_says(START, END))
    last = "Connection: close\r\n" if version == "1.1" else ""
    protocol.data_received(f"GET / HTTP/{version}\r\nHost: desk\r\n{last}\r\n".encode())
    await _turns()
    assert wire.text == b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nOK"
    assert wire.is_closing()


async def test_the_app_says_that_it_is_the_last_answer() -> None:
    start = {**START, "headers": [(b"connection", b"close"), (b"content-length", b"2")]}
    protocol, wire = _connected(_says(start, END))
    protocol.data_received(_ask())
    await _turns()
    assert wire.text.count(b"close") == 1
    assert wire.is_closing()


@pytest.mark.parametrize("bad", [(b"x-name", b"a\r\nset-cookie: b"), (b"x name", b"a"), (b"x-name", b"a\0")])
async def test_a_header_cannot_end_its_line(
    bad: tuple[bytes, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    start = {**START, "headers": [(b"content-length", b"2"), bad]}
    protocol, wire = _connected(_says(start, END))
    protocol.data_received(_ask())
    await _turns()
    assert b"set-cookie" not in wire.text
    assert not wire.text.startswith(b"HTTP/1.1 200")
    assert "Exception in ASGI application" in caplog.text


@pytest.mark.parametrize("body", [b"", b"O", b"OK!"])
async def test_a_wrong_length_ends_the_connection(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """What follows on it could not be told from the rest of this answer."""
    protocol, wire = _connected(_says(START, {"type": "http.response.body", "body": body}))
    protocol.data_received(_ask())
    await _turns()
    assert wire.is_closing()
    assert "Content-Length" in caplog.text


async def test_an_app_that_fails_before_the_body_leaves_no_half_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(START)
        raise ValueError(_scope["path"])

    protocol, wire = _connected(app)
    protocol.data_received(_ask())
    await _turns()
    assert wire.written == []
    assert wire.is_closing()
    assert "ValueError" in caplog.text


async def test_a_connection_is_closed_when_nothing_came_for_long_enough() -> None:
    protocol, wire = _connected(_says(START, END), keep_alive=0)
    protocol.data_received(_ask())
    await _turns()
    assert len(wire.written) == 1
    async with asyncio.timeout(10):
        while not wire.is_closing():  # noqa: ASYNC110 - the timer's own turn
            await asyncio.sleep(0.001)


async def test_a_connection_at_work_is_not_closed_by_the_clock_of_its_last_request() -> None:
    done = asyncio.Event()

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["path"] == "/slow":
            await done.wait()
        await _says(START, END)(scope, _receive, send)

    protocol, wire = _connected(app, keep_alive=0.01)
    protocol.data_received(_ask())
    await _turns()
    protocol.data_received(_ask(path="/slow"))
    await asyncio.sleep(0.05)
    assert not wire.is_closing()
    done.set()
    async with asyncio.timeout(10):
        while not wire.is_closing():  # noqa: ASYNC110 - the timer's own turn
            await asyncio.sleep(0.001)
    assert wire.text.count(b"OK\r\n") == 2
    assert wire.text.endswith(b"OK")


async def test_who_leaves_early_is_told_nothing() -> None:
    done = asyncio.Event()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await done.wait()
        await send(START)
        await send(END)

    protocol, wire = _connected(app)
    protocol.data_received(_ask())
    await _turns()
    protocol.connection_lost(None)
    done.set()
    await _turns()
    assert wire.written == []


WHOLE_ANSWER: Message = {"type": WHOLE, "status": 201, "headers": [(b"content-length", b"2")], "body": b"OK"}


async def test_an_answer_in_one_message_leaves_in_one_piece() -> None:
    offered: list[bool] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        offered.append(WHOLE in scope["extensions"])
        await send(WHOLE_ANSWER)

    protocol, wire = _connected(app)
    protocol.data_received(_ask() + _ask())
    await _turns()
    assert offered == [True, True]
    assert wire.written == [b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nOK"] * 2


async def test_an_answer_in_one_message_to_a_head_has_no_body() -> None:
    protocol, wire = _connected(_says(WHOLE_ANSWER))
    protocol.data_received(_ask("HEAD"))
    await _turns()
    assert wire.text == b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n"


async def test_a_large_answer_in_one_message_is_not_copied() -> None:
    body = bytes(100_000)
    large = {**WHOLE_ANSWER, "headers": [(b"content-length", b"100000")], "body": body}
    protocol, wire = _connected(_says(large))
    protocol.data_received(_ask())
    await _turns()
    assert wire.written == [b"HTTP/1.1 201 Created\r\ncontent-length: 100000\r\n\r\n", body]


async def test_an_answer_in_one_message_waits_for_a_client_that_does_not_read() -> None:
    protocol, wire = _connected(_says(WHOLE_ANSWER))
    protocol.pause_writing()
    protocol.data_received(_ask())
    await _turns()
    assert wire.written == []
    protocol.resume_writing()
    await _turns()
    assert wire.text.endswith(b"\r\n\r\nOK")
