"""WebSockets of clients that mean harm: refusals 27 and 30, G11 (what one of them holds is bounded)."""

import asyncio
import base64
import logging
import struct

import pytest
from websockets.frames import Opcode

from frontdesk.runtime import sockets
from tests.desk import RunningDesk, until
from tests.runtime.test_connections import line, small
from tests.runtime.test_sockets import Line

__all__ = ["small"]

MASK = b"\0\0\0\0"
KEY = base64.b64encode(b"k" * 16).decode()
SHAKE = (
    f"Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n"
).encode()


def frame(head: int, content: bytes = b"") -> bytes:
    """A masked frame with any first byte, right or wrong."""
    return struct.pack("!BB", head, 0x80 | len(content)) + MASK + content


@pytest.mark.parametrize(
    "head",
    [
        b"POST /v1/live HTTP/1.1\r\n" + SHAKE,
        b"GET /v1/live HTTP/1.1\r\n" + SHAKE + b"Content-Length: 2\r\n",
        b"GET /v1/live HTTP/1.1\r\n" + SHAKE + b"Transfer-Encoding: chunked\r\n",
        b"GET /v1/live HTTP/1.1\r\n" + SHAKE + b"X-A: a\r\n" * 200,
        b"GET /v1/live HTTP/1.1\r\n" + SHAKE + b"X-A: " + b"a" * 20_000 + b"\r\n",
        b"GET /v1/live?" + b"a" * 20_000 + b" HTTP/1.1\r\n" + SHAKE,
    ],
    ids=["post", "body", "chunks", "many headers", "long header", "long line"],
)
async def test_refusal_30_a_handshake_that_cannot_be_ends_with_an_answer(
    small: RunningDesk, head: bytes
) -> None:
    """It stayed open for good, with no clock and no count."""
    async with line(small) as (reader, writer), asyncio.timeout(5):
        writer.write(head + b"\r\n" + (b"{}" if b"Content-Length" in head else b""))
        said = await reader.read()
    assert said[:10] == b"HTTP/1.1 4"


async def test_g11_pings_of_a_client_that_does_not_read_are_not_kept() -> None:
    line = await Line().open()
    line.protocol.pause_writing()
    for n in range(1000):
        line.client.send_ping(b"%d" % n)
        line.tell()
    assert line.wire.written == []
    line.protocol.resume_writing()
    line.client.send_ping(b"last")
    line.tell()
    (pong,) = line.heard()
    assert (pong.opcode, pong.data) == (Opcode.PONG, b"last")


async def test_g11_a_message_of_endless_empty_pieces_holds_nothing() -> None:
    line = await Line().open()
    line.protocol.data_received(frame(0x01, b"a"))
    for _ in range(1000):
        line.protocol.data_received(frame(0x00) * 100)
    assert len(line.protocol.frames) <= 1
    line.protocol.data_received(frame(0x00, b"b") + frame(0x80))
    assert line.protocol.queue.get_nowait() == {"type": "websocket.receive", "text": "ab"}


@pytest.mark.parametrize(
    "said",
    [
        frame(0x03),
        frame(0xC1, b"a"),
        frame(0x80, b"a"),
        frame(0x09),
        b"\x81\x01a",
        b"\xff" * 64,
    ],
    ids=["opcode", "reserved bit", "no beginning", "pieces of a ping", "no mask", "noise"],
)
async def test_refusal_27_frames_against_the_protocol_end_the_line(
    said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    early = Line()
    early.protocol.connection_made(early.wire)
    early.protocol.data_received(b"GET / HTTP/1.1\r\n" + SHAKE + b"\r\n")
    early.protocol.data_received(said)  # before the app has answered the handshake
    assert early.wire.is_closing()

    line = await Line().open()
    line.protocol.data_received(said)
    (close,) = line.heard()
    assert (close.opcode, struct.unpack("!H", close.data[:2])[0]) == (Opcode.CLOSE, 1002)
    assert line.wire.is_closing()
    await asyncio.sleep(0)
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_g11_who_does_not_answer_is_cut_off_with_what_waits_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Closing politely waits for what was written to be read; who never reads would be kept for good."""
    monkeypatch.setattr(sockets, "CLOSE_SECONDS", 0.05)
    silent, closed, leaving = [await Line().open() for _ in range(3)]
    silent.protocol.send_keepalive_ping()
    silent.protocol.keepalive_timeout()
    await closed.sends[0]({"type": "websocket.close", "code": 1012})
    leaving.client.send_close(1000)
    leaving.tell()
    await until(lambda: all(each.wire.is_aborted for each in (silent, closed, leaving)))
