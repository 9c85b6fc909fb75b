"""What a connection may do before there is a request: refusals 27, 30 and 35 (slow or huge heads, crowds)."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState
from websockets.asyncio.client import connect

from frontdesk.api.metrics import MetricsApp
from frontdesk.runtime import connections
from frontdesk.runtime.connections import HEAD_BYTES, Gate, GuardedProtocol
from frontdesk.runtime.settings import LimitSettings
from tests.desk import RunningDesk, running_desk, until
from tests.runtime.test_answers import Wire

PATIENCE = 0.4


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heads must come within a moment, so that these tests need not wait."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", PATIENCE)
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.1)


@pytest.fixture
async def small(sqlite_url: str, tmp_path: Path) -> AsyncIterator[RunningDesk]:
    async with running_desk(sqlite_url, tmp_path / "data", workers=False, owned=False) as running:
        yield running


@asynccontextmanager
async def line(desk: RunningDesk) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(desk.url.rpartition(":")[2]))
    try:
        yield reader, writer
    finally:
        writer.close()


def ask(extra: bytes = b"", *, close: bool = False) -> bytes:
    """A small request."""
    last = b"Connection: close\r\n" if close else b""
    return b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n" + extra + last + b"\r\n"


async def drip(writer: asyncio.StreamWriter, text: Iterator[bytes]) -> None:
    """Send bit by bit until the other side has had enough."""
    try:
        for each in text:
            writer.write(each)
            await writer.drain()
            await asyncio.sleep(PATIENCE / 10)
    except OSError:
        pass


def forever(first: bytes = b"", bit: bytes = b"a") -> Iterator[bytes]:
    """A text that never ends."""
    yield first
    while True:
        yield bit


async def whole(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], Any]:
    """An answer up to the end of the connection: status, headers, JSON."""
    async with asyncio.timeout(10):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(each.lower().split(": ", 1) for each in lines)
    return int(status.split()[1]), headers, json.loads(body)


async def _rest(reader: asyncio.StreamReader) -> bytes:
    """What comes before the end, also where the end is a reset."""
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "text",
    [
        forever(b"GET /"),
        forever(b"GET /health/live HTTP/1.1\r\nHost: local"),
        forever(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n", b"X-A: b\r\n"),
    ],
    ids=["line", "header", "headers"],
)
async def test_refusal_35_a_head_that_drips_is_ended_in_time(
    small: RunningDesk, text: Iterator[bytes]
) -> None:
    async with line(small) as (reader, writer):
        dripping = asyncio.create_task(drip(writer, text))
        started = asyncio.get_running_loop().time()
        status, headers, problem = await whole(reader)
        assert (status, problem["code"], headers["connection"]) == (408, "timeout", "close")
        assert headers["x-content-type-options"] == "nosniff"
        assert asyncio.get_running_loop().time() - started < PATIENCE + 5
        async with asyncio.timeout(10):
            await dripping


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("bit", [b"", b"\r\n"], ids=["silence", "empty lines"])
async def test_refusal_35_a_connection_without_a_request_is_closed(small: RunningDesk, bit: bytes) -> None:
    async with line(small) as (reader, writer):
        dripping = asyncio.create_task(drip(writer, forever(bit, bit)))
        async with asyncio.timeout(10):
            await _rest(reader)
            await dripping if bit else dripping.cancel()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("bit", [b"\r\n", b"x"])
async def test_refusal_35_the_second_head_of_a_connection_has_the_same_limit(
    small: RunningDesk, bit: bytes
) -> None:
    async with line(small) as (reader, writer):
        writer.write(ask())
        first = await reader.readuntil(b"\r\n\r\n")
        assert first.startswith(b"HTTP/1.1 200 ")
        begin = b"" if bit == b"\r\n" else b"GET / HTTP/1.1\r\nX: "
        dripping = asyncio.create_task(drip(writer, forever(begin, bit)))
        async with asyncio.timeout(10):
            await _rest(reader)
            await dripping


@pytest.mark.usefixtures("impatient")
async def test_a_quick_client_keeps_its_connection_past_the_limit(small: RunningDesk) -> None:
    """The limit is of a head, not of the connection: a used one waits for keep-alive, a socket lives on."""
    async with line(small) as (reader, writer):
        for _ in range(2):
            writer.write(ask())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            assert head.startswith(b"HTTP/1.1 200 ")
            await asyncio.sleep(PATIENCE * 2)
    async with connect(small.url.replace("http", "ws") + "/v1/live") as websocket:
        await asyncio.sleep(PATIENCE * 2)
        await websocket.send('{"type":"start","token":"fd_wrong"}')
        assert json.loads(await websocket.recv())["code"] == "unauthenticated"


@pytest.mark.parametrize(
    "extra",
    [
        b"X-Long: " + b"a" * 200_000 + b"\r\n",
        b"".join(b"X-%d: " % n + b"a" * 1000 + b"\r\n" for n in range(200)),
        b"X-Long: " + b"a" * HEAD_BYTES + b"\r\n",
    ],
    ids=["one of 200 kB", "200 of 1 kB", "just too long"],
)
async def test_refusal_35_a_huge_head_is_refused_with_431(small: RunningDesk, extra: bytes) -> None:
    async with line(small) as (reader, writer):
        writer.write(ask(extra))
        status, headers, problem = await whole(reader)
        assert (status, problem["code"]) == (431, "head_too_large")
        assert headers["content-type"] == "application/problem+json"


async def test_a_long_head_within_the_limit_passes_with_a_long_body_behind_it(small: RunningDesk) -> None:
    async with line(small) as (reader, writer):
        writer.write(ask(b"X-Long: " + b"a" * (HEAD_BYTES - 1000) + b"\r\n", close=True))
        assert (await whole(reader))[0] == 200
    async with line(small) as (reader, writer):
        body = b"a" * 300_000
        head = b"POST /v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        writer.write(head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        status, _, problem = await whole(reader)
        assert (status, problem["code"]) == (400, "malformed")


async def test_a_body_behind_an_early_answer_is_not_taken_for_a_head(small: RunningDesk) -> None:
    """A refusal need not wait for the body; the rest of a long one does not spoil the next request."""
    size = 4 * HEAD_BYTES
    head = b"POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size
    async with line(small) as (reader, writer), asyncio.timeout(10):
        writer.write(head)
        assert (await reader.readline()).split()[1] in {b"401", b"405"}
        length = 0
        while (each := await reader.readline()) != b"\r\n":
            if each.lower().startswith(b"content-length:"):
                length = int(each.split()[1])
        await reader.readexactly(length)
        for _ in range(4):
            writer.write(b"x" * HEAD_BYTES)
            await writer.drain()
        writer.write(ask(close=True))
        assert (await whole(reader))[0] == 200


async def test_refusal_44_what_is_no_http_gets_a_clear_400_with_the_headers(small: RunningDesk) -> None:
    async with line(small) as (reader, writer):
        writer.write(b"EHLO mail.example\r\n\r\n")
        status, headers, problem = await whole(reader)
        assert (status, problem["code"]) == (400, "malformed")
        assert {name: headers[name] for name in ("x-content-type-options", "x-frame-options")} == {
            "x-content-type-options": "nosniff",
            "x-frame-options": "deny",
        }
        assert "default-src 'self'" in headers["content-security-policy"]


NONSENSE = b"\0nonsense\r\n\r\n"


async def test_what_was_asked_before_nonsense_is_answered_and_nothing_after_it(small: RunningDesk) -> None:
    """Requests sent ahead are answered in their order: a refusal is never taken for the answer of another."""
    async with line(small) as (reader, writer), asyncio.timeout(10):
        writer.write(ask() + ask() + NONSENSE)
        said = await _rest(reader)
    assert [each[:3] for each in said.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200"]


async def test_refusal_51_a_body_that_breaks_off_is_refused_once(
    small: RunningDesk, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST /v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    async with line(small) as (reader, writer):
        writer.write(head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n")
        status, _, problem = await whole(reader)
    assert (status, problem["code"]) == (400, "malformed")
    async with line(small) as (reader, writer), asyncio.timeout(10):
        writer.write(ask() + head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
        assert (await _rest(reader)).count(b"HTTP/1.1 ") == 1
    assert [each.message for each in caplog.records if each.levelname == "ERROR"] == []


async def test_g11_an_answer_that_nobody_reads_is_not_kept_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "STALLED_SECONDS", 0.05)
    config = uvicorn.Config(MetricsApp, lifespan="off", log_config=None)
    config.load()
    loop, wires = asyncio.get_running_loop(), [Wire(), Wire()]
    for wire in wires:
        protocol = GuardedProtocol(config, ServerState(), {}, loop, gate=Gate(1))
        protocol.connection_made(wire)
        protocol.pause_writing()
        if wire is wires[0]:
            protocol.resume_writing()
    await until(lambda: wires[1].is_aborted)
    assert not wires[0].is_aborted


async def test_refusal_30_an_address_holds_so_many_connections(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates: list[Gate] = []

    def counts(gate: Gate, _address: str) -> bool:
        gates[:] = [gate]
        return True  # as if the tests came from another machine

    monkeypatch.setattr(Gate, "counts", counts)
    limits = LimitSettings(connections_per_address=3)
    async with running_desk(sqlite_url, tmp_path, workers=False, owned=False, limits=limits) as desk:
        async with line(desk), line(desk), line(desk) as (reader, writer):
            await until(lambda: gates and gates[0].open["127.0.0.1"] == 3)
            async with line(desk) as (refused, _):
                async with asyncio.timeout(10):
                    assert await _rest(refused) == b""
            writer.write(ask(close=True))
            assert (await whole(reader))[0] == 200
        await until(lambda: not gates[0].open)
        async with line(desk) as (reader, writer):
            writer.write(ask(close=True))
            assert (await whole(reader))[0] == 200


def test_refusal_30_this_machine_and_its_proxies_are_not_counted() -> None:
    gate = Gate(2, ("203.0.113.0/24", "2001:db8::1"))
    free = ["127.0.0.1", "::1", "127.8.8.8", "203.0.113.9", "2001:db8::1", "/run/frontdesk.sock"]
    assert [each for each in [*free, "198.51.100.7", "2001:db8::2"] if gate.counts(each)] == [
        "198.51.100.7",
        "2001:db8::2",
    ]
    assert [gate.enter("198.51.100.7") for _ in range(3)] == [True, True, False]
    assert gate.enter("198.51.100.8")
    gate.leave("198.51.100.7")
    assert gate.enter("198.51.100.7")
    gate.leave("198.51.100.8")
    assert dict(gate.open) == {"198.51.100.7": 2}
