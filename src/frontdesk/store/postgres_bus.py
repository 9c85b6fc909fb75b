"""Wake-ups between the processes of one desk, by PostgreSQL's NOTIFY. Hints only: readers also poll.

Sent after the commit, on a connection of its own and at most every `PAUSE_SECONDS`: inside the transaction a
NOTIFY would halve the rate of commits.
"""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any
from uuid import UUID

import asyncpg

from frontdesk.kit.ids import uuid7
from frontdesk.store.listeners import Listeners
from frontdesk.store.postgres_pool import LOST_OR_CLOSED

CHANNEL = "frontdesk"
PAUSE_SECONDS = 0.025
"""The first word after a silence leaves at once, the next so long after it: each wakes every process."""
RECONNECT_SECONDS = 0.5
COMPANY_SECONDS = 1.0
"""So long after the last word of another process it is taken to be writing still."""
_PER_MESSAGE = 100  # accounts in one payload; PostgreSQL takes 8,000 bytes
_NOTIFY = "SELECT pg_notify($1, $2)"
_SETTINGS = {"application_name": "frontdesk wake-ups", "synchronous_commit": "off"}


class PostgresBus:
    """Tells other processes of this one's commits, and this one's listeners of theirs."""

    def __init__(self, url: str, listeners: Listeners) -> None:
        self._url, self._listeners = url, listeners
        self._sender = str(uuid7())
        self._heads: dict[UUID, int] = {}
        self._queues: set[str] = set()
        self._heard_at = float("-inf")
        self._wake = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    def publish(self, heads: Mapping[UUID, int], queues: Iterable[str]) -> None:
        """Note what a commit did; it is sent within `PAUSE_SECONDS`."""
        for account_id, head in heads.items():
            self._heads[account_id] = max(head, self._heads.get(account_id, 0))
        self._queues.update(queues)
        if self._heads or self._queues:
            self._wake.set()

    def has_company(self) -> bool:
        """Whether another process committed something of late."""
        return time.monotonic() - self._heard_at < COMPANY_SECONDS

    async def close(self) -> None:
        """Stop."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            with suppress(*LOST_OR_CLOSED):
                await self._serve()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _serve(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=5, command_timeout=5, server_settings=_SETTINGS)
        try:
            connection.add_termination_listener(lambda _connection: self._wake.set())
            await connection.add_listener(CHANNEL, self._hear)
            while not connection.is_closed():
                await self._wake.wait()
                self._wake.clear()
                for payload in self._payloads():
                    await connection.execute(_NOTIFY, CHANNEL, payload)
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            connection.terminate()

    def _payloads(self) -> Iterator[str]:
        heads, self._heads = iter(self._heads.items()), {}
        queues, self._queues = sorted(self._queues), set()
        while (some := list(islice(heads, _PER_MESSAGE))) or queues:
            yield json.dumps({
                "from": self._sender, "heads": {str(key): head for key, head in some}, "queues": queues,
            })  # fmt: skip
            queues = []

    def _hear(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        message = json.loads(str(payload))
        if message["from"] != self._sender:
            self._heard_at = time.monotonic()
            heads = {UUID(account_id): head for account_id, head in message["heads"].items()}
            self._listeners.committed(heads, message["queues"])
