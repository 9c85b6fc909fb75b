"""Asking where a message stands when its provider does not say: a lost hook must not hide a failure.

Hooks are how statuses come. What still stands at "sent" after ten minutes is asked for, again an hour
later, and once more six hours after that. One lane per delivery, so none waits behind another.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog

from frontdesk.domain.errors import Busy, DeskError
from frontdesk.domain.inbound import StatusReported
from frontdesk.domain.message import DeliveryStatus
from frontdesk.features.conversations import statuses
from frontdesk.features.conversations.statuses import Report
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.features.inboxes.opening import OpensInboxes
from frontdesk.features.jobs.worker import Worker
from frontdesk.ports.channel import StatusUnavailable, TellsStatus
from frontdesk.store import deliveries, jobs
from frontdesk.store.deliveries import Delivery
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Job, Lane
from frontdesk.store.tx import Row, Tx

log = structlog.get_logger("frontdesk.delivery")

QUEUE = "ask"
WAITS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""Before the first question, the second, the third."""
ASK_SECONDS = 25.0
LEASE_SECONDS = 60.0


def can_be_asked(opened: OpenInbox) -> bool:
    """Whether the inbox's provider tells statuses when asked."""
    return isinstance(opened.channel, TellsStatus)


def remember(tx: Tx, delivery: Delivery) -> None:
    """Have the delivery asked for later, if no hook has told by then."""
    if delivery.status is DeliveryStatus.SENT and delivery.source_id is not None:
        payload = {"delivery": str(delivery.id)}
        jobs.enqueue(tx, QUEUE, delivery.id, delivery.account_id, payload, run_at=tx.now + WAITS[0])


class Asker:
    """Handles the queue "ask"."""

    def __init__(self, store: Store, inboxes: OpensInboxes) -> None:
        self._store, self._inboxes = store, inboxes

    def worker(self) -> Worker:
        """The worker that asks."""
        return Worker(self._store, QUEUE, self.handle, slots=8, per_lane=1, lease_seconds=LEASE_SECONDS)

    async def handle(self, lane: Lane) -> None:
        """Ask for a lane's delivery, and note the answer."""
        job = lane.jobs[0]
        row = await self._store.read(lambda tx: deliveries.standing(tx, UUID(job.payload["delivery"])))
        if row is None or row.status != DeliveryStatus.SENT or row.source_id is None:
            await self._store.write(lambda tx: jobs.done(tx, lane, [job.id]))
            return
        told = await self._ask(row)
        await self._store.write(lambda tx: _note(tx, lane, job, row, told))

    async def _ask(self, row: Row) -> StatusReported | None:
        """What the provider says; None for nothing, whatever the reason: there is a next time."""
        try:
            opened = await self._inboxes.open(row.inbox_id)
            if not isinstance(opened.channel, TellsStatus):
                return None
            async with asyncio.timeout(ASK_SECONDS):
                return await opened.channel.status_of(row.source_id, opened.connection)
        except Busy:
            raise
        except (DeskError, StatusUnavailable, TimeoutError) as error:
            log.info("status_not_told", inbox=str(row.inbox_id), reason=str(error)[:200])
            return None


def _note(tx: Tx, lane: Lane, job: Job, row: Row, told: StatusReported | None) -> None:
    if told is not None:
        statuses.apply(tx, lane.account_id, row.inbox_id, [Report.of(told)])
    stands = deliveries.standing(tx, row.id)
    asked = job.attempts + 1
    if stands is not None and stands.status == DeliveryStatus.SENT and asked < len(WAITS):
        jobs.retry(tx, lane, job.id, tx.now + WAITS[asked], "The provider has not said what became of it.")
    else:
        jobs.done(tx, lane, [job.id])
