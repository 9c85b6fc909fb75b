"""What an import is read from: JSON Lines, Parquet, or a ZIP file with either and the bytes of files.

Which of them it is, its first bytes say. Nothing is unpacked, and no name within a ZIP file is a path here.
"""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO, BinaryIO

from frontdesk.domain.errors import Invalid
from frontdesk.features.histories.parquet import read_lines

LARGEST_LINE = 8 * 1024 * 1024
JSONL_MEMBER, PARQUET_MEMBER, FILES = "history.jsonl", "history.parquet", "files/"
_PIECE = 256 * 1024
_ZIP, _PARQUET = b"PK\x03\x04", b"PAR1"


class Source:
    """A history that is open for reading, from its beginning as often as it is asked for.

    Args:
        file: Seekable. Stays the caller's to close.
        scratch: Folder for what has to be unpacked; None: the system's.

    Raises:
        Invalid: It is a ZIP file that cannot be read, or holds no history.
    """

    def __init__(self, file: BinaryIO, scratch: Path | None = None) -> None:
        self._file, self._scratch = file, scratch
        file.seek(0)
        self._begins = file.read(4)
        self._zip = _zip(file) if self._begins == _ZIP else None
        names = set(self._zip.namelist()) if self._zip else set[str]()
        self._member = next((name for name in (JSONL_MEMBER, PARQUET_MEMBER) if name in names), None)
        if self._zip is not None and self._member is None:
            raise Invalid(
                f"The ZIP file holds neither {JSONL_MEMBER} nor {PARQUET_MEMBER}.",
                field="file",
                hint="See docs/histories.md for what an export looks like.",
            )

    def __iter__(self) -> Iterator[bytes]:
        """Each line as it is.

        Raises:
            Invalid: One is too long to be a line of a history, or the file is broken.
        """
        if self._zip is not None:
            yield from self._from_zip(self._zip)
            return
        self._file.seek(0)
        is_parquet = self._begins == _PARQUET
        yield from read_lines(self._file, self._scratch) if is_parquet else _lines(self._file)

    def has(self, sha256: str) -> bool:
        """Whether the bytes of this hash came along."""
        return self._zip is not None and FILES + sha256 in self._zip.NameToInfo

    async def chunks(self, sha256: str) -> AsyncIterator[bytes]:
        """These bytes, in pieces."""
        if self._zip is None:
            return
        with await asyncio.to_thread(self._zip.open, FILES + sha256) as member:
            while piece := await asyncio.to_thread(member.read, _PIECE):
                yield piece

    def _from_zip(self, archive: zipfile.ZipFile) -> Iterator[bytes]:
        try:
            with archive.open(str(self._member)) as member:
                if self._member == JSONL_MEMBER:
                    yield from _lines(member)
                    return
                yield from read_lines(member, self._scratch)
        except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
            raise _broken(error) from None


def _zip(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise _broken(error) from None


def _broken(error: Exception) -> Invalid:
    return Invalid(
        f"The ZIP file cannot be read: {error}."[:300],
        field="file",
        hint="Was it sent whole? Export or send it again.",
    )


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    number = 0
    while line := file.readline(LARGEST_LINE + 1):
        number += 1
        if len(line) > LARGEST_LINE:
            raise Invalid(
                f"Line {number} has more than {LARGEST_LINE // 1024**2} MiB.",
                field="file",
                hint="A history has one JSON object a line; see docs/histories.md.",
            )
        yield line
