"""A company's page on another origin, as strict as can be, with the widget; and a road that outlives a desk.

`Gateway` is where the page finds the desk: an address that stays when the desk behind it is started again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>A shop</title>
<link rel="icon" href="/icon"><script src="/page.js"></script>
<script src="{desk}/widget.js" data-inbox="{key}"{attributes} async></script></head>
<body><main><h1>A shop</h1><p>Everything for your bike.</p></main></body></html>"""

SCRIPT = """window.violations = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  violations.push(violatedDirective + " " + blockedURI));
"""


@dataclass(slots=True)
class Shop:
    """The page: where it is, and what its policy is."""

    url: str
    policy: str
    html: str


@asynccontextmanager
async def shop(
    desk: str, key: str, *, attributes: str = "", language: str = "en", sockets: bool = True
) -> AsyncIterator[Shop]:
    """Serve the page; its policy lets in nothing but itself and the desk, and no inline style or script.

    Args:
        desk: The desk's origin, from where script, pictures and data may come.
        key: The public key of the inbox.
        attributes: More attributes of the script tag.
        language: Of the page.
        sockets: Whether the policy lets WebSockets through.
    """
    connect = f"{desk} {desk.replace('http', 'ws', 1)}" if sockets else desk
    policy = f"default-src 'self'; script-src 'self' {desk}; connect-src {connect}; img-src 'self' {desk}"
    html = PAGE.format(desk=desk, key=key, attributes=attributes, language=language)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            head = await reader.readuntil(b"\r\n\r\n")
            is_script = head.startswith(b"GET /page.js ")
            body = (SCRIPT if is_script else html).encode()
            mime = "text/javascript" if is_script else "text/html; charset=utf-8"
            fields = (
                f"Content-Type: {mime}\r\nContent-Security-Policy: {policy}\r\nContent-Length: {len(body)}"
            )
            writer.write(f"HTTP/1.1 200 OK\r\n{fields}\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield Shop(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", policy, html)
    finally:
        server.close()


class Gateway:
    """Hands every connection on to the desk that is there now, or cuts it when there is none."""

    def __init__(self) -> None:
        self.target: str | None = None
        self._cuts: set[Callable[[], None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The address that stays."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """End all connections, and let in none until there is a target again."""
        self.target = None
        for cut in list(self._cuts):
            cut()

    async def __aenter__(self) -> "Gateway":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = urlsplit(self.target or "")
        try:
            if target.hostname is None:
                raise ConnectionRefusedError
            server_reader, server = await asyncio.open_connection(target.hostname, target.port)
        except OSError:
            writer.transport.abort()
            return

        def cut() -> None:
            writer.transport.abort()
            server.transport.abort()

        self._cuts.add(cut)
        both = [
            asyncio.ensure_future(_pump(reader, server)),
            asyncio.ensure_future(_pump(server_reader, writer)),
        ]
        self._tasks.update(both)
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        cut()
        await asyncio.gather(*both, return_exceptions=True)
        self._tasks.difference_update(both)
        self._cuts.discard(cut)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
