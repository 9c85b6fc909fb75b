"""Asking providers that do not tell: one lane per inbox, so one process at a time asks for an inbox.

The cursor is the payload of the inbox's one job. What was collected becomes receipts in the same change that
moves the cursor, so nothing is lost between them; what a stopped worker asked is asked again.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog

from frontdesk.domain.errors import Busy, DeskError, NotFound
from frontdesk.domain.scope import system_scope
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.features.inboxes.opening import KeepsInboxes
from frontdesk.features.jobs.worker import Worker
from frontdesk.ports.channel import Channel, Collected, CollectFailed, Collects
from frontdesk.store import inboxes, jobs, receipts
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Job, Lane
from frontdesk.store.receipts import Receipt
from frontdesk.store.tx import Tx

log = structlog.get_logger("frontdesk.collect")

QUEUE = "collect"
COLLECT_SECONDS = 90.0
LEASE_SECONDS = 120.0
OFF_SECONDS = 30.0
"""An inbox that is not to be asked is looked at again after so long."""
_LONGEST_PAUSE = 900.0


class KnowsChannels(KeepsInboxes, Protocol):
    """Inboxes, and by which channels they go."""

    @property
    def channels(self) -> Mapping[str, Channel]:
        """The known channels."""


class Collector:
    """Handles the lanes of the queue "collect".

    Args:
        store: Where receipts are kept.
        inboxes: Whom to ask.
        tell: Told of each asking that brought something: the channel, and how many requests.
    """

    def __init__(
        self,
        store: Store,
        inboxes: KnowsChannels,
        *,
        tell: Callable[[str, int], None] = lambda _channel, _count: None,
    ) -> None:
        self._store, self._inboxes, self._tell = store, inboxes, tell

    def worker(self) -> Worker:
        """The worker that asks."""
        return Worker(self._store, QUEUE, self.handle, slots=8, per_lane=1, lease_seconds=LEASE_SECONDS)

    async def handle(self, lane: Lane) -> None:
        """Ask for one inbox, keep what came, and come again."""
        job = lane.jobs[0]
        try:
            opened = await self._inboxes.open(lane.key)
        except NotFound:
            await self._store.write(lambda tx: jobs.done(tx, lane, [job.id]))
            return
        except Busy:
            raise
        except DeskError as error:
            await self._again(lane, job, OFF_SECONDS, error.message)
            return
        seconds = opened.channel.collects(opened.connection) if isinstance(opened.channel, Collects) else None
        if seconds is None:
            await self._again(lane, job, OFF_SECONDS, "This inbox is not to be asked.")
            return
        await self._collect(lane, job, opened, seconds)

    async def _collect(self, lane: Lane, job: Job, opened: OpenInbox, seconds: float) -> None:
        channel = opened.channel
        assert isinstance(channel, Collects)  # noqa: S101 - the caller asked
        try:
            async with asyncio.timeout(COLLECT_SECONDS):
                collected = await channel.collect(opened.connection, job.payload)
        except TimeoutError:
            await self._again(lane, job, self._pause(job, seconds), "The provider did not answer in time.")
            return
        except CollectFailed as error:
            log.info("collect_failed", inbox=str(lane.key), reason=error.message)
            if error.auth_expired:
                await self._inboxes.note_state(lane.account_id, lane.key, "reconnect", error.message[:500])
            await self._again(lane, job, self._pause(job, seconds), error.message)
            return
        await self._store.write(lambda tx: _keep(tx, lane, job, collected, seconds))
        if collected.requests:
            self._tell(channel.slug, len(collected.requests))

    def _pause(self, job: Job, seconds: float) -> float:
        return min(seconds * 2.0 ** min(job.attempts, 10), _LONGEST_PAUSE)

    async def _again(self, lane: Lane, job: Job, seconds: float, reason: str) -> None:
        def change(tx: Tx) -> None:
            jobs.retry(tx, lane, job.id, tx.now + timedelta(seconds=seconds), reason[:500])

        await self._store.write(change)


def _keep(tx: Tx, lane: Lane, job: Job, collected: Collected, seconds: float) -> None:
    """The receipts and the moved cursor, in one change; under the lane's fence."""
    found = [
        Receipt(lane.account_id, lane.key, each.method, dict(each.query), dict(each.headers), each.body)
        for each in collected.requests
    ]
    if found:
        receipts.add_many(tx, found)
    run_at = tx.now if collected.more else tx.now + timedelta(seconds=seconds)
    jobs.enqueue(tx, QUEUE, lane.key, lane.account_id, dict(collected.cursor), run_at=run_at)
    jobs.done(tx, lane, [job.id])


class CollectingBeginner:
    """Gives each inbox of a channel that collects its job, once."""

    name = "collecting"

    def __init__(self, store: Store, inboxes: KnowsChannels) -> None:
        self._store, self._inboxes = store, inboxes

    async def run(self, stopping: asyncio.Event) -> None:
        """Look for new inboxes every few seconds, until told to stop."""
        slugs = [slug for slug, channel in self._inboxes.channels.items() if isinstance(channel, Collects)]
        while slugs and not stopping.is_set():
            with suppress(Busy, OSError):
                await self.begin(slugs)
            with suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await stopping.wait()

    async def begin(self, slugs: list[str]) -> None:
        """Give a job to inboxes that have none."""
        known = await self._store.read(lambda tx: jobs.keys(tx, QUEUE))
        rows = await self._store.read(lambda tx: inboxes.of_channels(tx, slugs))
        for row in rows:
            if row.id not in known:
                await self._store.write(lambda tx: _begin(tx, row.account_id, row.id))  # noqa: B023


def _begin(tx: Tx, account_id: UUID, inbox_id: UUID) -> None:
    inboxes.lock(tx, system_scope(account_id), inbox_id)
    if inbox_id not in jobs.keys(tx, QUEUE):
        jobs.enqueue(tx, QUEUE, inbox_id, account_id, {})
