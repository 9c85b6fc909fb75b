"""Looks at files once they are stored: scanned first, and what is clean and a picture gets its preview.

One job per file. A file that could not be scanned keeps waiting and is neither served nor sent; when the
scanner stays away, the job becomes a dead letter to be replayed.
"""

import random
from datetime import timedelta
from uuid import UUID

import structlog

from frontdesk.domain.attachment import ScanState, may_be_had
from frontdesk.domain.event import EventType
from frontdesk.features.attachments import previews
from frontdesk.features.jobs.worker import Worker
from frontdesk.ports.blobs import BlobMissing, Blobs, one_chunk
from frontdesk.ports.scanner import ScanFailed, Scanner
from frontdesk.store import conversations, file_checks, jobs, media, message_changes
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Job, Lane
from frontdesk.store.tx import Row, Tx

log = structlog.get_logger("frontdesk.files")

INSPECT_QUEUE = "inspect"
TRIES = 20
_LONGEST_WAIT = 300.0


def want(tx: Tx, account_id: UUID, attachment_id: UUID, *, mime: str | None, scan: str) -> None:
    """Have a stored file looked at, if there is anything to find out."""
    if scan == ScanState.PENDING or previews.may_be_drawn(mime):
        jobs.enqueue(tx, INSPECT_QUEUE, attachment_id, account_id, {"attachment": str(attachment_id)})


class Inspector:
    """Handles the lanes of the queue "inspect": one lane per file.

    Args:
        store: Where files are noted.
        blobs: Where their bytes are.
        scanner: Who looks for viruses; None: nobody, and what still waits for one is let go.
    """

    def __init__(self, store: Store, blobs: Blobs, scanner: Scanner | None = None) -> None:
        self._store, self._blobs, self._scanner = store, blobs, scanner

    def worker(self) -> Worker:
        """The worker that looks at files."""
        return Worker(self._store, INSPECT_QUEUE, self.handle, slots=4, per_lane=1, lease_seconds=180)

    async def handle(self, lane: Lane) -> None:
        """Look at a lane's file."""
        for job in lane.jobs:
            attachment_id = UUID(job.payload["attachment"])
            row = await self._store.read(lambda tx: media.get(tx, lane.account_id, attachment_id))  # noqa: B023
            try:
                verdict = await self._scan(row)
                await self._draw(row, verdict)
            except ScanFailed as error:
                await self._again(lane, job, error)
            except BlobMissing:
                await self._store.write(lambda tx: jobs.bury(tx, lane, job.id, "The bytes are gone."))  # noqa: B023
            else:
                await self._store.write(lambda tx: jobs.done(tx, lane, [job.id]))  # noqa: B023

    async def _scan(self, row: Row) -> str:
        """What is known of the file now."""
        if row.scan != ScanState.PENDING:
            return str(row.scan)
        if self._scanner is None:
            await self._store.write(lambda tx: _passed(tx, row, ScanState.UNSCANNED))
            return ScanState.UNSCANNED
        threat = await self._scanner.scan(self._blobs.stream(row.blob))
        if threat is None:
            await self._store.write(lambda tx: _passed(tx, row, ScanState.CLEAN))
            return ScanState.CLEAN
        log.warning("file_infected", attachment=str(row.id), threat=threat)
        await self._store.write(lambda tx: _infected(tx, row, threat))
        return ScanState.INFECTED

    async def _draw(self, row: Row, verdict: str) -> None:
        if (
            not may_be_had(verdict)
            or row.preview_blob is not None
            or not previews.is_drawn(row.mime, row.size)
        ):
            return
        same = await self._store.read(lambda tx: file_checks.same_preview(tx, row))
        if same is not None:
            size = (same.preview_width, same.preview_height)
            await self._store.write(lambda tx: _drawn(tx, row, same.preview_blob, size))
            return
        drawn = await previews.draw(self._blobs.stream(row.blob))
        if drawn is not None:
            blob = await self._blobs.write(one_chunk(drawn.content), previews.MOST_BYTES)
            await self._store.write(lambda tx: _drawn(tx, row, blob.name, (drawn.width, drawn.height)))

    async def _again(self, lane: Lane, job: Job, error: ScanFailed) -> None:
        if not error.retryable or job.attempts + 1 >= TRIES:
            await self._store.write(lambda tx: jobs.bury(tx, lane, job.id, error.message))
            return
        wait = min(2.0**job.attempts, _LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter

        def again(tx: Tx) -> None:
            jobs.retry(tx, lane, job.id, tx.now + timedelta(seconds=wait), error.message)

        await self._store.write(again)


def _passed(tx: Tx, row: Row, scan: ScanState) -> None:
    message = _lock(tx, row)
    file_checks.passed(tx, row.id, scan)
    _tell(tx, row, message)


def _infected(tx: Tx, row: Row, threat: str) -> None:
    message = _lock(tx, row)
    file_checks.infected(tx, row, threat[:200])
    _tell(tx, row, message)


def _drawn(tx: Tx, row: Row, blob: str, size: tuple[int, int]) -> None:
    message = _lock(tx, row)
    file_checks.drawn(tx, row.id, blob=blob, width=size[0], height=size[1])
    _tell(tx, row, message)


def _lock(tx: Tx, row: Row) -> Row | None:
    """The message of a file as it is now, locked after its conversation; an upload may have none yet."""
    file = media.get(tx, row.account_id, row.id)
    if file.message_id is None:
        return None
    conversations.lock_many(tx, [file.conversation_id])
    return message_changes.lock(tx, file.message_id)


def _tell(tx: Tx, row: Row, message: Row | None) -> None:
    if message is not None:
        message_changes.file_changed(tx, message, EventType.ATTACHMENT_CHECKED, row.id, None)
