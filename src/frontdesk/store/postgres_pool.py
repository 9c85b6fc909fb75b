"""Connections to PostgreSQL: how each is set up, and which errors mean that one is lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import asyncpg
from typing_extensions import override

from frontdesk.domain.errors import Busy

SETTINGS = {
    "application_name": "frontdesk",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "TimeZone": "UTC",
    "jit": "off",
}
ANSWER_SECONDS = 15.0
"""How long an answer may take before the connection counts as lost; above every time-out of the server."""
ACQUIRE_SECONDS = 10.0

LOST: tuple[type[Exception], ...] = (
    OSError,  # TimeoutError is one
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,  # what asyncpg says on a connection that the server ended while it was idle
)

LOST_OR_CLOSED: tuple[type[Exception], ...] = (*LOST, asyncpg.InterfaceError)


class Connection(asyncpg.Connection):
    """A connection that knows its backend (process id and start), so that it can be ended if it is lost."""

    __slots__ = ("backend",)
    backend: tuple[int, datetime]

    @override
    def get_reset_query(self) -> str:
        """Nothing to reset: sessions hold no state of ours, and a round trip on every release is dear."""
        return ""


def lose(connection: Connection) -> None:
    """End a connection that may still look alive, so that it is not lent again."""
    with suppress(asyncpg.InterfaceError):  # the pool may have noticed already
        connection.terminate()


async def _set_up(connection: Any) -> None:
    row = await connection.fetchrow(
        "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
    )
    connection.backend = (row[0], row[1])


class PostgresPool:
    """Connections, opened again as needed."""

    def __init__(self, url: str, pool: Any) -> None:
        self.url, self._pool = url, pool

    @classmethod
    async def open(cls, url: str, *, size: int) -> "PostgresPool":
        """Connect."""
        pool = await asyncpg.create_pool(
            url,
            min_size=0,  # what keeps a minimum alive would go on beside a server that is away
            max_size=size,
            connection_class=Connection,
            init=_set_up,
            server_settings=SETTINGS,
            command_timeout=ANSWER_SECONDS,
            timeout=5,
            statement_cache_size=2048,
            max_cached_statement_lifetime=0,
            max_inactive_connection_lifetime=300,
        )
        return cls(url, pool)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """Lend a connection.

        Raises:
            Busy: None became free in time.
        """
        try:
            connection = await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        except TimeoutError as error:
            raise Busy("The database is busy. Try again.") from error
        try:
            yield connection
        except LOST:
            lose(connection)
            raise
        except asyncpg.InterfaceError as error:
            if connection.is_closed():
                raise ConnectionResetError("the connection was closed") from error
            raise
        finally:
            await self._pool.release(connection)

    async def close(self) -> None:
        """Close all connections, waiting for those that are lent."""
        await self._pool.close()
