"""Blobs as files of a folder of this machine."""

import asyncio
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import IO

from frontdesk.domain.errors import TooLarge
from frontdesk.ports.blobs import Blob, BlobMissing

_NAME = re.compile(r"[0-9a-f]{32}")
_PIECE = 256 * 1024
_HEAD = 512


class LocalFiles:
    """Keeps each blob in a file of a random name, in one of 256 folders.

    A blob is written beside, synced and then renamed into place, so a half one is never seen.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def close(self) -> None:
        """There is nothing to close."""

    async def write(self, chunks: AsyncIterable[bytes], limit: int) -> Blob:
        """Keep what the chunks hold. Raises TooLarge."""
        name = secrets.token_hex(16)
        digest, size, head = hashlib.sha256(), 0, b""
        file = await asyncio.to_thread(self._begin)
        try:
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge(f"The file is larger than {limit} bytes.", field="file")
                if len(head) < _HEAD:
                    head += chunk[: _HEAD - len(head)]
                await asyncio.to_thread(_add, file, digest, chunk)
            await asyncio.to_thread(self._finish, file, name)
        except BaseException:
            _drop(file)
            raise
        return Blob(name, size, digest.hexdigest(), head)

    async def read(self, name: str) -> bytes:
        """All bytes of a blob. Raises BlobMissing."""
        try:
            return await asyncio.to_thread(self._path(name).read_bytes)
        except FileNotFoundError:
            raise BlobMissing(name) from None

    async def stream(self, name: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of a blob in pieces. Raises BlobMissing."""
        try:
            file = await asyncio.to_thread(self._path(name).open, "rb")
        except FileNotFoundError:
            raise BlobMissing(name) from None
        with file:
            file.seek(start)
            left = length
            while left is None or left > 0:
                piece = await asyncio.to_thread(file.read, _PIECE if left is None else min(_PIECE, left))
                if not piece:
                    return
                left = None if left is None else left - len(piece)
                yield piece

    async def older(self, than: datetime) -> AsyncIterator[str]:
        """The names of all blobs written before an instant; half-written ones that old are removed."""
        for folder in await asyncio.to_thread(lambda: sorted(self._folder.glob("*/"))):
            for name in await asyncio.to_thread(_older, folder, than.timestamp()):
                yield name
        await asyncio.to_thread(_drop_parts, self._folder, than.timestamp())

    async def delete(self, name: str) -> None:
        """Forget a blob."""
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BlobMissing(name)
        return self._folder / name[:2] / name

    def _begin(self) -> IO[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return tempfile.NamedTemporaryFile(dir=self._folder, prefix="part-", delete=False)

    def _finish(self, file: IO[bytes], name: str) -> None:
        file.flush()
        os.fsync(file.fileno())
        file.close()
        path = self._path(name)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        Path(file.name).replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _drop(file: IO[bytes]) -> None:
    file.close()
    Path(file.name).unlink(missing_ok=True)


def _older(folder: Path, than: float) -> list[str]:
    return [
        path.name for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.stat().st_mtime < than
    ]


def _drop_parts(folder: Path, than: float) -> None:
    for path in folder.glob("part-*"):
        if path.stat().st_mtime < than:
            path.unlink(missing_ok=True)


def _add(file: IO[bytes], digest: "hashlib._Hash", chunk: bytes) -> None:
    file.write(chunk)
    digest.update(chunk)
