"""Which inboxes show conversations to agents, and waking their lanes when the log has grown.

Commits are heard as the live line hears them: a hint, in memory, that costs the writer nothing. What a lost
hint left lying is found within a second.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol
from uuid import UUID

from frontdesk.domain.errors import Busy
from frontdesk.ports.channel import Channel
from frontdesk.ports.mirror import Mirrors
from frontdesk.store import inboxes, jobs, mirrors
from frontdesk.store.engine import Store
from frontdesk.store.tx import Row, Tx

POLL_SECONDS = 1.0
GAP_SECONDS = 0.03
"""Between two looks at the log while it grows."""


class KnowsChannels(Protocol):
    """Knows by which channels inboxes go."""

    @property
    def channels(self) -> Mapping[str, Channel]:
        """The known channels."""


class Follower:
    """Keeps the list of inboxes that mirror, and gives those their jobs that are behind."""

    name = "mirroring"

    def __init__(self, store: Store, inboxes: KnowsChannels) -> None:
        self._store, self._inboxes = store, inboxes
        self._accounts: frozenset[UUID] = frozenset()
        self._wake = asyncio.Event()
        store.on_commit(self._committed)

    def _committed(self, account_id: UUID, _head: int) -> None:
        if account_id in self._accounts:
            self._wake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Follow until told to stop."""
        found = {slug: each for slug, each in self._inboxes.channels.items() if isinstance(each, Mirrors)}
        waker = asyncio.get_running_loop().create_task(self._wake_on(stopping))
        try:
            next_look = 0.0
            while found and not stopping.is_set():
                self._wake.clear()
                with suppress(Busy, OSError):
                    if time.monotonic() >= next_look:
                        await self.settle(found)
                        next_look = time.monotonic() + POLL_SECONDS
                    await self.wake_lanes()
                await asyncio.sleep(GAP_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._wake.wait()
        finally:
            waker.cancel()

    async def _wake_on(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._wake.set()

    async def settle(self, found: Mapping[str, Mirrors]) -> None:
        """Begin for inboxes whose settings name a place, end for those that no longer do."""
        rows, known = await self._store.read(
            lambda tx: (inboxes.of_channels(tx, sorted(found)), mirrors.every(tx))
        )
        wanted = {row.id: (row.account_id, place) for row in rows if (place := _place(found, row))}
        old = {row.inbox_id: (row.account_id, row.place) for row in known}
        if wanted != old:
            await self._store.write(lambda tx: _settle(tx, wanted, old))
        self._accounts = frozenset(account_id for account_id, _ in wanted.values())

    async def wake_lanes(self) -> None:
        """Give a job to each inbox that has not shown all of the log."""
        if not self._accounts:
            return
        behind = await self._store.read(mirrors.behind)
        if behind:
            await self._store.write(lambda tx: _enqueue(tx, behind))


def _place(found: Mapping[str, Mirrors], row: Row) -> str | None:
    return found[row.channel].mirror_place(row.config)


def _settle(tx: Tx, wanted: Mapping[UUID, tuple[UUID, str]], old: Mapping[UUID, tuple[UUID, str]]) -> None:
    for inbox_id in sorted(old.keys() - wanted.keys()):
        mirrors.end(tx, old[inbox_id][0], inbox_id)
    for inbox_id, (account_id, place) in sorted(wanted.items()):
        if old.get(inbox_id) != (account_id, place):
            mirrors.begin(tx, account_id, inbox_id, place)


def _enqueue(tx: Tx, behind: list[Row]) -> None:
    for row in behind:
        jobs.enqueue(tx, mirrors.QUEUE, row.inbox_id, row.account_id, {})
