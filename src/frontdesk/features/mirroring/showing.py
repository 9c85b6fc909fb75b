"""Showing conversations where agents follow them: one lane per inbox walks the account's log in order.

The place in the log moves with each post, in one change with the thread. A post of which nobody knows whether
it was taken (a crash, a lost answer) is looked for by its key before it is posted again.
"""

import time
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog

from frontdesk.features.inboxes.opening import KeepsInboxes
from frontdesk.features.jobs.worker import Worker
from frontdesk.features.mirroring.lines import Line, LogPage, read_page
from frontdesk.features.mirroring.opening import OpenMirror, open_mirror
from frontdesk.kit.clock import utc_now
from frontdesk.ports.mirror import MirrorFailed, ThreadGone
from frontdesk.store import jobs, mirrors, notices
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Job, Lane
from frontdesk.store.tx import Tx

log = structlog.get_logger("frontdesk.mirroring")

LEASE_SECONDS = 60.0
_HELD_SECONDS = 15.0
"""A lane is walked as long as this; then it is given back."""
_TOLD_AFTER = 4
"""Tries after which a channel notice tells that posts wait."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 600.0


class Shower:
    """Handles the queue "mirror".

    Args:
        store: Where the log is.
        inboxes: Opens inboxes.
        desk_url: Where people reach the desk.
    """

    def __init__(self, store: Store, inboxes: KeepsInboxes, desk_url: str) -> None:
        self._store, self._inboxes, self._desk_url = store, inboxes, desk_url

    def worker(self) -> Worker:
        """The worker that shows."""
        return Worker(self._store, mirrors.QUEUE, self.handle, slots=8, lease_seconds=LEASE_SECONDS)

    async def handle(self, lane: Lane) -> None:
        """Post what an inbox has not shown yet."""
        row = await self._store.read(lambda tx: mirrors.get(tx, lane.account_id, lane.key))
        try:
            mirror = await open_mirror(self._inboxes, lane.key)
            if row is None or mirror is None:
                await self._done(lane)
                return
            await self._walk(lane, mirror, row.position)
        except MirrorFailed as failure:
            await self._put_off(lane, lane.jobs[0], failure)

    async def _walk(self, lane: Lane, mirror: OpenMirror, position: int) -> None:
        """Post line by line; the first one may have been posted by whoever had the lane before."""
        is_doubtful = lane.claims > 1 or lane.jobs[0].attempts > 0
        ends = time.monotonic() + _HELD_SECONDS
        while True:
            page = await self._read(lane, position)
            for line in page.lines:
                if time.monotonic() > ends:
                    await self._store.write(lambda tx: jobs.release(tx, lane))
                    return
                await self._show(lane, mirror, line, is_doubtful=is_doubtful)
                is_doubtful = False
            position = page.position
            if page.is_last:
                await self._done(lane, position)
                return

    async def _read(self, lane: Lane, after: int) -> LogPage:
        return await self._store.read(
            lambda tx: read_page(tx, lane.account_id, lane.key, after, self._desk_url)
        )

    async def _show(self, lane: Lane, mirror: OpenMirror, line: Line, *, is_doubtful: bool) -> None:
        account_id, talk = lane.account_id, line.conversation_id
        thread = await self._store.read(lambda tx: mirrors.thread_of(tx, account_id, lane.key, talk))
        found = await mirror.channel.find_post(line.post, thread, mirror.connection) if is_doubtful else None
        if found is None:
            try:
                found = await mirror.channel.post(line.post, thread, mirror.connection)
            except ThreadGone:
                found = await mirror.channel.post(line.post, None, mirror.connection)

        def change(tx: Tx) -> None:
            if found != thread:
                mirrors.keep_thread(tx, account_id, lane.key, talk, found)
            mirrors.advance(tx, account_id, lane.key, line.position)
            jobs.hold(tx, lane)

        await self._store.write(change)

    async def _done(self, lane: Lane, position: int | None = None) -> None:
        def change(tx: Tx) -> None:
            if position is not None:
                mirrors.advance(tx, lane.account_id, lane.key, position)
            jobs.done(tx, lane, [job.id for job in lane.jobs])

        await self._store.write(change)

    async def _put_off(self, lane: Lane, job: Job, failure: MirrorFailed) -> None:
        """Wait and try again: nothing is left out. Who runs the desk is told once."""
        log.info("mirror_waits", inbox=str(lane.key), reason=failure.message)
        run_at = put_off_until(job, failure)
        told = uuid5(lane.key, str(job.id))

        def change(tx: Tx) -> None:
            if failure.retry_at is None and job.attempts == _TOLD_AFTER:
                _notice(tx, lane, told, failure)
            jobs.retry(tx, lane, job.id, run_at, failure.message[:500])

        await self._store.write(change)
        if failure.auth_expired:
            reason = failure.message[:500]
            await self._inboxes.note_state(lane.account_id, lane.key, "reconnect", reason)


def put_off_until(job: Job, failure: MirrorFailed) -> datetime:
    """When a failed post is tried again: as the provider wishes, else later each time."""
    pause = timedelta(seconds=min(_FIRST_PAUSE * 2.0 ** min(job.attempts, 20), _LONGEST_PAUSE))
    return utc_now() + pause if failure.retry_at is None else max(failure.retry_at, utc_now())


def _notice(tx: Tx, lane: Lane, notice_id: UUID, failure: MirrorFailed) -> None:
    notices.add(
        tx, lane.account_id, lane.key, notice_id, "error", code="agents_channel", title=failure.message[:500]
    )
