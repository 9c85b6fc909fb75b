"""What became of a transaction whose answer was lost: the store asks PostgreSQL instead of guessing."""

import asyncio
from datetime import datetime

import asyncpg

from frontdesk.store.failures import OutcomeUnknown
from frontdesk.store.postgres_pool import LOST, PostgresPool

PATIENCE_SECONDS = 20.0
_END_TRANSACTION = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid = ($1::text::xid8)::xid"""
_STATUS = "SELECT pg_xact_status($1::text::xid8)"
_END_BACKEND = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2"""


class Outcomes:
    """Looks up outcomes, waiting for a database that is starting again."""

    def __init__(self, pool: PostgresPool) -> None:
        self._pool = pool

    async def is_committed(self, transaction_id: str) -> bool:
        """Whether a transaction was committed; its backend is ended first if it still runs.

        Raises:
            OutcomeUnknown: The database could not be asked in time, or no longer knows.
        """
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            try:
                async with self._pool.acquire() as connection:
                    await connection.fetch(_END_TRANSACTION, transaction_id)
                    status = await connection.fetchval(_STATUS, transaction_id)
            except asyncpg.InvalidParameterValueError:
                return False  # "in the future": the server crashed before it was ever written
            except LOST:
                status = "in progress"
            if status in {"committed", "aborted"}:
                return bool(status == "committed")
            if status is None:
                break
            await asyncio.sleep(0.05)
        raise OutcomeUnknown(
            "The connection was lost while committing. Repeat with the same Idempotency-Key."
        )

    async def end(self, backend: tuple[int, datetime]) -> None:
        """Make sure that a backend we lost no longer runs, so that nothing of it can commit later.

        Raises:
            OutcomeUnknown: The database could not be asked in time.
        """
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            try:
                async with self._pool.acquire() as connection:
                    if not await connection.fetch(_END_BACKEND, *backend):
                        return
            except LOST:
                pass
            await asyncio.sleep(0.05)
        raise OutcomeUnknown("The answer of the database was lost. Repeat with the same Idempotency-Key.")
