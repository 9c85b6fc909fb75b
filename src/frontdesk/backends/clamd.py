"""ClamAV's daemon as the scanner, over TCP or a local socket.

The protocol is clamd(8), "INSTREAM": chunks, each with its length as four bytes before it, ended by a length
of zero; the answer is one line.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterable
from urllib.parse import unquote, urlsplit

from frontdesk.ports.scanner import ScanFailed

PORT = 3310
_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 120.0
_LONGEST_ANSWER = 4096
_EXAMPLES = "clamd://127.0.0.1:3310 or clamd:///run/clamav/clamd.ctl"


class Clamd:
    """Asks clamd, on a connection for each file.

    Args:
        address: `clamd://host:port`, or `clamd:///path/of/socket`.

    Raises:
        ValueError: The address is none; the text says how one looks.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        path = unquote(parts.path)
        if parts.scheme != "clamd" or bool(parts.hostname) == bool(path.strip("/")) or parts.query:
            msg = f"must look like {_EXAMPLES}"
            raise ValueError(msg)
        self._host, self._port = parts.hostname, parts.port or PORT
        self._path = path

    async def close(self) -> None:
        """There is nothing to close."""

    async def scan(self, chunks: AsyncIterable[bytes]) -> str | None:
        """What clamd found. Raises ScanFailed."""
        reader, writer = await self._open()
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                answer = await _ask(reader, writer, chunks)
        except TimeoutError:
            raise ScanFailed("The scanner did not answer in time.") from None
        except ConnectionError:
            raise ScanFailed("The scanner ended the connection.") from None
        finally:
            writer.close()
        return _verdict(answer)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                if self._host is not None:
                    return await asyncio.open_connection(self._host, self._port)
                return await asyncio.open_unix_connection(self._path)
        except (OSError, TimeoutError):
            raise ScanFailed("The scanner was not reached.") from None


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chunks: AsyncIterable[bytes]
) -> bytes:
    """The answer; it may come before all is written: clamd does not read on when it is too much."""
    writing = asyncio.ensure_future(_write(writer, chunks))
    reading = asyncio.ensure_future(reader.read(_LONGEST_ANSWER))
    try:
        await asyncio.wait((writing, reading), return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            with contextlib.suppress(ConnectionError):  # what it said before it went is still to be read
                await writing
        return await reading
    finally:
        writing.cancel()
        reading.cancel()
        await asyncio.gather(writing, reading, return_exceptions=True)


async def _write(writer: asyncio.StreamWriter, chunks: AsyncIterable[bytes]) -> None:
    writer.write(b"zINSTREAM\0")
    async for chunk in chunks:
        if chunk:
            writer.write(len(chunk).to_bytes(4, "big") + chunk)
            await writer.drain()
    writer.write(bytes(4))
    await writer.drain()


def _verdict(answer: bytes) -> str | None:
    """What an answer says: `stream: OK`, `stream: NAME FOUND`, or words and `ERROR`."""
    said = answer.strip(b"\0\n ").decode("utf-8", "replace")
    if said == "stream: OK":
        return None
    if said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    if "size limit exceeded" in said:
        raise ScanFailed("The file is larger than clamd's StreamMaxLength.", retryable=False)
    raise ScanFailed(f"The scanner said: {said[:200]}" if said else "The scanner gave no answer.")
