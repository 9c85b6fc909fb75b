"""A worker: claims lanes of one queue, runs each in a task of its own, stops in order.

Woken by a commit of this process, by the next due time, and every second for what other processes enqueued.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime

import structlog

from frontdesk.domain.errors import Busy
from frontdesk.kit.clock import utc_now
from frontdesk.store import jobs
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Lane, LeaseLost
from frontdesk.store.tx import Tx

log = structlog.get_logger("frontdesk.worker")

POLL_SECONDS = 1.0
GAP_SECONDS = 0.002
GAP_WHILE_BUSY_SECONDS = 0.015
MOST_AT_ONCE = 64
"""Lanes of one claim: what becomes of them must not keep the process from those who wait for an answer."""
GRACE_SECONDS = 8.0
_LONGEST_PAUSE = 5.0
_AGAIN_SECONDS = 1.0


class Worker:
    """Runs the jobs of one queue.

    Args:
        store: Where they are.
        queue: Which queue.
        handle: Runs one lane's jobs and reports on them. What it raises is logged; its lease then ends.
        slots: How many lanes at the same time.
        per_lane: The most jobs of one lane at once.
        lease_seconds: How long a lane is ours without renewal.
    """

    def __init__(
        self,
        store: Store,
        queue: str,
        handle: Callable[[Lane], Awaitable[None]],
        *,
        slots: int,
        per_lane: int = 10,
        lease_seconds: float = 60,
    ) -> None:
        self._store, self.queue, self._handle = store, queue, handle
        self.name = queue
        self.is_stopping = False
        self._slots, self._per_lane, self._lease_seconds = slots, per_lane, lease_seconds
        self._wake, self._settled = asyncio.Event(), asyncio.Event()
        self._found = False
        self._tasks: set[asyncio.Task[None]] = set()
        store.on_enqueue(self._on_enqueue)

    def _on_enqueue(self, queue: str) -> None:
        if queue == self.queue:
            self._wake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set; then finish what runs, at most 8 s, and give the rest back."""
        self.is_stopping = False
        waker = asyncio.get_running_loop().create_task(self._wake_on(stopping))
        try:
            await self._work(stopping)
        finally:
            waker.cancel()
            await self._drain()

    async def _wake_on(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self.is_stopping = True
        self._wake.set()

    async def _work(self, stopping: asyncio.Event) -> None:
        pause = 0.1
        while not stopping.is_set():
            await self._pause()
            self._wake.clear()
            free = min(self._slots - len(self._tasks), MOST_AT_ONCE)
            try:
                lanes = await self._claim(free) if free else []
                if stopping.is_set():
                    await self._give_back(lanes)
                    return
                for lane in lanes:
                    self._start(lane)
                self._found = bool(lanes)
                if not free or len(lanes) < free:
                    await self._rest(soon=bool(lanes) or not free)
                pause = 0.1
            except (Busy, OSError) as error:
                log.warning("worker_waits_for_store", queue=self.queue, reason=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _pause(self) -> None:
        """Before a claim, so that a burst is claimed at once; longer where lanes at work are all there is."""
        if self._found or not self._tasks:
            await asyncio.sleep(GAP_SECONDS)
            return
        self._settled.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(GAP_WHILE_BUSY_SECONDS):
                await self._settled.wait()

    async def _claim(self, free: int) -> Sequence[Lane]:
        def change(tx: Tx) -> list[Lane]:
            return jobs.claim(
                tx, self.queue, lanes=free, per_lane=self._per_lane, lease_seconds=self._lease_seconds
            )

        return await self._store.write(change)

    def _start(self, lane: Lane) -> None:
        task = asyncio.get_running_loop().create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._settled.set()
        self._wake.set()

    async def _run(self, lane: Lane) -> None:
        try:
            await self._handle(lane)
        except LeaseLost:
            log.info("lease_lost", queue=self.queue, lane=str(lane.key))
        except Exception:  # the edge of the worker: one lane's trouble is not the others'
            log.exception("lane_failed", queue=self.queue, lane=str(lane.key))
            await self._give_back_later(lane)

    async def _give_back_later(self, lane: Lane) -> None:
        """So that a lane does not wait for the end of its lease once the trouble is over."""
        for _ in range(int(self._lease_seconds / _AGAIN_SECONDS)):
            await asyncio.sleep(_AGAIN_SECONDS)
            try:
                await self._store.write(lambda tx: jobs.release(tx, lane))
            except (Busy, OSError):
                continue
            return

    async def _rest(self, *, soon: bool) -> None:
        """Until something wakes us, a lane becomes due, or a second has passed.

        Args:
            soon: Lanes at work will wake us; when the next becomes due is asked after that.
        """
        seconds = POLL_SECONDS
        if not soon:
            due = await self._store.read(lambda tx: jobs.next_due(tx, self.queue))
            seconds = _until(due)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _give_back(self, lanes: Sequence[Lane]) -> None:
        for lane in lanes:
            await self._store.write(lambda tx, lane=lane: jobs.release(tx, lane))  # type: ignore[misc]

    async def _drain(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)


def _until(due: datetime | None) -> float:
    if due is None:
        return POLL_SECONDS
    return min(max((due - utc_now()).total_seconds(), 0.01), POLL_SECONDS)
