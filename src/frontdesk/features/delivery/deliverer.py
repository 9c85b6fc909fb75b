"""Handles the lanes of the queue "deliver": one lane per conversation, so its messages leave in order.

Each inbox may have so many sends under way; a slow provider then holds up its own conversations, not others'.
"""

import asyncio
import dataclasses
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import structlog

from frontdesk.domain.attachment import ScanState
from frontdesk.domain.errors import Busy, DeskError
from frontdesk.domain.inbound import Address
from frontdesk.features.conversations.arrivals import file_of, files_of
from frontdesk.features.conversations.limits import rates_of
from frontdesk.features.conversations.sending import DELIVER_QUEUE
from frontdesk.features.delivery import outbox
from frontdesk.features.delivery.asking import can_be_asked
from frontdesk.features.delivery.backoff import Backoff
from frontdesk.features.delivery.outbox import Interrupted, Letter
from frontdesk.features.delivery.pacing import Later, Limits
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.features.inboxes.opening import KeepsInboxes
from frontdesk.features.jobs.worker import Worker
from frontdesk.kit.ids import uuid7
from frontdesk.kit.spool import close, kept
from frontdesk.ports.blobs import BlobMissing, Blobs
from frontdesk.ports.channel import (
    Channel,
    Earlier,
    Failed,
    OutboundFile,
    OutboundMessage,
    SendResult,
    Unknown,
)
from frontdesk.store import deliveries, jobs, media
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Job, Lane, LeaseLost
from frontdesk.store.tx import Row, Tx

log = structlog.get_logger("frontdesk.delivery")

SLOTS = 256
PER_INBOX = 32
LEASE_SECONDS = 45.0
_MARGIN_SECONDS = 15.0
_MOST_KEPT = 50_000
ATTEMPT_SECONDS = 30.0
"""Of one try; shorter than what must be left of the lease when it begins."""
FILE_ATTEMPT_SECONDS = 90.0
"""Of one with a file: it is given to the provider first, and only then the message is sent."""


Tell = Callable[[str, SendResult, float], None]
"""Told of each try: the channel, what came of it, and the seconds it took."""
LinkLeave = Callable[[UUID], str | None]
LinkFile = Callable[[UUID, UUID], str]
"""A path by which an account's file can be fetched for a while."""


