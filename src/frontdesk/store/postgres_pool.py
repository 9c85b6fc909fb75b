"""Connections to PostgreSQL: how each is set up, and which errors mean that one is lost."""

import asyncio
from bisect import insort
from collections import deque
from contextlib import suppress
from datetime import datetime
from types import TracebackType

import asyncpg

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


class PostgresPool:
    """Connections, opened when needed and kept; of those that are free the oldest is lent first.

    So the same few do nearly all the work. Behind each is a process of the server that reads the catalog and
    plans the first five runs of every statement for itself: work that is done over for each that takes part.

    Thinner than asyncpg's own pool, which costs more than a small statement: no proxies, no reset of sessions
    that hold no state, no timer per loan.
    """

    def __init__(self, url: str, *, size: int) -> None:
        self._url, self.size = url, size
        self._free: list[Connection] = []  # youngest first
        self._lent: set[Connection] = set()
        self._opening = 0
        self._is_closed = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    def acquire(self) -> "_Loan":
        """Lend a connection for the length of an `async with`.

        Raises:
            Busy: None became free in time.
        """
        return _Loan(self)

    async def take(self) -> Connection:
        """Take a connection out; `give` it back."""
        while True:
            while self._free:
                connection = self._free.pop()
                if not connection.is_closed():
                    self._lent.add(connection)
                    return connection
            if len(self._lent) + self._opening < self.size:
                return await self._open()
            await self._wait()

    def give(self, connection: Connection) -> None:
        """Take a connection back; one that is in the middle of something is ended."""
        self._lent.discard(connection)
        if not connection.is_closed():
            if connection.is_in_transaction():
                connection.terminate()
            else:
                insort(self._free, connection, key=_youth)
        self._wake()

    async def close(self) -> None:
        """Close all connections, and those that are being opened as soon as they are."""
        self._is_closed = True
        for connection in [*self._free, *self._lent]:
            with suppress(*LOST_OR_CLOSED):
                await connection.close(timeout=2)
        self._free.clear()

    async def _open(self) -> Connection:
        self._opening += 1
        try:
            connection = await self._connect()
        except BaseException:
            self._wake()
            raise
        finally:
            self._opening -= 1
        self._lent.add(connection)
        return connection

    async def _connect(self) -> Connection:
        connection: Connection = await asyncpg.connect(
            self._url,
            connection_class=Connection,
            server_settings=SETTINGS,
            command_timeout=ANSWER_SECONDS,
            timeout=5,
            statement_cache_size=2048,
            max_cached_statement_lifetime=0,
        )
        try:
            connection.backend = await _backend(connection)
            if self._is_closed:
                raise ConnectionResetError("the store was closed")
        except BaseException:
            connection.terminate()  # nobody else knows of it
            raise
        return connection

    async def _wait(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(ACQUIRE_SECONDS):
                await turn
        except TimeoutError as error:
            raise Busy("The database is busy. Try again.") from error
        finally:
            if turn.cancelled():
                with suppress(ValueError):
                    self._waiting.remove(turn)

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


def _youth(connection: Connection) -> float:
    _, started = connection.backend
    return -started.timestamp()


class _Loan:
    """A connection for the length of a block; one that was lost in it is not lent again."""

    __slots__ = ("_connection", "_pool")
    _connection: Connection

    def __init__(self, pool: PostgresPool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Connection:
        self._connection = await self._pool.take()
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self._connection
        if isinstance(error, LOST):
            connection.terminate()  # it may look alive
        self._pool.give(connection)
        if isinstance(error, asyncpg.InterfaceError) and connection.is_closed():
            raise ConnectionResetError("the connection was closed") from error


async def _backend(connection: Connection) -> tuple[int, datetime]:
    row = await connection.fetchrow(
        "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
    )
    if row is None:
        raise ConnectionResetError("the server does not know this session")
    return row[0], row[1]
