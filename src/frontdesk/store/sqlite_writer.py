"""SQLite's one writer thread: many changes per commit, a savepoint each, futures resolved after COMMIT.

- An error undoes its own change only. Where SQLite undid the whole transaction (disk full, I/O error), the
  culprit fails and its mates run again.
- A failed COMMIT fails everybody in it. After an I/O error nothing is acknowledged until the file could be
  opened again and a probe could be written.
"""

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontdesk.store import events
from frontdesk.store.failures import OutcomeUnknown, StoreUnavailable
from frontdesk.store.listeners import Listeners
from frontdesk.store.sqlite_file import SqliteDriver, connect
from frontdesk.store.tx import Tx

CHANGES_PER_COMMIT = 256
COMMIT_SECONDS = 0.020
_BROKEN_FILE = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
}
_PROBE = """
INSERT INTO instance (key, value) VALUES ('probe', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1"""


@dataclass(slots=True)
class _Change:
    run: Callable[[Tx], Any]
    future: asyncio.Future[Any]


@dataclass(slots=True)
class _Done:
    """A change that is in the transaction, or has failed for good."""

    future: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None
    tx: Tx | None = None


class Writer:
    """Runs changes one after the other on a thread of its own.

    Args:
        path: The database file, locked by the caller.
        listeners: Hear of each commit, in the event loop.
        on_write: Called on the thread after each commit.
    """

    def __init__(self, path: Path, listeners: Listeners, on_write: Callable[[], None]) -> None:
        self._path, self._listeners, self._on_write = path, listeners, on_write
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Change | None] = queue.SimpleQueue()
        self._database: sqlite3.Connection | None = connect(path)
        self._driver = SqliteDriver(self._database)
        self._thread = threading.Thread(target=self._work, name="frontdesk-sqlite-writer", daemon=True)
        self._thread.start()

    def submit(self, change: Callable[[Tx], Any]) -> asyncio.Future[Any]:
        """Queue a change; the future is resolved after its COMMIT."""
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put(_Change(change, future))
        return future

    async def close(self) -> None:
        """Finish what is queued and stop."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        closing = False
        while not closing:
            waiting, closing = self._take()
            batch: Sequence[_Change] = waiting
            while batch:
                try:
                    batch = self._commit(batch)
                except Exception as error:  # noqa: BLE001 - the edge of the thread: it must outlive any error
                    self._abandon()
                    self._tell([_Done(change.future, error=error) for change in batch])
                    break
        self._abandon()

    def _take(self) -> tuple[list[_Change], bool]:
        batch: list[_Change] = []
        item = self._queue.get()
        while item is not None:
            batch.append(item)
            if len(batch) >= CHANGES_PER_COMMIT:
                return batch, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _commit(self, batch: Sequence[_Change]) -> Sequence[_Change]:
        """Run changes in one transaction; what is left to run (again) is returned."""
        database = self._open()
        if database is None:
            error = StoreUnavailable("The database file cannot be written. Check the disk.")
            self._tell([_Done(change.future, error=error) for change in batch])
            return ()
        done: list[_Done] = []
        try:
            database.execute("BEGIN IMMEDIATE")
            culprit = self._run_all(database, batch, done)
            if culprit is not None:  # all is undone: the culprit fails, its mates run again
                self._tell([culprit])
                return [change for change in batch if change.future is not culprit.future]
            database.execute("COMMIT")
        except sqlite3.Error as error:
            failure = self._failure(error, sure=not done)
            self._undo(database)
            futures = [each.future for each in done] or [change.future for change in batch]
            done = [_Done(future, error=failure) for future in futures]
        self._tell(done)
        self._on_write()
        return batch[len(done) :]

    def _run_all(
        self, database: sqlite3.Connection, batch: Sequence[_Change], done: list[_Done]
    ) -> _Done | None:
        """Run changes until the time is up; one that took the whole transaction with it is returned."""
        started = time.monotonic()
        for change in batch:
            outcome = self._run(database, change)
            if not database.in_transaction or _is_broken(outcome.error):
                self._undo(database)
                outcome.error = self._failure(outcome.error, sure=True)
                return outcome
            done.append(outcome)
            if time.monotonic() - started > COMMIT_SECONDS:
                break
        return None

    @staticmethod
    def _undo(database: sqlite3.Connection) -> None:
        with suppress(sqlite3.Error):  # a broken file may not even roll back; it is opened again
            if database.in_transaction:
                database.execute("ROLLBACK")

    def _run(self, database: sqlite3.Connection, change: _Change) -> _Done:
        tx = Tx("sqlite", self._driver)
        try:
            database.execute("SAVEPOINT change")
            value = change.run(tx)
            events.number(tx)
            database.execute("RELEASE change")
        except Exception as error:  # noqa: BLE001 - the edge of the thread: every error goes to its caller
            with suppress(sqlite3.Error):
                if database.in_transaction:
                    database.execute("ROLLBACK TO change")
                    database.execute("RELEASE change")
            return _Done(change.future, error=error)
        return _Done(change.future, value, None, tx)

    def _open(self) -> sqlite3.Connection | None:
        """The file, if it can be written; after an I/O error it is opened again and a probe is written."""
        if self._database is not None:
            return self._database
        try:
            database = connect(self._path)
            database.execute(_PROBE, (str(time.time_ns()),))
        except sqlite3.Error:
            return None
        self._database, self._driver = database, SqliteDriver(database)
        return database

    def _failure(self, error: BaseException | None, *, sure: bool) -> BaseException:
        """What the callers hear; a broken file is closed, so that nothing is acknowledged from it."""
        if not isinstance(error, sqlite3.Error):
            return error or StoreUnavailable("The change was undone.")
        if _is_broken(error):
            self._abandon()
            kind = StoreUnavailable if sure else OutcomeUnknown
            failure: Exception = kind(
                f"The database file failed: {error}. Repeat with the same Idempotency-Key."
            )
        elif _code(error) in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY}:
            failure = StoreUnavailable(f"The database cannot be written now: {error}.")
        else:
            return error
        failure.__cause__ = error
        return failure

    def _abandon(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            with suppress(sqlite3.Error):
                database.close()

    def _tell(self, done: Sequence[_Done]) -> None:
        self._loop.call_soon_threadsafe(self._resolve, done)

    def _resolve(self, done: Sequence[_Done]) -> None:
        heads: dict[Any, int] = {}
        queues: set[str] = set()
        for each in done:
            if each.tx is not None:
                heads.update(each.tx.heads)
                queues |= each.tx.queues
            if each.future.done():
                continue
            if each.error is not None:
                each.future.set_exception(each.error)
            else:
                each.future.set_result(each.value)
        self._listeners.committed(heads, queues)


def _code(error: BaseException | None) -> int | None:
    """The primary result code of SQLite's error."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _is_broken(error: BaseException | None) -> bool:
    """Whether the file itself failed, so that nothing more may be acknowledged from this connection."""
    return isinstance(error, sqlite3.Error) and _code(error) in _BROKEN_FILE
