"""Taking files: into the blob store first, then a row that names it; the same bytes are kept once."""

from collections.abc import AsyncIterable
from dataclasses import dataclass
from uuid import UUID

from frontdesk.domain.attachment import ScanState
from frontdesk.domain.errors import Invalid
from frontdesk.domain.scope import Scope
from frontdesk.features.attachments import inspecting
from frontdesk.features.attachments.types import clean_name, type_of
from frontdesk.ports.blobs import Blob, Blobs, one_chunk
from frontdesk.store import attachments
from frontdesk.store.attachments import NewAttachment
from frontdesk.store.engine import Store
from frontdesk.store.statement import Row
from frontdesk.store.tx import Tx


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file in the blob store, with what it is."""

    blob: str
    sha256: str
    size: int
    mime: str
    filename: str | None
    scan: ScanState = ScanState.UNSCANNED


class Uploads:
    """Takes files for an account.

    Args:
        store: Where attachments are noted.
        blobs: Where bytes are kept.
        limit: Largest file in bytes.
        is_scanned: Whether a scanner looks into every file before anybody may have it.
    """

    def __init__(self, store: Store, blobs: Blobs, limit: int, *, is_scanned: bool = False) -> None:
        self._store, self.blobs, self.limit = store, blobs, limit
        self.is_scanned = is_scanned
        self._scan = ScanState.PENDING if is_scanned else ScanState.UNSCANNED

    async def take(
        self, account_id: UUID, chunks: AsyncIterable[bytes], *, mime: str | None, filename: str | None
    ) -> TakenFile:
        """Keep bytes that come in pieces; if the account has the same already, that blob is used.

        Raises:
            TooLarge: More than the limit came.
            Invalid: The file is empty.
        """
        blob = await self.blobs.write(chunks, self.limit)
        if blob.size == 0:
            await self.blobs.delete(blob.name)
            raise Invalid("The file is empty.", field="file")
        name = await self._same(account_id, blob)
        kind = type_of(blob.head, mime, filename)
        return TakenFile(name, blob.sha256, blob.size, kind, clean_name(filename), self._scan)

    async def take_bytes(
        self, account_id: UUID, content: bytes, *, mime: str | None, filename: str | None
    ) -> TakenFile:
        """Keep bytes at hand, such as a provider's file."""
        return await self.take(account_id, one_chunk(content), mime=mime, filename=filename)

    async def _same(self, account_id: UUID, blob: Blob) -> str:
        same = await self._store.read(
            lambda tx: attachments.same_blob(tx, account_id, blob.sha256, blob.size)
        )
        if same is None:
            return blob.name
        await self.blobs.delete(blob.name)
        return same


def note(tx: Tx, scope: Scope, file: TakenFile) -> Row:
    """Note an uploaded file, to be looked at; answers the attachment."""
    new = NewAttachment(
        state="stored",
        blob=file.blob,
        sha256=file.sha256,
        mime=file.mime,
        filename=file.filename,
        size=file.size,
        created_by=scope.user_id or scope.contact_id or scope.actor_id,
        scan=file.scan,
    )
    row = attachments.add(tx, scope.account_id, new)
    inspecting.want(tx, scope.account_id, row.id, mime=file.mime, scan=file.scan)
    return row
