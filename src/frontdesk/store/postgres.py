"""The store on PostgreSQL: changes run on bare asyncpg through a greenlet; appends are one statement a batch.

A commit whose answer was lost is looked up, never run again blindly (see postgres_outcome).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy.util import await_only, greenlet_spawn

from frontdesk.domain.errors import Busy
from frontdesk.domain.message import Direction
from frontdesk.store import append_postgres as ap
from frontdesk.store import events, receipts
from frontdesk.store.drafts import Appended, Draft, Outcome
from frontdesk.store.failures import OutcomeUnknown, StoreUnavailable
from frontdesk.store.listeners import Listeners
from frontdesk.store.postgres_bus import PostgresBus
from frontdesk.store.postgres_outcome import Outcomes
from frontdesk.store.postgres_pool import LOST, LOST_OR_CLOSED, Connection, PostgresPool
from frontdesk.store.tx import ReadTx, Tx

T = TypeVar("T")
ATTEMPTS = 4
_RACED = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_SLOW = (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)
_TRANSACTION_ID = "SELECT pg_current_xact_id_if_assigned()::text"


class _Driver:
    """Calls that look synchronous inside a greenlet."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def fetch(self, sql: str, args: Sequence[Any]) -> Sequence[Any]:
        return await_only(self._connection.fetch(sql, *args))

    def execute(self, sql: str, args: Sequence[Any]) -> int:
        status: str = await_only(self._connection.execute(sql, *args))
        return int(status.rpartition(" ")[2])

    def execute_many(self, sql: str, args: Sequence[Sequence[Any]]) -> None:
        await_only(self._connection.executemany(sql, args))


WARM_CONNECTIONS = 8
_RECEIVE = (receipts.ADD_BATCH, receipts.COLUMNS)


