"""Housekeeping: what has ended or belongs to nobody is dropped, in small steps.

Idempotency keys after 7 days, ended sessions and visits, blobs that no attachment names after a day (an
upload whose row was never written), folders for large files whose process was killed.
"""

import asyncio
import contextlib
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from frontdesk.kit.scratch import sweep
from frontdesk.ports.blobs import Blobs
from frontdesk.store import attachments, automatic_answers, idempotency, tokens, users
from frontdesk.store.engine import Store
from frontdesk.store.tx import Tx

log = structlog.get_logger(__name__)

EVERY_SECONDS = 3600.0
KEYS_KEPT = timedelta(days=7)
ANSWERS_KEPT = timedelta(days=1)
BLOBS_SPARED = timedelta(days=1)
_AT_ONCE = 500


class Keeper:
    """A worker that cleans up once an hour. Several at the same time do no harm."""

    name = "keeper"

    def __init__(self, store: Store, blobs: Blobs, scratch: Path | None = None) -> None:
        self._store, self._blobs, self._scratch = store, blobs, scratch

    async def run(self, stopping: asyncio.Event) -> None:
        """Clean up an hour after the start and every hour from then on."""
        while not stopping.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await stopping.wait()
                return
            await self.clean()

    async def clean(self) -> None:
        """Clean up once."""
        now = await self._store.read(lambda tx: tx.now)
        forgotten = 1
        while forgotten:
            forgotten = await self._store.write(lambda tx: idempotency.forget(tx, now - KEYS_KEPT))
        await self._store.write(_forget_ended)
        dropped = await self._sweep(now - BLOBS_SPARED)
        folders = await asyncio.to_thread(sweep, self._scratch) if self._scratch else 0
        log.info("cleaned", blobs=dropped, folders=folders)

    async def _sweep(self, before: datetime) -> int:
        dropped, names = 0, list[str]()
        async for name in self._blobs.older(before):
            names.append(name)
            if len(names) >= _AT_ONCE:
                dropped += await self._drop(names)
                names = []
        return dropped + await self._drop(names)

    async def _drop(self, names: list[str]) -> int:
        known = await self._store.read(lambda tx: attachments.known_blobs(tx, names))
        unknown = [name for name in names if name not in known]
        for name in unknown:
            await self._blobs.delete(name)
        return len(unknown)


def _forget_ended(tx: Tx) -> None:
    users.forget_sessions(tx)
    tokens.forget_visits(tx)
    automatic_answers.forget(tx, tx.now - ANSWERS_KEPT)
