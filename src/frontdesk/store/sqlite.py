"""The store on SQLite: a writer thread, a few reader threads, a thread that checkpoints, one locked file."""

import asyncio
import queue
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

from frontdesk.store import append_sqlite, events, receipts
from frontdesk.store.drafts import Appended, Draft, Outcome
from frontdesk.store.failures import StoreUnavailable
from frontdesk.store.listeners import Listeners
from frontdesk.store.sqlite_file import LARGE_WAL_BYTES, FileLock, SqliteDriver, connect
from frontdesk.store.sqlite_writer import Writer
from frontdesk.store.tx import ReadTx, Tx

T = TypeVar("T")
READERS = 3
OPEN_AGAIN_SECONDS = 0.05
SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter: the writer gives it up at every row and wants it back soon.

With Python's 5 ms the slowest percent of the answers takes a quarter longer.
"""
CHECKPOINT_BYTES = 16 * 1024 * 1024


class SqliteEngine:
    """See Store. The caller hands over the file's lock."""

    dialect: Literal["sqlite"] = "sqlite"

    def __init__(self, path: Path, lock: FileLock, listeners: Listeners) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self._path, self._lock = path, lock
        self._checkpoints = _Checkpoints(path)
        self._writer = Writer(path, listeners, self._checkpoints.consider)
        self._readers = _Readers(path, READERS)

    async def write(self, change: Callable[[Tx], T]) -> T:
        """Run a change on the writer thread, many per COMMIT."""
        value: T = await self._writer.submit(change)
        return value

    async def read(self, query: Callable[[ReadTx], T], *, snapshot: bool = False) -> T:  # noqa: ARG002
        """Run a query on a reader thread; its statements always see one snapshot."""
        return await self._readers.submit(query)

    async def append(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Append a batch in one change."""
        return await self.write(lambda tx: _append(tx, drafts))

    async def receive(self, batch: Sequence[receipts.Receipt]) -> list[None]:
        """Keep a batch of receipts in one change."""
        await self.write(lambda tx: receipts.add_many(tx, batch))
        return [None] * len(batch)

    def is_contended(self) -> bool:
        """Always: the writer's thread and the requests take turns with the interpreter."""
        return True

    async def warm(self) -> None:
        """Nothing: a file is next to us."""

    async def close(self) -> None:
        """Finish what is queued, fold the log into the file, and let others open it."""
        await self._writer.close()
        await self._readers.close()
        await asyncio.to_thread(self._checkpoints.close)
        self._lock.release()


def _append(tx: Tx, drafts: Sequence[Draft]) -> list[Outcome]:
    out = append_sqlite.append(tx, drafts)
    positions = iter(events.number(tx))
    for outcome in out:
        if isinstance(outcome, Appended):
            outcome.position = next(positions)
    return out


class _Readers:
    """Threads that run queries, each on a connection of its own."""

    def __init__(self, path: Path, count: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[tuple[Callable[[ReadTx], Any], asyncio.Future[Any]] | None] = (
            queue.SimpleQueue()
        )
        self._threads = [
            threading.Thread(
                target=self._work, args=(path,), name=f"frontdesk-sqlite-reader-{n}", daemon=True
            )
            for n in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, query: Callable[[ReadTx], T]) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put((query, future))
        return future

    async def close(self) -> None:
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _work(self, path: Path) -> None:
        database = connect(path, read_only=True)
        driver = SqliteDriver(database)
        while (item := self._queue.get()) is not None:
            query, future = item
            value, error = None, None
            try:
                database.execute("BEGIN")
                value = query(ReadTx("sqlite", driver))
            except sqlite3.OperationalError as failed:
                error = StoreUnavailable(f"The database cannot be read now: {failed}.")
                error.__cause__ = failed
            except Exception as failed:  # noqa: BLE001 - the edge of the thread: every error goes to its caller
                error = failed  # type: ignore[assignment]
            if database.in_transaction:
                database.execute("COMMIT")
            self._loop.call_soon_threadsafe(_resolve, future, value, error)
        database.close()


def _resolve(future: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(value)


class _Checkpoints:
    """Copies the write-ahead log into the file, away from the writer: a commit never waits for it."""

    def __init__(self, path: Path) -> None:
        self._path, self._wal = path, path.with_name(path.name + "-wal")
        self._wake, self._closing = threading.Event(), False
        self._thread = threading.Thread(target=self._work, name="frontdesk-sqlite-checkpoints", daemon=True)
        self._thread.start()
        self._commits = 0

    def consider(self) -> None:
        """Called after each commit: look at the log's size now and then."""
        self._commits += 1
        if self._commits % 64 == 0:
            self._wake.set()

    def close(self) -> None:
        """Copy all and stop."""
        self._closing = True
        self._wake.set()
        self._thread.join()

    def _open(self) -> sqlite3.Connection | None:
        """The file; None if we close before whoever holds it (another opening, a recovery) lets go."""
        while not self._closing:
            try:
                return connect(self._path)
            except sqlite3.OperationalError:
                time.sleep(OPEN_AGAIN_SECONDS)
        return None

    def _work(self) -> None:
        database = self._open()
        if database is None:
            return
        while not self._closing:
            self._wake.wait()
            self._wake.clear()
            with suppress(sqlite3.Error, OSError):  # tried again after the next commits
                size = self._wal.stat().st_size
                if size > CHECKPOINT_BYTES:
                    database.execute(
                        f"PRAGMA wal_checkpoint({'RESTART' if size > LARGE_WAL_BYTES else 'PASSIVE'})"
                    )
        with suppress(sqlite3.Error):
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
