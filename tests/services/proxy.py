"""A TCP proxy on loopback that cuts connections where a test says: before or after a certain request."""

import asyncio
from contextlib import suppress
from enum import Enum, auto
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class Fault(Enum):
    """What happens to a request that holds the marker."""

    BEFORE = auto()
    """Both sides are cut; the server never sees it."""
    AFTER = auto()
    """The server sees it and answers; the client is cut instead of hearing the answer."""
    HOLD = auto()
    """The client is cut; the server's side stays open and the request never arrives."""
    LATE = auto()
    """The client is cut; the request arrives at the server a little later."""


class Proxy:
    """Forwards everything to one server until a fault is armed; an async context manager."""

    def __init__(self, url: str) -> None:
        """Prepare a proxy for the server in this URL."""
        self._target = urlsplit(url)
        self._fault: tuple[Fault, bytes] | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._late: set[asyncio.Task[None]] = set()
        self.is_refusing = False

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.cut()
        for task in self._late:
            task.cancel()
        await asyncio.sleep(0)

    @property
    def url(self) -> str:
        """The server's URL by way of the proxy."""
        port = self._server.sockets[0].getsockname()[1]
        return urlunsplit(self._target._replace(netloc=f"{self._target.username}@127.0.0.1:{port}"))

    def arm(self, fault: Fault, marker: bytes) -> None:
        """Let the next request that holds the marker meet this fault."""
        self._fault = (fault, marker)

    @property
    def is_armed(self) -> bool:
        """Whether the fault still waits for its request."""
        return self._fault is not None

    def cut(self) -> None:
        """Cut every connection."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_refusing:
            writer.transport.abort()
            return
        server_reader, server = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._writers |= {writer, server}
        swallow = asyncio.Event()
        down = asyncio.ensure_future(self._answers(server_reader, writer, server, swallow))
        with suppress(OSError):
            await self._requests(reader, writer, server, swallow)
        if not swallow.is_set():
            down.cancel()
        await asyncio.gather(down, return_exceptions=True)

    async def _requests(
        self,
        reader: asyncio.StreamReader,
        client: asyncio.StreamWriter,
        server: asyncio.StreamWriter,
        swallow: asyncio.Event,
    ) -> None:
        while data := await reader.read(1 << 20):
            fault = self._fault[0] if self._fault is not None and self._fault[1] in data else None
            if fault is None:
                server.write(data)
                continue
            self._fault = None
            if fault is Fault.AFTER:
                swallow.set()
                server.write(data)
                return
            client.transport.abort()
            if fault is Fault.BEFORE:
                server.transport.abort()
            elif fault is Fault.LATE:
                task = asyncio.ensure_future(self._send_late(server, data))
                self._late.add(task)
            return
        server.transport.abort()

    @staticmethod
    async def _send_late(server: asyncio.StreamWriter, data: bytes) -> None:
        await asyncio.sleep(0.3)
        if not server.is_closing():
            server.write(data)

    @staticmethod
    async def _answers(
        reader: asyncio.StreamReader,
        client: asyncio.StreamWriter,
        server: asyncio.StreamWriter,
        swallow: asyncio.Event,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 20):
                if swallow.is_set():
                    break
                client.write(data)
        client.transport.abort()
        server.transport.abort()