class PostgresEngine:
    """See Store. The pool and the bus are the engine's alone and closed with it."""

    dialect: Literal["postgresql"] = "postgresql"

    def __init__(self, pool: PostgresPool, bus: PostgresBus, listeners: Listeners) -> None:
        self._pool, self._bus, self._listeners = pool, bus, listeners
        self._outcomes = Outcomes(pool)

    async def write(self, change: Callable[[Tx], T]) -> T:
        """Run a change in a transaction; again after a deadlock, a lost race or a lost connection."""
        tx, value = await self._again(lambda: self._change(change))
        self._tell(tx.heads, tx.queues)
        return value

    async def read(self, query: Callable[[ReadTx], T], *, snapshot: bool = False) -> T:
        """Run a query; its statements see one snapshot if asked."""
        return await self._again(lambda: self._query(query, snapshot=snapshot))

    async def append(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Append a batch in one statement that is its own transaction."""
        try:
            return await self._again(lambda: self._append(drafts))
        except OutcomeUnknown:
            return await self._find_or_append(drafts)

    async def receive(self, batch: Sequence[receipts.Receipt]) -> list[None]:
        """Keep a batch of receipts in one statement that is its own transaction."""
        try:
            await self._again(lambda: self._receive(batch))
        except OutcomeUnknown:
            rows = await self._again(lambda: self._fetch(receipts.FIND_ADDED, [[r.id for r in batch]]))
            if not rows:  # all or nothing: the statement was one transaction, and its backend is gone
                await self._again(lambda: self._receive(batch))
        self._tell({}, (receipts.QUEUE,))
        return [None] * len(batch)

    def is_contended(self) -> bool:
        """Whether other processes of the desk write, too: commits take turns at the head of a log."""
        return self._bus.has_company()

    async def warm(self) -> None:
        """Open connections ahead, each with the hottest statements prepared and their types known.

        On a fresh connection asyncpg asks the server for the types of arrays, and the server reads statements
        of a hundred lines: tens of milliseconds that some customer's message would wait.
        """
        await asyncio.gather(*(self._warm_one() for _ in range(min(WARM_CONNECTIONS, self._pool.size))))

    async def _warm_one(self) -> None:
        with suppress(Busy, *LOST_OR_CLOSED):
            async with self._pool.acquire() as connection:
                for sql, columns in (*((sql, ap.COLUMNS) for sql in ap.hot()), _RECEIVE):
                    await connection.fetch(sql, *([] for _ in range(columns)))  # of no rows: does nothing

    async def close(self) -> None:
        """Close the connections."""
        await self._bus.close()
        await self._pool.close()

    async def _again(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run an attempt, and again where that is safe: nothing of a failed attempt was committed."""
        for n in range(ATTEMPTS):
            try:
                return await attempt()
            except _RACED as error:
                if n == ATTEMPTS - 1:
                    raise Busy("Too many changes to the same things at once. Try again.") from error
            except _SLOW as error:
                raise Busy("The database took too long. Try again.") from error
            except LOST as error:
                if n == ATTEMPTS - 1:
                    raise StoreUnavailable("The database cannot be reached. Try again.") from error
            await asyncio.sleep(random.uniform(0.005, 0.03) * 2**n)  # noqa: S311 - jitter
        raise AssertionError

    async def _change(self, change: Callable[[Tx], T]) -> tuple[Tx, T]:
        async with self._pool.acquire() as connection:
            tx = Tx(self.dialect, _Driver(connection))
            await connection.execute("BEGIN")
            try:
                value = await greenlet_spawn(_run, change, tx)
                if tx.transaction_id is None:
                    tx.transaction_id = await connection.fetchval(_TRANSACTION_ID)
            except BaseException:
                await _roll_back(connection)
                raise
            try:
                status = await connection.execute("COMMIT")
            except LOST_OR_CLOSED as error:
                connection.terminate()
                if not await self._is_committed(tx):
                    raise ConnectionResetError("lost before the commit") from error
                status = "COMMIT"
            if status != "COMMIT":
                raise StoreUnavailable("The database undid the change.")  # the change swallowed an error
        return tx, value

    async def _is_committed(self, tx: Tx) -> bool:
        """What became of a change whose COMMIT was not answered.

        A crash of the server may forget a transaction and give its number to another one. So a change with
        events must find its last one in the log, too. One without (a claim, a lease) may be taken for
        committed then; the lease sees to it that its work is done again.
        """
        if tx.transaction_id is None:
            return True  # it wrote nothing
        if not await self._outcomes.is_committed(tx.transaction_id):
            return False
        last = tx.last_event
        return last is None or await self.read(lambda reader: events.is_there(reader, *last))

    async def _query(self, query: Callable[[ReadTx], T], *, snapshot: bool) -> T:
        async with self._pool.acquire() as connection:
            tx = ReadTx(self.dialect, _Driver(connection))
            if not snapshot:
                return await greenlet_spawn(query, tx)
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                return await greenlet_spawn(query, tx)
            finally:
                await _roll_back(connection)

    async def _append(self, drafts: Sequence[Draft]) -> list[Outcome]:
        records = await self._alone(ap.statement(drafts, log=True), ap.arguments(drafts))
        out, refused = ap.outcomes(drafts, records)
        self._announce(drafts, out)
        if refused:
            await self._query(lambda tx: ap.look_up(tx, drafts, out, refused), snapshot=False)
        return out

    async def _receive(self, batch: Sequence[receipts.Receipt]) -> None:
        await self._alone(receipts.ADD_BATCH, receipts.arguments(batch))

    async def _find_or_append(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """After a lost answer, with the old backend gone: the statement was all or nothing."""
        ids = [draft.id for draft in drafts]
        rows = await self._again(lambda: self._fetch(ap.FIND_APPENDED, [ids]))
        found = {row[0]: row for row in rows}
        rest = [draft for draft in drafts if draft.id not in found]
        others = iter(await self._again(lambda: self._append(rest)) if rest else [])
        out: list[Outcome] = []
        for draft in drafts:
            row = found.get(draft.id)
            if row is None:
                out.append(next(others))
                continue
            delivery = draft.delivery_id if draft.direction is Direction.OUTGOING else None
            out.append(Appended(draft.id, row[1], None, row[2], delivery))
        return out

    async def _alone(self, sql: str, args: Sequence[Any]) -> list[Any]:
        """Run a statement that is a transaction by itself.

        Raises:
            OutcomeUnknown: Its answer was lost; the backend is gone, so the outcome can be looked up.
        """
        async with self._pool.acquire() as connection:
            backend = connection.backend
            try:
                rows: list[Any] = await connection.fetch(sql, *args)
            except LOST_OR_CLOSED as error:
                if isinstance(error, asyncpg.InterfaceError) and not connection.is_closed():
                    raise
                connection.terminate()
                await self._outcomes.end(backend)
                raise OutcomeUnknown("The answer of the database was lost.") from error
        return rows

    async def _fetch(self, sql: str, args: Sequence[Any]) -> list[Any]:
        async with self._pool.acquire() as connection:
            rows: list[Any] = await connection.fetch(sql, *args)
        return rows

    def _announce(self, drafts: Sequence[Draft], out: Sequence[Outcome]) -> None:
        heads: dict[UUID, int] = {}
        queues = set()
        for draft, outcome in zip(drafts, out, strict=True):
            if isinstance(outcome, Appended):
                heads[draft.account_id] = max(heads.get(draft.account_id, 0), outcome.position or 0)
                if draft.queue is not None:
                    queues.add(draft.queue)
        self._tell(heads, queues)

    def _tell(self, heads: Mapping[UUID, int], queues: Iterable[str]) -> None:
        self._listeners.committed(heads, queues)
        self._bus.publish(heads, queues)


def _run(change: Callable[[Tx], T], tx: Tx) -> T:
    value = change(tx)
    events.number(tx)
    return value


async def _roll_back(connection: Connection) -> None:
    try:
        await connection.execute("ROLLBACK")
    except LOST_OR_CLOSED:
        connection.terminate()
