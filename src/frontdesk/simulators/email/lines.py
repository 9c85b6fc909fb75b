"""A connection that speaks in lines, as SMTP and IMAP do."""

import asyncio
import socket
import ssl
import struct

_LINGER_ZERO = struct.pack("ii", 1, 0)
MAX_LINE = 1024 * 1024
_CLOSE_SECONDS = 0.5


class Gone(Exception):
    """The other side hung up, or we do."""


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @property
    def is_secure(self) -> bool:
        """Whether it is encrypted."""
        return self._writer.get_extra_info("sslcontext") is not None

    async def read(self) -> bytes:
        """The next line with its end. Raises Gone."""
        try:
            line = await self._reader.readline()
        except (ConnectionError, ValueError, ssl.SSLError) as error:
            raise Gone from error
        if not line:
            raise Gone
        return line

    async def say(self, *lines: str | bytes) -> None:
        """Answer with these lines. Raises Gone."""
        try:
            for line in lines:
                self._writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
            await self._writer.drain()
        except (ConnectionError, ssl.SSLError) as error:
            raise Gone from error

    async def encrypt(self, context: ssl.SSLContext) -> None:
        """Go on encrypted. Raises Gone."""
        try:
            await self._writer.start_tls(context)
        except (ConnectionError, ssl.SSLError) as error:
            raise Gone from error

    def cut(self) -> None:
        """Reset the connection, without a word."""
        made = self._writer.get_extra_info("socket")
        if made is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self._writer.transport.abort()

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def end(self) -> None:
        """Wait until all is closed; at once when the other side does not help."""
        self._writer.close()
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()
            await asyncio.sleep(0)
