"""The store: one interface over SQLite and PostgreSQL, opened by URL."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from frontdesk.domain.errors import Busy, Invalid
from frontdesk.kit.coalesce import Coalescer, Full
from frontdesk.store import drafts as d
from frontdesk.store import jobs
from frontdesk.store.drafts import Draft, Outcome
from frontdesk.store.failures import unusable
from frontdesk.store.listeners import CommitListener, EnqueueListener, Listeners
from frontdesk.store.receipts import Receipt
from frontdesk.store.statement import DialectName, Statement
from frontdesk.store.tx import ReadTx, Tx

T = TypeVar("T")
_PING = Statement(sa.select(sa.literal(1).label("one")))
WHOLE = (OSError, asyncio.CancelledError, Busy)
"""Errors of the store that are a whole batch's: running its parts would meet them again."""


class Engine(Protocol):
    """What an engine does for the store."""

    @property
    def dialect(self) -> DialectName: ...
    async def write(self, change: Callable[[Tx], T]) -> T: ...
    async def read(self, query: Callable[[ReadTx], T], *, snapshot: bool = False) -> T: ...
    async def append(self, drafts: Sequence[Draft]) -> list[Outcome]: ...
    async def receive(self, batch: Sequence[Receipt]) -> list[None]: ...
    def is_contended(self) -> bool: ...
    async def warm(self) -> None: ...
    async def close(self) -> None: ...


_WORTH_A_COMMIT, _PAUSE_SECONDS = 64, 0.008
"""Of receipts: a provider waits for its 200 and not for the reading, so more may gather for a commit."""

_COMPANY, _COMPANY_SECONDS, _CROWD = 24, 0.008, 4
"""Of messages, where others want what a commit takes: it is worth most with several in it (decision 15)."""


