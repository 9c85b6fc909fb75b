"""Handles the lanes of the queue "deliver": one lane per conversation, so its messages leave in order.

Each inbox may have so many sends under way; a slow provider then holds up its own conversations, not others'.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from uuid import UUID

import structlog

from frontdesk.domain.errors import Busy, DeskError
from frontdesk.features.conversations.arrivals import file_of
from frontdesk.features.conversations.limits import rates_of
from frontdesk.features.conversations.sending import DELIVER_QUEUE
from frontdesk.features.delivery import outbox, stops
from frontdesk.features.delivery.asking import can_be_asked
from frontdesk.features.delivery.backoff import Backoff
from frontdesk.features.delivery.letters import Letter
from frontdesk.features.delivery.outbox import Interrupted
from frontdesk.features.delivery.pacing import Later, Limits
from frontdesk.features.delivery.packing import LinkFile, LinkLeave, Packing
from frontdesk.features.delivery.turns import Turns
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.features.inboxes.opening import KeepsInboxes
from frontdesk.features.jobs.worker import Worker
from frontdesk.kit.coalesce import Coalescer
from frontdesk.kit.ids import uuid7
from frontdesk.ports.blobs import Blobs
from frontdesk.ports.channel import (
    Channel,
    Failed,
    OutboundMessage,
    SendResult,
    Unknown,
)
from frontdesk.store import deliveries, jobs
from frontdesk.store.engine import WHOLE, Store
from frontdesk.store.jobs import Job, Lane, LeaseLost

log = structlog.get_logger("frontdesk.delivery")

SLOTS = 256
PER_INBOX = 32
LEASE_SECONDS = 50.0
"""Longer than a try and its margin: a lane that was just claimed need not be renewed."""
_MARGIN_SECONDS = 15.0
_MOST_KEPT = 50_000
ATTEMPT_SECONDS = 30.0
"""Of one try; shorter than what must be left of the lease when it begins."""
FILE_ATTEMPT_SECONDS = 90.0
"""Of one with a file: it is given to the provider first, and only then the message is sent."""


Tell = Callable[[str, SendResult, float], None]
"""Told of each try: the channel, what came of it, and the seconds it took."""


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
        channels: Mapping[str, Channel] = stops.NO_CHANNELS,
        leave: LinkLeave | None = None,
        link: LinkFile | None = None,
        backoff: Backoff | None = None,
        per_inbox: int = PER_INBOX,
        tell: Tell = lambda _channel, _result, _seconds: None,
    ) -> None:
        self._store, self._inboxes, self._packing = store, inboxes, Packing(store, blobs, leave, link)
        self._backoff, self._per_inbox = backoff or Backoff(), per_inbox
        self._channels, self._tell = channels, tell
        self._under_way: Counter[UUID | None] = Counter()
        self._inbox_of_lane: dict[UUID, UUID | None] = {}
        self._inboxes_of: Coalescer[UUID, UUID | None] = Coalescer(self._read_inboxes, whole=WHOLE)
        self._turns = Turns(store)
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
            await self._turns.put_off(lane, inbox_id)
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
            result, is_asked = await self._send(letter)
            return await self._end(lane, job, letter, result, last=last, is_asked=is_asked)
        finally:
            self._under_way[inbox_id] -= 1
            if not self._under_way[inbox_id]:
                del self._under_way[inbox_id]

    async def _inbox_of(self, lane: Lane, job: Job) -> UUID | None:
        """The inbox of a lane; a conversation never changes its inbox."""
        if lane.key not in self._inbox_of_lane:
            found = await self._inboxes_of.submit(UUID(job.payload["delivery"]))
            if len(self._inbox_of_lane) >= _MOST_KEPT:
                self._inbox_of_lane.clear()
            self._inbox_of_lane[lane.key] = found
        return self._inbox_of_lane[lane.key]

    async def _read_inboxes(self, delivery_ids: Sequence[UUID]) -> list[UUID | None]:
        found = await self._store.read(lambda tx: deliveries.inboxes_of(tx, delivery_ids))
        return [found.get(each) for each in delivery_ids]

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

    async def _send(self, letter: Letter) -> tuple[SendResult, bool]:
        """What came of a try, and whether the provider can be asked later where the message stands."""
        with ExitStack() as closing:
            try:
                opened = await self._open(letter.inbox_id)
                if isinstance(opened, Failed):
                    return opened, False
                outbound = await self._packing.packed(letter, opened, closing)
            except Busy as error:
                return Failed(code=error.code, message=error.message, retryable=True), False
            if isinstance(outbound, Failed):
                return outbound, False
            return await self._send_by(opened, letter, outbound), can_be_asked(opened)

    async def _send_by(self, opened: OpenInbox, letter: Letter, outbound: OutboundMessage) -> SendResult:
        begun = time.monotonic()
        result = await self._call(opened, outbound)
        self._tell(opened.channel.slug, result, time.monotonic() - begun)
        if isinstance(result, Failed) and result.auth_expired:
            await self._inboxes.note_state(
                letter.account_id, letter.inbox_id, "reconnect", result.message[:500]
            )
        return result

    async def _call(self, opened: OpenInbox, outbound: OutboundMessage) -> SendResult:
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS if outbound.file is None else FILE_ATTEMPT_SECONDS):
                return await opened.channel.send(outbound, opened.connection)
        except TimeoutError:
            return Unknown(code="timeout", message="The provider did not answer in time.")
        except Exception:  # the edge of a plug-in: whether it had sent already, it cannot say
            log.exception("channel_failed", channel=opened.channel.slug)
            return Unknown(code="channel_error", message="The channel failed while sending.")

    async def _end(
        self, lane: Lane, job: Job, letter: Letter, result: SendResult, *, last: bool, is_asked: bool
    ) -> bool:
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
                        can_be_asked=is_asked,
                    )
                )
            except LeaseLost:
                await self._store.write(lambda tx: outbox.keep_evidence(tx, letter, result))
                raise
            except (Busy, OSError):
                log.warning("delivery_result_waits", delivery=str(letter.delivery_id))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
