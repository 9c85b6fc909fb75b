"""One account's feed: reads the log behind the last event it told, and tells all subscribers."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

import structlog

from frontdesk.domain.errors import Busy
from frontdesk.features.live.hydration import Hydration
from frontdesk.features.live.subscribers import Subscriber
from frontdesk.store.failures import StoreUnavailable

PAGE = 200
POLL_SECONDS = 1.0
"""A lost wake-up costs at most this."""
TEXTS_AT_ONCE = 256
"""How many texts are handed to sockets before everybody else has a turn. A turn for each would make the last
of a page wait for a hundred rounds of a busy loop."""

log = structlog.get_logger(__name__)


class Feed:
    """Follows one account's log while anybody listens."""

    def __init__(self, account_id: UUID, hydration: Hydration) -> None:
        self.account_id, self._hydration = account_id, hydration
        self.subscribers: set[Subscriber] = set()
        self.position = 0
        self._woken, self._began = asyncio.Event(), asyncio.Event()

    def wake(self) -> None:
        """Something was committed."""
        self._woken.set()

    async def began(self) -> None:
        """Wait until the feed knows where the log ends."""
        await self._began.wait()

    async def run(self) -> None:
        """Tell what happens, until cancelled. A database that is away is tried again."""
        while True:
            self._woken.clear()
            try:
                if not self._began.is_set():
                    _, self.position = await self._hydration.bounds(self.account_id)
                    self._began.set()
                await self._drain()
            except (StoreUnavailable, Busy):
                log.warning("live_feed_waits_for_the_database", account_id=str(self.account_id))
            except Exception:
                # the edge of a task that must outlive any one event; the log keeps the place
                log.exception("live_feed_failed", account_id=str(self.account_id), position=self.position)
                await asyncio.sleep(POLL_SECONDS)
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def _drain(self) -> None:
        handed = 0
        while self.subscribers:
            frames = await self._hydration.frames(self.account_id, self.position, PAGE)
            for frame in frames:
                self.position = frame.position
                for subscriber in self.subscribers:
                    subscriber.take(frame)
                handed += len(self.subscribers)
                if handed >= TEXTS_AT_ONCE:
                    handed = 0
                    await asyncio.sleep(0)
            if len(frames) < PAGE:
                return

    def join(self, subscriber: Subscriber) -> None:
        """From here on the subscriber gets what the feed reads. The first one says where the feed goes on."""
        if not self.subscribers:
            self.position = subscriber.position
        self.subscribers.add(subscriber)
        self.wake()

    def agents(self) -> Iterator[Subscriber]:
        """Those who are no visitors."""
        return (each for each in self.subscribers if not each.is_visitor)