class Deliverer:
    """Sends what is queued.

    Args:
        store: Where it is queued.
        inboxes: By which channel it goes.
        blobs: Where its files are.
        channels: By slug, for what they say of machines.
        leave: Makes a link by which the reader of a message leaves; None where there can be none.
        link: Makes a link to a file, for channels whose provider fetches it.
        backoff: When to try again.
        per_inbox: How many sends an inbox may have under way.
        tell: Told of each try.
    """

    def __init__(
        self,
        store: Store,
        inboxes: KeepsInboxes,
        blobs: Blobs,
        *,
        channels: Mapping[str, Channel] = outbox.NO_CHANNELS,
        leave: LinkLeave | None = None,
        link: LinkFile | None = None,
        backoff: Backoff | None = None,
        per_inbox: int = PER_INBOX,
        tell: Tell = lambda _channel, _result, _seconds: None,
    ) -> None:
        self._store, self._inboxes, self._blobs = store, inboxes, blobs
        self._backoff, self._per_inbox = backoff or Backoff(), per_inbox
        self._link, self._leave, self._channels, self._tell = link, leave, channels, tell
        self._under_way: Counter[UUID | None] = Counter()
        self._inbox_of_lane: dict[UUID, UUID | None] = {}
        self._asked: set[UUID] = set()
        """Inboxes whose provider can be asked where a message stands, as of the last send."""
        self._worker = Worker(store, DELIVER_QUEUE, self.handle, slots=SLOTS, lease_seconds=LEASE_SECONDS)

    def worker(self) -> Worker:
        """The worker that delivers."""
        return self._worker

    async def handle(self, lane: Lane) -> None:
        """Send a lane's messages one after the other; stop at the first that has to wait."""
        leased = time.monotonic()
        for n, job in enumerate(lane.jobs):
            if self._worker.is_stopping:
                break
            if time.monotonic() - leased > LEASE_SECONDS - ATTEMPT_SECONDS - _MARGIN_SECONDS:
                await self._store.write(lambda tx: jobs.renew(tx, lane, LEASE_SECONDS))
                leased = time.monotonic()
            if not await self._deliver(lane, job, last=n == len(lane.jobs) - 1):
                return
        await self._store.write(lambda tx: jobs.release(tx, lane))

    async def _deliver(self, lane: Lane, job: Job, *, last: bool) -> bool:
        """One message; says whether the next of the lane may go. If not, the lane was given back."""
        inbox_id = await self._inbox_of(lane, job)
        if self._under_way[inbox_id] >= self._per_inbox:
            await self._put_off(lane, job)
            return False
        self._under_way[inbox_id] += 1
        try:
            limits = await self._limits(inbox_id)
            letter = await self._begin(lane, job, limits, last=last)
            if isinstance(letter, Later):
                return False
            if letter is None:
                return not last
            if file_of(letter.content) is not None:
                until = FILE_ATTEMPT_SECONDS + _MARGIN_SECONDS
                await self._store.write(lambda tx: jobs.renew(tx, lane, until))
            result = await self._send(letter)
            return await self._end(lane, job, letter, result, last=last)
        finally:
            self._under_way[inbox_id] -= 1
            if not self._under_way[inbox_id]:
                del self._under_way[inbox_id]

    async def _inbox_of(self, lane: Lane, job: Job) -> UUID | None:
        """The inbox of a lane; a conversation never changes its inbox."""
        if lane.key not in self._inbox_of_lane:
            delivery_id = UUID(job.payload["delivery"])
            found = await self._store.read(lambda tx: deliveries.inbox_of(tx, delivery_id))
            if len(self._inbox_of_lane) >= _MOST_KEPT:
                self._inbox_of_lane.clear()
            self._inbox_of_lane[lane.key] = found
        return self._inbox_of_lane[lane.key]

    async def _put_off(self, lane: Lane, job: Job) -> None:
        """The inbox has enough under way: give the lane back for about a second."""
        seconds = random.uniform(0.5, 1.5)  # noqa: S311 - so that not all come back at once

        def change(tx: Tx) -> None:
            jobs.retry(tx, lane, job.id, tx.now + timedelta(seconds=seconds), "The inbox is busy.")

        await self._store.write(change)

    async def _limits(self, inbox_id: UUID | None) -> Limits | None:
        """How fast and how much an inbox may send; None where nothing bounds it."""
        opened = None if inbox_id is None else await self._open(inbox_id)
        if opened is None or isinstance(opened, Failed):
            return None
        rates = rates_of(opened.channel.capabilities, opened.row.settings)
        return None if rates.are_none else Limits(rates, opened.row.time_zone)

    async def _begin(
        self, lane: Lane, job: Job, limits: Limits | None, *, last: bool
    ) -> Letter | Later | None:
        attempt_id = uuid7()
        begun = await self._store.write(
            lambda tx: outbox.begin(tx, lane, job, attempt_id, self._channels, last=last, limits=limits)
        )
        if not isinstance(begun, Interrupted):
            return begun
        opened = await self._open(begun.inbox_id)
        if not isinstance(opened, Failed) and opened.channel.capabilities.idempotent_sends:
            again = await self._store.write(
                lambda tx: outbox.begin(tx, lane, job, attempt_id, self._channels, last=last, resume=True)
            )
            return again if isinstance(again, Letter) else None
        log.warning("delivery_unknown", delivery=str(begun.delivery_id))
        await self._store.write(lambda tx: outbox.end_interrupted(tx, lane, job, last=last))
        return None

    async def _open(self, inbox_id: UUID) -> OpenInbox | Failed:
        try:
            return await self._inboxes.open(inbox_id)
        except Busy:
            raise
        except DeskError as error:
            return Failed(code=error.code, message=error.message, retryable=False)

    async def _send(self, letter: Letter) -> SendResult:
        with ExitStack() as closing:
            return await self._send_with(letter, closing)

    async def _send_with(self, letter: Letter, closing: ExitStack) -> SendResult:
        """Send, and leave the files that were opened for it to be closed."""
        try:
            opened = await self._open(letter.inbox_id)
            if isinstance(opened, Failed):
                return opened
            if can_be_asked(opened):
                self._asked.add(letter.inbox_id)
            files = await self._files(letter, closing)
            earlier = await self._earlier(letter, opened)
        except Busy as error:
            return Failed(code=error.code, message=error.message, retryable=True)
        if isinstance(files, Failed):
            return files
        begun = time.monotonic()
        result = await self._call(opened, self._outbound(letter, opened, files, earlier))
        self._tell(opened.channel.slug, result, time.monotonic() - begun)
        if isinstance(result, Failed) and result.auth_expired:
            await self._inboxes.note_state(
                letter.account_id, letter.inbox_id, "reconnect", result.message[:500]
            )
        return result

    def _outbound(
        self, letter: Letter, opened: OpenInbox, files: tuple[OutboundFile, ...], earlier: tuple[Earlier, ...]
    ) -> OutboundMessage:
        is_file = file_of(letter.content) is not None
        return OutboundMessage(
            delivery_id=letter.delivery_id,
            message_id=letter.message_id,
            to=Address(letter.scheme, letter.address),
            content=letter.content,
            context=letter.context,
            reply_to_source_id=letter.reply_to_source_id,
            target_source_id=letter.target_source_id,
            url=self._url(letter, opened),
            automatic=letter.automatic,
            leave_url=self._leave(letter.message_id) if letter.unasked and self._leave else None,
            file=files[0] if is_file and files else None,
            files=() if is_file else files,
            earlier=earlier,
        )

    async def _call(self, opened: OpenInbox, outbound: OutboundMessage) -> SendResult:
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS if outbound.file is None else FILE_ATTEMPT_SECONDS):
                return await opened.channel.send(outbound, opened.connection)
        except TimeoutError:
            return Unknown(code="timeout", message="The provider did not answer in time.")
        except Exception:  # the edge of a plug-in: whether it had sent already, it cannot say
            log.exception("channel_failed", channel=opened.channel.slug)
            return Unknown(code="channel_error", message="The channel failed while sending.")

    def _url(self, letter: Letter, opened: OpenInbox) -> str | None:
        """A public address of the message's file, where the provider fetches it: on the host of its hooks."""
        file, hook_url = file_of(letter.content), opened.connection.hook_url
        if self._link is None or file is None or file.attachment_id is None or hook_url is None:
            return None
        if not opened.channel.capabilities.files_by_link:
            return None
        parts = urlsplit(hook_url)
        return f"{parts.scheme}://{parts.netloc}{self._link(letter.account_id, file.attachment_id)}"

    async def _files(self, letter: Letter, closing: ExitStack) -> tuple[OutboundFile, ...] | Failed:
        found: list[OutboundFile] = []
        for file in files_of(letter.content):
            if file.attachment_id is None:
                continue
            read = await self._file(letter, file.attachment_id)
            if isinstance(read, Failed):
                return read
            closing.callback(close, read.content)
            found.append(dataclasses.replace(read, content_id=file.content_id))
        return tuple(found)

    async def _earlier(self, letter: Letter, opened: OpenInbox) -> tuple[Earlier, ...]:
        """What a message of a channel that answers by id must name."""
        if not opened.channel.capabilities.answers_by_id:
            return ()
        rows = await self._store.read(lambda tx: deliveries.earlier(tx, letter.message_id))
        return tuple(_told(row) for row in rows)

    async def _file(self, letter: Letter, attachment_id: UUID) -> OutboundFile | Failed:
        row = await self._store.read(lambda tx: media.get(tx, letter.account_id, attachment_id))
        if row.scan == ScanState.INFECTED:
            return Failed(
                code="file_infected", message=f"The file holds a virus: {row.threat}.", retryable=False
            )
        if row.state != "stored" or row.blob is None:
            return Failed(code="file_missing", message="The file is not there.", retryable=False)
        if row.scan == ScanState.PENDING:
            message = "The file is still being checked for viruses."
            return Failed(code="file_unchecked", message=message, retryable=True)
        try:
            content = await kept(self._blobs.stream(row.blob))
        except BlobMissing:
            return Failed(code="file_missing", message="The file is not there.", retryable=False)
        except (Busy, OSError):  # nothing was sent yet, so it may be tried again
            return Failed(code="files_away", message="The file store was not reached.", retryable=True)
        return OutboundFile(
            content=content, mime=row.mime or "application/octet-stream", filename=row.filename
        )

    async def _end(self, lane: Lane, job: Job, letter: Letter, result: SendResult, *, last: bool) -> bool:
        """Note what came of it, as often as the store needs: what was sent must not be forgotten."""
        pause = 0.1
        while True:
            try:
                return await self._store.write(
                    lambda tx: outbox.end(
                        tx,
                        lane,
                        job,
                        letter,
                        result,
                        self._backoff,
                        last=last,
                        can_be_asked=letter.inbox_id in self._asked,
                    )
                )
            except LeaseLost:
                await self._store.write(lambda tx: outbox.keep_evidence(tx, letter, result))
                raise
            except (Busy, OSError):
                log.warning("delivery_result_waits", delivery=str(letter.delivery_id))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)


def _told(row: Row) -> Earlier:
    """An earlier message, of `store.deliveries.earlier`."""
    content = json.loads(row.content)
    words = content.get("text") or content.get("body") or content.get("caption")
    return Earlier(row.source_id, content.get("subject"), words if row.direction == "outgoing" else None)
