"""Previews: which files have one, and how it is drawn, by a process that is ended if it takes too long."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterable
from dataclasses import dataclass

import structlog

log = structlog.get_logger("frontdesk.previews")

PREVIEW_TYPE = "image/webp"
DRAW_SECONDS = 20.0
MOST_BYTES = 32 * 1024 * 1024
"""Of a file that is drawn, and of what drawing may answer."""
_DRAWN_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_ENVIRONMENT = {
    name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ
} | {"MALLOC_ARENA_MAX": "1"}
"""No secrets of ours; and an arena for each thread would count as memory."""
_MODULE = "frontdesk.features.attachments.drawing"


@dataclass(frozen=True, slots=True)
class Preview:
    """A small picture."""

    width: int
    height: int
    content: bytes


def may_be_drawn(mime: str | None) -> bool:
    """Whether files of this type get a preview."""
    return mime in _DRAWN_TYPES


def is_drawn(mime: str | None, size: int | None) -> bool:
    """Whether a file of this type and size gets a preview."""
    return may_be_drawn(mime) and size is not None and size <= MOST_BYTES


async def draw(chunks: AsyncIterable[bytes]) -> Preview | None:
    """The preview of a picture; None if it cannot be drawn within its bounds."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", _MODULE,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env=_ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    try:
        async with asyncio.timeout(DRAW_SECONDS):
            _, answer = await asyncio.gather(_feed(process, chunks), _answer(process))
            code = await process.wait()
    except TimeoutError:
        log.warning("preview_took_too_long")
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return _read(answer) if code == 0 else None


async def _feed(process: asyncio.subprocess.Process, chunks: AsyncIterable[bytes]) -> None:
    if process.stdin is None:
        return
    with contextlib.suppress(ConnectionError):  # it may leave before it has read all
        async for chunk in chunks:
            process.stdin.write(chunk)
            await process.stdin.drain()
    process.stdin.close()


async def _answer(process: asyncio.subprocess.Process) -> bytes:
    answer = b""
    while process.stdout is not None and len(answer) <= MOST_BYTES:
        piece = await process.stdout.read(64 * 1024)
        if not piece:
            return answer
        answer += piece
    return b""


def _read(answer: bytes) -> Preview | None:
    head, _, picture = answer.partition(b"\n")
    width, _, height = head.partition(b" ")
    if not (width.isdigit() and height.isdigit() and picture):
        return None
    return Preview(int(width), int(height), picture)