class Store:
    """Reads and writes of the desk's database. Made by `open_store`; used from one event loop.

    Every write is shielded: a caller that is cancelled stops waiting, the change goes on to its end.
    """

    def __init__(self, engine: Engine, listeners: Listeners) -> None:
        self._engine, self._listeners = engine, listeners
        self._appends = Coalescer(
            engine.append,
            limit=256,
            enough=_COMPANY,
            pause=_COMPANY_SECONDS,
            crowd=_CROWD,
            is_worth_it=engine.is_contended,
            returning=True,
            whole=WHOLE,
        )
        self._receipts = Coalescer(
            engine.receive, limit=256, enough=_WORTH_A_COMMIT, pause=_PAUSE_SECONDS, whole=WHOLE
        )
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    @property
    def dialect(self) -> DialectName:
        """The engine's name."""
        return self._engine.dialect

    async def write(self, change: Callable[[Tx], T]) -> T:
        """Run a change in a transaction and return its value after a durable commit.

        The change is a plain function without effects outside `tx`: it may run more than once.

        Raises:
            StoreUnavailable: The database cannot be reached or written; nothing was changed.
            OutcomeUnknown: The connection was lost while committing and the outcome could not be found out.
            Busy: Too many others changed the same things.
        """
        return await self._shielded(self._engine.write(change))

    async def read(self, query: Callable[[ReadTx], T], *, snapshot: bool = False) -> T:
        """Run a query. On PostgreSQL its statements see one snapshot only if asked (SQLite: always)."""
        return await self._engine.read(query, snapshot=snapshot)

    async def append(self, draft: Draft) -> Outcome:
        """Append a message: the hot path. Concurrent calls become one batch and one commit.

        Raises:
            Invalid: A text holds NUL.
            Busy: Too many wait.
        """
        d.check(draft)
        return await _submit(self._appends, draft)

    async def append_many(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Append several messages in one commit, in order.

        Raises:
            Invalid: A text holds NUL.
        """
        for draft in drafts:
            d.check(draft)
        return await self._shielded(self._engine.append(drafts)) if drafts else []

    async def receive(self, receipt: Receipt) -> None:
        """Keep a provider's request and enqueue its reading. Concurrent calls become one batch.

        Raises:
            Busy: Too many wait.
        """
        await _submit(self._receipts, receipt)

    def on_commit(self, listener: CommitListener) -> None:
        """Call the listener with (account id, head) after each commit that added events: a hint.

        On PostgreSQL commits of other processes are heard, too. A wake-up may be lost: look every second.
        """
        self._listeners.on_commit.append(listener)

    def on_enqueue(self, listener: EnqueueListener) -> None:
        """Call the listener with the queue's name after each commit that added jobs: a hint as above."""
        self._listeners.on_enqueue.append(listener)

    async def warm(self) -> None:
        """Prepare in the background what the first requests would wait for. Best effort; changes nothing."""
        await self._engine.warm()

    async def ping(self) -> None:
        """Touch the database.

        Raises:
            StoreUnavailable: It does not answer.
        """
        await self._engine.read(lambda tx: tx.scalar(_PING))

    async def close(self) -> None:
        """Finish what was begun and close. Nothing happens the second time."""
        if self._is_closed:
            return
        self._is_closed = True
        await self._appends.drain()
        await self._receipts.drain()
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._engine.close()

    async def _shielded(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)


async def _submit(coalescer: Coalescer[Any, T], item: Any) -> T:
    try:
        future = coalescer.submit(item)
    except Full as error:
        raise Busy("The desk is busy. Try again.") from error
    return await asyncio.shield(future)


async def open_store(url: str, *, migrate: bool = True, pool_size: int = 16) -> Store:
    """Open a database: `sqlite:////absolute/path.db` or `postgresql://user@host/name`.

    Args:
        url: Which database.
        migrate: Bring its schema up to date first (SQLite: after a backup of the file).
        pool_size: The most connections to PostgreSQL.

    Raises:
        Invalid: The URL names no known engine.
        StoreLocked: Another process writes to this SQLite file.
        SchemaMismatch: The schema is newer than this version, or older and `migrate` is off.
        StoreUnavailable: The database cannot be reached.
    """
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in _OPENERS:
        known = ", ".join(f"{name}://" for name in _OPENERS)
        raise Invalid(f"Unknown database {scheme!r}.", field="database", hint=f"Use one of {known}")
    return await _OPENERS[scheme](url, migrate, pool_size)


async def _open_sqlite(url: str, migrate: bool, _pool_size: int) -> Store:  # noqa: FBT001
    from frontdesk.store import migrate as migrations  # noqa: PLC0415 - see there
    from frontdesk.store.sqlite import SqliteEngine  # noqa: PLC0415 - no driver that is not used
    from frontdesk.store.sqlite_file import FileLock, make_private, sqlite_path  # noqa: PLC0415

    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        make_private(path)
        await asyncio.to_thread(migrations.prepare_sqlite, path, migrate=migrate)
        listeners = Listeners()
        engine = SqliteEngine(path, lock, listeners)
        await engine.write(jobs.forget_leases)  # ours is the file's only process: whoever had them is gone
        return Store(engine, listeners)
    except BaseException:
        lock.release()
        raise


async def _open_postgres(url: str, migrate: bool, pool_size: int) -> Store:  # noqa: FBT001
    from frontdesk.store import migrate as migrations  # noqa: PLC0415
    from frontdesk.store.postgres import PostgresEngine  # noqa: PLC0415
    from frontdesk.store.postgres_bus import PostgresBus  # noqa: PLC0415
    from frontdesk.store.postgres_pool import LOST, PostgresPool  # noqa: PLC0415

    try:
        await migrations.prepare_postgres(url, migrate=migrate)
    except LOST as error:
        raise unusable(url, error) from error
    listeners = Listeners()
    pool = PostgresPool(url, size=pool_size)
    store = Store(PostgresEngine(pool, PostgresBus(url, listeners), listeners), listeners)
    try:
        await store.ping()
    except BaseException:
        await store.close()
        raise
    return store


_OPENERS: dict[str, Callable[[str, bool, int], Coroutine[Any, Any, Store]]] = {
    "sqlite": _open_sqlite,
    "postgresql": _open_postgres,
}
