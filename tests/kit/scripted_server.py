"""A real local HTTP server that answers as each test scripts it, byte for byte."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class Seen:
    """One request as it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes


Script = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class ScriptedServer:
    """Answers every request with `script`; keeps what it saw."""

    port: int
    seen: list[Seen] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def reset(writer: asyncio.StreamWriter) -> None:
    """Cut the connection with a TCP reset."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Script:
    """A script that answers so and closes."""

    async def script(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Scripted", "connection: close", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return script


@contextlib.asynccontextmanager
async def scripted(*scripts: Script) -> AsyncIterator[ScriptedServer]:
    """Serve; the n-th request gets the n-th script, later ones the last."""
    server: ScriptedServer
    connections: set[asyncio.Task[None] | None] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rows = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rows)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            server.seen.append(Seen(line, headers, body))
            await scripts[min(len(server.seen), len(scripts)) - 1](server.seen[-1], writer)
        writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    server = ScriptedServer(listener.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listener.close()
        for task in connections:
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in connections if task), return_exceptions=True)
        await asyncio.sleep(0)
