"""Fetches what customers sent: from the provider, checked against its hash, into the blob store.

The message was there before and does not wait; it learns of its file by an event.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterable
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog

from frontdesk.domain.errors import Busy, DeskError
from frontdesk.domain.event import EventType
from frontdesk.features.attachments import inspecting
from frontdesk.features.attachments.uploads import TakenFile
from frontdesk.features.conversations.arrivals import MEDIA_QUEUE
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.features.inboxes.opening import OpensInboxes
from frontdesk.features.ingest import hook_files
from frontdesk.features.jobs.worker import Worker
from frontdesk.kit.spool import close, pieces
from frontdesk.ports.channel import FetchedMedia, MediaFetchFailed
from frontdesk.store import conversations, jobs, media, message_changes
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Job, Lane
from frontdesk.store.tx import Row, Tx

log = structlog.get_logger("frontdesk.files")

TRIES = 6
FETCH_SECONDS = 45.0


class TakesBytes(Protocol):
    """Keeps the bytes of a file."""

    async def take(
        self, account_id: UUID, chunks: AsyncIterable[bytes], *, mime: str | None, filename: str | None
    ) -> TakenFile:
        """Keep bytes; the same ones are kept once. Raises Invalid, TooLarge."""


class HashMismatch(Exception):
    """The bytes are not those that the provider announced."""


class Fetcher:
    """Handles the lanes of the queue "media": one lane per file."""

    def __init__(self, store: Store, inboxes: OpensInboxes, uploads: TakesBytes) -> None:
        self._store, self._inboxes, self._uploads = store, inboxes, uploads

    def worker(self) -> Worker:
        """The worker that fetches files."""
        return Worker(self._store, MEDIA_QUEUE, self.handle, slots=8, per_lane=1, lease_seconds=90)

    async def handle(self, lane: Lane) -> None:
        """Fetch a lane's file."""
        for job in lane.jobs:
            attachment_id = UUID(job.payload["attachment"])
            row = await self._store.read(lambda tx: media.get(tx, lane.account_id, attachment_id))  # noqa: B023
            if row.state == "stored":
                await self._store.write(lambda tx: jobs.done(tx, lane, [job.id]))  # noqa: B023
                continue
            await self._fetch(lane, job, row)

    async def _fetch(self, lane: Lane, job: Job, row: Row) -> None:
        try:
            opened = await self._inboxes.open(row.inbox_id)
            async with asyncio.timeout(FETCH_SECONDS):
                fetched = await self._fetched(opened, row)
            taken = await self._keep(row, fetched)
        except Busy:
            raise
        except (MediaFetchFailed, HashMismatch, TimeoutError, DeskError) as error:
            await self._failed(lane, job, row, error)
            return
        await self._store.write(lambda tx: _stored(tx, lane, job, row, taken))

    async def _fetched(self, opened: OpenInbox, row: Row) -> FetchedMedia:
        if opened.channel.capabilities.files_in_hooks and hook_files.is_in_receipt(row.source_media_id):
            return await hook_files.fetch(self._store, opened.channel, row)
        return await opened.channel.fetch(row.source_media_id, row.source_url, opened.connection)

    async def _keep(self, row: Row, fetched: FetchedMedia) -> TakenFile:
        try:
            taken = await self._uploads.take(
                row.account_id,
                pieces(fetched.content),
                mime=row.mime or fetched.mime,
                filename=row.filename or fetched.filename,
            )
        finally:
            close(fetched.content)
        if row.sha256 is not None and row.sha256.lower() != taken.sha256:
            raise HashMismatch
        return taken

    async def _failed(self, lane: Lane, job: Job, row: Row, error: Exception) -> None:
        words, retryable = _words(error)
        if retryable and job.attempts + 1 < TRIES:
            seconds = min(2.0 ** (job.attempts + 1), 120) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter

            def again(tx: Tx) -> None:
                jobs.retry(tx, lane, job.id, tx.now + timedelta(seconds=seconds), words)

            await self._store.write(again)
            return

        def give_up(tx: Tx) -> None:
            message = _lock(tx, row)
            if media.failed(tx, row.id, words) and message is not None:
                message_changes.file_changed(tx, message, EventType.ATTACHMENT_FAILED, row.id, None)
            jobs.bury(tx, lane, job.id, words)

        await self._store.write(give_up)


def _stored(tx: Tx, lane: Lane, job: Job, row: Row, taken: TakenFile) -> None:
    message = _lock(tx, row)
    is_new = media.stored(
        tx,
        row.id,
        blob=taken.blob,
        sha256=taken.sha256,
        mime=taken.mime,
        filename=taken.filename,
        size=taken.size,
        scan=taken.scan,
    )
    if is_new:
        inspecting.want(tx, row.account_id, row.id, mime=taken.mime, scan=taken.scan)
    if is_new and message is not None:
        message_changes.file_changed(
            tx, message, EventType.ATTACHMENT_STORED, row.id, _described(message.content, row.id, taken)
        )
    jobs.done(tx, lane, [job.id])


def _lock(tx: Tx, row: Row) -> Row | None:
    if row.message_id is None:
        return None
    conversations.lock_many(tx, [row.conversation_id])
    return message_changes.lock(tx, row.message_id)


def _described(content: str, attachment_id: UUID, taken: TakenFile) -> str:
    """The message's content with what is known of its file now."""
    said = json.loads(content)
    attached = [
        each for each in said.get("attachments", ()) if each.get("attachment_id") == str(attachment_id)
    ]
    for file in [said["media"]] if "media" in said else attached:
        file |= {"mime": taken.mime, "size": taken.size, "sha256": taken.sha256}
        if taken.filename is not None:
            file["filename"] = taken.filename
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _words(error: Exception) -> tuple[str, bool]:
    match error:
        case MediaFetchFailed():
            return error.message, error.retryable
        case HashMismatch():
            return "The file is not the one that was announced.", True
        case TimeoutError():
            return "The provider did not give the file in time.", True
        case DeskError():
            return error.message, False
        case _:
            return type(error).__name__, False
