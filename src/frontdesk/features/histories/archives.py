"""What an export is written as: JSON Lines, Parquet, or a ZIP file of either with the bytes of all files.

The lines are written to a file of their own first, in one short snapshot; what becomes of them is made after
it and leaves in pieces, however slowly the other side reads. The same account gives the same bytes, but for
the time in the first line.
"""

import asyncio
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

import structlog

from frontdesk.features.histories.exporting import export, stored_bytes
from frontdesk.features.histories.parquet import write_lines
from frontdesk.features.histories.sources import FILES, JSONL_MEMBER, PARQUET_MEMBER
from frontdesk.ports.blobs import BlobMissing, Blobs
from frontdesk.store.parquet import require_parquet
from frontdesk.store.tx import ReadTx

log = structlog.get_logger("frontdesk.histories")

_PIECE = 256 * 1024


class Format(StrEnum):
    """How an export is written; also how its file's name ends."""

    ZIP = "zip"
    JSONL = "jsonl"
    PARQUET = "parquet"
    PARQUET_ZIP = "parquet.zip"

    @property
    def has_files(self) -> bool:
        """Whether the bytes of files are in it."""
        return self in {Format.ZIP, Format.PARQUET_ZIP}

    @property
    def is_parquet(self) -> bool:
        """Whether the lines are in Parquet."""
        return self in {Format.PARQUET, Format.PARQUET_ZIP}

    @property
    def mime(self) -> str:
        """Its media type."""
        if self.has_files:
            return "application/zip"
        return "application/vnd.apache.parquet" if self.is_parquet else "application/jsonl"


@dataclass(frozen=True, slots=True)
class Spool:
    """Where an export waits to be sent: its lines, and the names of its files' bytes.

    Args:
        lines: JSON, whatever they are sent as.
        names: The hash and the name of each file's bytes.
        scratch: Folder for what else has to wait on disk; None: the system's.
    """

    lines: BinaryIO
    names: BinaryIO
    scratch: Path | None = None


def spool(tx: ReadTx, account_id: UUID, form: Format, to: Spool) -> int:
    """Write an account's lines, all of one moment. May run again. Answers how many there are.

    Raises:
        Invalid: Parquet is wanted, and its package is missing.
    """
    if form.is_parquet:
        require_parquet()
    for file in (to.lines, to.names):
        file.seek(0)
        file.truncate()
    if form.has_files:
        for sha256, blob in stored_bytes(tx, account_id):
            to.names.write(f"{sha256} {blob}\n".encode())
    count = 0
    for line in export(tx, account_id, with_files=form.has_files):
        count += 1
        to.lines.write(line.encode() + b"\n")
    return count


async def pieces(form: Format, spooled: Spool, blobs: Blobs) -> AsyncIterator[bytes]:
    """The whole export, in pieces."""
    if not form.has_files:
        async for piece in _lines(form, spooled):
            yield piece
        return
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w") as archive:
        name = PARQUET_MEMBER if form.is_parquet else JSONL_MEMBER
        async for piece in _member(archive, outlet, name, _lines(form, spooled), packed=not form.is_parquet):
            yield piece
        for sha256, blob in _names(spooled.names):
            async for piece in _member(archive, outlet, FILES + sha256, _bytes(blobs, blob)):
                yield piece
    yield outlet.take()


async def _member(
    archive: zipfile.ZipFile,
    outlet: "_Outlet",
    name: str,
    content: AsyncIterator[bytes],
    *,
    packed: bool = False,
) -> AsyncIterator[bytes]:
    try:
        first = await anext(content, b"")
    except BlobMissing:
        log.warning("export_lacks_bytes", name=name)
        return
    about = zipfile.ZipInfo(name)  # of 1980: the same account gives the same bytes
    about.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with archive.open(about, "w", force_zip64=True) as member:
        await asyncio.to_thread(member.write, first)
        async for piece in content:
            await asyncio.to_thread(member.write, piece)
            yield outlet.take()


async def _lines(form: Format, spooled: Spool) -> AsyncIterator[bytes]:
    if not form.is_parquet:
        async for piece in _read(spooled.lines):
            yield piece
        return
    spooled.lines.seek(0)
    with tempfile.TemporaryFile(dir=spooled.scratch) as file:
        parquet = cast("BinaryIO", file)
        await asyncio.to_thread(write_lines, spooled.lines, parquet, spooled.scratch)
        async for piece in _read(parquet):
            yield piece


async def _read(file: BinaryIO) -> AsyncIterator[bytes]:
    file.seek(0)
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece


def _names(file: BinaryIO) -> Iterator[tuple[str, str]]:
    file.seek(0)
    for line in file:
        sha256, _, blob = line.decode().strip().partition(" ")
        yield sha256, blob


async def _bytes(blobs: Blobs, name: str) -> AsyncIterator[bytes]:
    async for piece in blobs.stream(name):
        yield piece


class _Outlet:
    """Takes what the ZIP writer writes and gives it away; it cannot go back, and the writer does not."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep a piece until it is taken."""
        self._written.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        """What was written since the last time."""
        written, self._written = b"".join(self._written), []
        return written
