"""Files of a history: their bytes go into the blob store, each once, and then rows name them."""

import zipfile
import zlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from frontdesk.domain.attachment import ScanState
from frontdesk.domain.errors import DeskError, Invalid
from frontdesk.domain.history import HistoryFile
from frontdesk.features.attachments import inspecting
from frontdesk.features.attachments.types import clean_name, type_of
from frontdesk.ports.blobs import BlobMissing, Blobs
from frontdesk.store import attachments, histories
from frontdesk.store.engine import Store
from frontdesk.store.histories import Home
from frontdesk.store.tx import Tx

_HEAD = 512
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
"""What reading a member of a broken or sealed ZIP file raises."""


class HoldsBytes(Protocol):
    """What came with the lines: files by the SHA-256 (hex) of their bytes."""

    def has(self, sha256: str) -> bool:
        """Whether a file of this hash is there."""

    def chunks(self, sha256: str) -> AsyncIterator[bytes]:
        """The bytes of a file that is there, in pieces."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """Bytes in the blob store, with what they are."""

    blob: str
    mime: str
    scan: ScanState


Kept = KeptFile | DeskError
"""Where the bytes of a file are, or why they are not."""


class FileKeeper:
    """Keeps the bytes of an import.

    Args:
        store: Where attachments are noted.
        blobs: Where bytes are kept.
        limit: Largest file in bytes.
        is_scanned: Whether a scanner looks into every file before anybody may have it.
        source: What came with the lines.
    """

    def __init__(
        self, store: Store, blobs: Blobs, limit: int, source: HoldsBytes, *, is_scanned: bool = False
    ) -> None:
        self._store, self._blobs, self._limit, self._source = store, blobs, limit, source
        self._is_scanned = is_scanned

    async def keep(self, account_id: UUID, lines: Iterable[HistoryFile]) -> Mapping[UUID, Kept]:
        """Keep the bytes of these files, unless the account has them; one that is known is not read."""
        wanted = {line.id: line for line in lines if line.scan is not ScanState.INFECTED}
        known = await self._store.read(lambda tx: histories.file_owners(tx, list(wanted)))
        kept: dict[UUID, Kept] = {}
        taken: dict[tuple[str, int], tuple[str, bytes]] = {}
        for line in wanted.values():
            if line.id in known:
                continue
            same = (line.sha256, line.size)
            try:
                if same not in taken:
                    taken[same] = await self._bytes(account_id, line)
                kept[line.id] = self._kept(line, *taken[same])
            except DeskError as error:
                kept[line.id] = error
            except _BROKEN as error:
                kept[line.id] = _bad(f"The bytes cannot be read: {error}.")
        return kept

    def foresee(self, lines: Iterable[HistoryFile]) -> Mapping[UUID, Kept]:
        """As `keep`, for a rehearsal: nothing is kept."""
        return {
            line.id: KeptFile("", line.mime or "", line.scan) if self._source.has(line.sha256) else _absent()
            for line in lines
        }

    def _kept(self, line: HistoryFile, name: str, head: bytes) -> KeptFile:
        scan = ScanState.PENDING if self._is_scanned else line.scan
        return KeptFile(name, type_of(head, line.mime, line.filename), scan)

    async def _bytes(self, account_id: UUID, line: HistoryFile) -> tuple[str, bytes]:
        """The blob of these bytes and its first ones: that of the account if it has them, else a new one."""
        same = await self._store.read(
            lambda tx: attachments.same_blob(tx, account_id, line.sha256, line.size)
        )
        return await self._take(line) if same is None else (same, await self._head(same))

    async def _take(self, line: HistoryFile) -> tuple[str, bytes]:
        if not self._source.has(line.sha256):
            raise _absent()
        blob = await self._blobs.write(self._source.chunks(line.sha256), self._limit)
        if (blob.sha256, blob.size) != (line.sha256, line.size):
            await self._blobs.delete(blob.name)
            raise _bad("The bytes are not those that the line names.")
        return blob.name, blob.head

    async def _head(self, name: str) -> bytes:
        try:
            return b"".join([piece async for piece in self._blobs.stream(name, 0, _HEAD)])
        except BlobMissing:
            raise _bad("The desk has lost these bytes.") from None


def note(tx: Tx, message_id: UUID, home: Home, line: HistoryFile, kept: Kept | None) -> None:
    """Note a file of a message. Only where a scanner is set does a job follow: it looks into the file.

    Raises:
        DeskError: Its bytes are not there; with the field and the cure.
    """
    if line.scan is ScanState.INFECTED:
        kept = None
    elif kept is None:
        raise _absent()
    elif isinstance(kept, DeskError):
        raise kept
    histories.add_file(
        tx,
        **home._asdict(),
        message_id=message_id,
        id=line.id,
        blob=kept.blob if kept else None,
        sha256=line.sha256,
        mime=kept.mime if kept else line.mime,
        filename=clean_name(line.filename),
        size=line.size,
        scan=kept.scan if kept else line.scan,
        threat=line.threat,
        created_at=line.created_at,
    )
    if kept is not None and kept.scan is ScanState.PENDING:
        inspecting.want(tx, home.account_id, line.id, mime=kept.mime, scan=kept.scan)


def _absent() -> Invalid:
    return Invalid(
        "The bytes of this file did not come with it.",
        field="sha256",
        hint="Import the ZIP file that holds them, as files/ and this hash.",
    )


def _bad(problem: str) -> Invalid:
    return Invalid(problem, field="sha256", hint="Export again, or leave this line out.")
