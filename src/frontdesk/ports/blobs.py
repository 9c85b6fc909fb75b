"""The blob port: where the bytes of files are kept. Names are random and say nothing."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Blob:
    """A file that the store took: its name there, its size in bytes, its SHA-256 (hex), its first bytes."""

    name: str
    size: int
    sha256: str
    head: bytes


class BlobMissing(Exception):
    """There is no blob of this name."""


class Blobs(Protocol):
    """Keeps bytes. A written blob is durable and never changes."""

    async def write(self, chunks: AsyncIterable[bytes], limit: int) -> Blob:
        """Keep what the chunks hold, all or nothing.

        Raises:
            TooLarge: More than `limit` bytes came.
        """

    async def read(self, name: str) -> bytes:
        """All bytes of a blob. Raises BlobMissing."""

    def stream(self, name: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of a blob from `start`, in pieces. Raises BlobMissing."""

    def older(self, than: datetime) -> AsyncIterator[str]:
        """The names of all blobs written before an instant."""

    async def delete(self, name: str) -> None:
        """Forget a blob; one that is not there is no error."""


async def one_chunk(content: bytes) -> AsyncIterator[bytes]:
    """Bytes at hand, as `write` takes them."""
    yield content
