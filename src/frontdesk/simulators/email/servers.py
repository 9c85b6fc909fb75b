"""SMTP and IMAP on ports of their own, over the same mailboxes as the rest."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from frontdesk.simulators.email.imap import ImapSession
from frontdesk.simulators.email.lines import MAX_LINE, Line
from frontdesk.simulators.email.network import Network
from frontdesk.simulators.email.smtp import SmtpSession

Talk = Callable[[Line], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ports:
    """Where it listens."""

    smtps: int
    """SMTP, encrypted from the first byte."""
    submission: int
    """SMTP with STARTTLS."""
    imaps: int


@asynccontextmanager
async def mail_servers(
    network: Network, context: ssl.SSLContext, host: str = "127.0.0.1"
) -> AsyncIterator[Ports]:
    """Serve on free ports while inside; every connection is ended afterwards.

    Args:
        network: A running simulator's.
        context: The servers' certificate.
        host: Where to listen.
    """

    async def smtp(line: Line) -> None:
        await SmtpSession(network, line, context).run()

    async def imap(line: Line) -> None:
        await ImapSession(network, line).run()

    async with AsyncExitStack() as stack:
        ports = [
            await stack.enter_async_context(_listening(talk, host, secure))
            for talk, secure in ((smtp, context), (smtp, None), (imap, context))
        ]
        yield Ports(*ports)


@asynccontextmanager
async def _listening(talk: Talk, host: str, context: ssl.SSLContext | None) -> AsyncIterator[int]:
    open_now: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            open_now.add(task)
            task.add_done_callback(open_now.discard)
        line = Line(reader, writer)
        try:
            await talk(line)
        except asyncio.CancelledError:
            line.cut()
            raise
        finally:
            await line.end()

    server = await asyncio.start_server(serve, host, 0, ssl=context, limit=MAX_LINE)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        waiting = list(open_now)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
