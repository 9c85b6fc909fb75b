"""One SQLite file: how connections to it are set up, and the lock that keeps a second writer away."""

import os
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from frontdesk.domain.errors import Invalid
from frontdesk.store.failures import StoreLocked

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "cache_size=-65536",
    "temp_store=MEMORY",
    "wal_autocheckpoint=0",
)
LARGE_WAL_BYTES = 64 * 1024 * 1024


def sqlite_path(url: str) -> Path:
    """The file that a URL names: `sqlite:////absolute/path` or `sqlite:///relative/path`.

    Raises:
        Invalid: It names none.
    """
    rest = url.removeprefix("sqlite://")
    if not rest.startswith("/") or len(rest) < 2 or ":memory:" in rest:
        raise Invalid(
            "A SQLite database needs a file.", field="database", hint="Write sqlite:////absolute/path.db"
        )
    return Path(rest[1:])


def make_private(path: Path) -> None:
    """Make an empty file that its owner alone reads, if there is none; SQLite's logs get the same mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the file for use by one thread at a time."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=1024)
    for pragma in _PRAGMAS:
        database.execute(f"PRAGMA {pragma}")
    if read_only:
        database.execute("PRAGMA query_only=ON")
    database.create_function("now_us", 0, lambda: time.time_ns() // 1000)
    return database


class SqliteDriver:
    """The driver calls of a transaction."""

    __slots__ = ("_database",)

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def fetch(self, sql: str, args: Sequence[Any]) -> Sequence[Any]:
        return self._database.execute(sql, args).fetchall()

    def execute(self, sql: str, args: Sequence[Any]) -> int:
        return self._database.execute(sql, args).rowcount

    def execute_many(self, sql: str, args: Sequence[Sequence[Any]]) -> None:
        self._database.executemany(sql, args)


class FileLock:
    """The operating system's lock beside the database file; gone with the process, however it ends.

    Raises:
        StoreLocked: Another process has it.
    """

    def __init__(self, database: Path) -> None:
        path = database.with_name(database.name + ".lock")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._file)
        except OSError as error:
            holder = os.read(self._file, 32).decode(errors="replace").strip()
            os.close(self._file)
            by = f" (process {holder})" if holder else ""
            raise StoreLocked(
                f"Another Frontdesk{by} is using {database}.",
                hint="Stop it first, or give this one another FRONTDESK_DATA_DIR or FRONTDESK_DATABASE. "
                "Several processes need PostgreSQL.",
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let others open the file."""
        os.close(self._file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        os.lseek(file, 1024, os.SEEK_SET)  # locked bytes cannot be read by others: leave the process id alone
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
