"""Virus scanners for tests, over real sockets: one that speaks clamd's protocol, one behind HTTP.

Both find the EICAR test file, and keep what they were given.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
THREAT = "Eicar-Test-Signature"


@dataclass(slots=True)
class FakeScanner:
    """A running scanner.

    Attributes:
        given: The files that came, whole.
        open: While not set, answers wait.
        longest: The largest file it takes.
        answer: What it says instead of a verdict; empty: it ends the connection.
    """

    address: str = ""
    given: list[bytes] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    longest: int = 64 * 1024 * 1024
    answer: bytes | None = None
    open_connections: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()
        self.closed.set()


@contextlib.asynccontextmanager
async def _closing(fake: FakeScanner, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """Close a connection at the end, and let the scanner's own end wait for that."""
    fake.open_connections += 1
    fake.closed.clear()
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        yield
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    fake.open_connections -= 1
    if not fake.open_connections:
        fake.closed.set()


async def _all_closed(fake: FakeScanner) -> None:
    fake.open.set()
    async with asyncio.timeout(10):
        await fake.closed.wait()


@contextlib.asynccontextmanager
async def clamd(socket: Path | None = None) -> AsyncIterator[FakeScanner]:
    """A clamd while inside, on a free port or on a local socket."""
    fake = FakeScanner()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closing(fake, writer):
            writer.write(await _instream(fake, reader))
            writer.write_eof()
            await reader.read()

    if socket is not None:
        server: asyncio.Server = await asyncio.start_unix_server(serve, socket)
        fake.address = f"clamd://{socket}"
    else:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        fake.address = f"clamd://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield fake
        await _all_closed(fake)


async def _instream(fake: FakeScanner, reader: asyncio.StreamReader) -> bytes:
    if await reader.readuntil(b"\0") != b"zINSTREAM\0":
        return b"UNKNOWN COMMAND\0"
    content = b""
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        content += await reader.readexactly(size)
        if len(content) > fake.longest:
            return b"INSTREAM size limit exceeded. ERROR\0"
    fake.given.append(content)
    await fake.open.wait()
    if fake.answer is not None:
        return fake.answer
    return f"stream: {THREAT} FOUND\0".encode() if EICAR in content else b"stream: OK\0"


@contextlib.asynccontextmanager
async def scan_hook() -> AsyncIterator[FakeScanner]:
    """A scanner behind HTTP while inside."""
    fake = FakeScanner()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closing(fake, writer):
            status, body = await _posted(fake, reader)
            if body or status != 200:
                head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    fake.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/scan"
    async with server:
        yield fake
        await _all_closed(fake)


async def _posted(fake: FakeScanner, reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"POST /scan HTTP/1.1\r\n")
    assert b"transfer-encoding: chunked" in head.lower()
    content = b""
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        content += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    if len(content) > fake.longest:
        return 413, b""
    fake.given.append(content)
    await fake.open.wait()
    if fake.answer is not None:
        return 200, fake.answer
    found = EICAR in content
    return 200, json.dumps({"infected": found, **({"threat": THREAT} if found else {})}).encode()
