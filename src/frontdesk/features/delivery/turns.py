"""When lanes come again whose inbox has enough sends under way: in which order, and how often.

A provider that is slow or silent must cost the desk little, however much waits for it (S2-12). So only so
many of an inbox's lanes come again each second, those that have waited longest first, and all that are put
off at once are one change.
"""

import math
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from frontdesk.kit.coalesce import Coalescer
from frontdesk.store import jobs
from frontdesk.store.engine import WHOLE, Store
from frontdesk.store.jobs import Lane
from frontdesk.store.tx import Tx

LANES_A_SECOND = 400
"""How many lanes of one inbox come again each second."""
STEP_SECONDS = 0.2
"""They come together in steps of so long: a claim costs about the same for one lane as for eighty."""
SOONEST_SECONDS = 0.5
_MOST_KEPT = 10_000


class Turns:
    """Puts lanes off until it is their turn. One for all inboxes of a worker.

    Args:
        store: Where the lanes are.
        clock: Seconds that only grow.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._last: dict[UUID | None, float] = {}
        self._changes: Coalescer[tuple[Lane, float], None] = Coalescer(self._put_off, whole=WHOLE)

    async def put_off(self, lane: Lane, inbox_id: UUID | None) -> None:
        """Give a lane back until it is its turn. Nothing happens if it is no longer ours."""
        await self._changes.submit((lane, self.seconds_for(inbox_id)))

    def seconds_for(self, inbox_id: UUID | None) -> float:
        """Take the next turn of an inbox; in how many seconds it is, in whole steps of the clock."""
        now = self._clock()
        if len(self._last) >= _MOST_KEPT:
            self._last = {key: at for key, at in self._last.items() if at > now}
        at = max(self._last.get(inbox_id, 0.0), now + SOONEST_SECONDS) + 1 / LANES_A_SECOND
        self._last[inbox_id] = at
        return math.ceil(at / STEP_SECONDS) * STEP_SECONDS - now

    async def _put_off(self, batch: Sequence[tuple[Lane, float]]) -> list[None]:
        def change(tx: Tx) -> None:
            jobs.put_off(tx, [(lane, tx.now + timedelta(seconds=seconds)) for lane, seconds in batch])

        await self._store.write(change)
        return [None] * len(batch)
