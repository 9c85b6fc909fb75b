"""Small things beside messages: read marks to providers, and snoozed conversations that wake in time."""

from datetime import datetime
from uuid import UUID

import structlog

from frontdesk.domain.errors import Busy, DeskError
from frontdesk.domain.inbound import Address
from frontdesk.domain.scope import system_scope
from frontdesk.features.conversations import changes
from frontdesk.features.inboxes.opening import OpensInboxes
from frontdesk.features.jobs.worker import Worker
from frontdesk.ports.channel import Failed, ReadMark
from frontdesk.store import conversations, jobs
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Lane
from frontdesk.store.tx import Row, Tx

log = structlog.get_logger("frontdesk.delivery")


class Marker:
    """Handles the queue "marks": tells providers up to where agents have read."""

    def __init__(self, store: Store, inboxes: OpensInboxes) -> None:
        self._store, self._inboxes = store, inboxes

    def worker(self) -> Worker:
        """The worker that sends read marks."""
        return Worker(self._store, changes.MARK_QUEUE, self.handle, slots=8)

    async def handle(self, lane: Lane) -> None:
        """Send a lane's newest mark; it stands for the older ones, and a lost one does no harm."""
        if lane.jobs:
            source_id = lane.jobs[-1].payload["source_id"]
            found = await self._store.read(lambda tx: conversations.many(tx, lane.account_id, [lane.key]))
            if lane.key in found:
                await self._mark(found[lane.key], source_id)
        ids = [job.id for job in lane.jobs]
        await self._store.write(lambda tx: jobs.done(tx, lane, ids))

    async def _mark(self, row: Row, source_id: str) -> None:
        try:
            opened = await self._inboxes.open(row.inbox_id)
        except Busy:
            raise
        except DeskError:
            return
        if not opened.channel.capabilities.receipts:
            return
        mark = ReadMark(to=Address(row.scheme, row.address), source_id=source_id)
        result = await opened.channel.send(mark, opened.connection)
        if isinstance(result, Failed):
            log.info("read_mark_failed", code=result.code)


class Waker:
    """Handles the queue "wake": snoozed conversations come back when their time has come."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def worker(self) -> Worker:
        """The worker that wakes conversations."""
        return Worker(self._store, changes.WAKE_QUEUE, self.handle, slots=4)

    async def handle(self, lane: Lane) -> None:
        """Wake a lane's conversation, unless something happened to it since."""
        scope = system_scope(lane.account_id)

        def change(tx: Tx) -> None:
            for job in lane.jobs:
                until = datetime.fromisoformat(job.payload["until"])
                changes.wake(tx, scope, UUID(job.payload["conversation"]), until)
            jobs.done(tx, lane, [job.id for job in lane.jobs])

        await self._store.write(change)
