"""Bytes on their way through: small ones in memory, large ones in a file that nobody else sees.

The file has no name and is gone when it is closed. It lies where the system keeps temporary files (`TMPDIR`).
"""

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator
from tempfile import TemporaryFile
from typing import IO

LARGE = 1024 * 1024
"""What has more bytes goes into a file."""
_PIECE = 256 * 1024

Body = bytes | IO[bytes]
"""Bytes, or a file of them."""


async def kept(chunks: AsyncIterable[bytes]) -> Body:
    """All that comes. A file is the caller's to close, see `close`."""
    parts, size = list[bytes](), 0
    file: IO[bytes] | None = None
    try:
        async for chunk in chunks:
            if file is not None:
                file.write(chunk)
                continue
            parts.append(chunk)
            size += len(chunk)
            if size > LARGE:
                file = TemporaryFile()  # noqa: SIM115 - whoever gets it closes it
                file.writelines(parts)
                parts.clear()
    except BaseException:
        if file is not None:
            file.close()
        raise
    if file is None:
        return b"".join(parts)
    file.flush()
    return file


def size_of(body: Body) -> int:
    """How many bytes there are."""
    return len(body) if isinstance(body, bytes) else os.fstat(body.fileno()).st_size


def whole(body: Body) -> bytes:
    """All of them in memory, for what has to be made of all of them."""
    if isinstance(body, bytes):
        return body
    body.seek(0)
    return body.read()


async def pieces(body: Body) -> AsyncIterator[bytes]:
    """All of them, from the beginning, a piece at a time."""
    if isinstance(body, bytes):
        yield body
        return
    body.seek(0)
    while piece := await asyncio.to_thread(body.read, _PIECE):
        yield piece


def close(body: Body) -> None:
    """Forget them."""
    if not isinstance(body, bytes):
        body.close()
