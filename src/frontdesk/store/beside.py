"""A look into the database beside a desk that runs: nothing is locked, nothing is changed."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from frontdesk.domain.errors import NotFound
from frontdesk.store.engine import open_store
from frontdesk.store.failures import unusable
from frontdesk.store.sqlite_file import SqliteDriver, connect, sqlite_path
from frontdesk.store.tx import ReadTx

T = TypeVar("T")


async def read_beside(url: str, query: Callable[[ReadTx], T]) -> T:
    """Run one query, whether a desk uses the database or not.

    Raises:
        NotFound: There is no such file.
        StoreUnavailable: The database cannot be read.
        SchemaMismatch: A PostgreSQL schema is not of this version.
    """
    if url.startswith("sqlite:"):
        return await asyncio.to_thread(_read_file, sqlite_path(url), query)
    store = await open_store(url, migrate=False, pool_size=2)
    try:
        return await store.read(query, snapshot=True)
    finally:
        await store.close()


def _read_file(path: Path, query: Callable[[ReadTx], T]) -> T:
    if not path.exists():
        raise NotFound(
            f"There is no database at {path}.",
            hint="Start the desk once, or name its folder: --data-dir, FRONTDESK_DATA_DIR.",
        )
    try:
        with closing(connect(path, read_only=True)) as database:
            database.execute("BEGIN")
            return query(ReadTx("sqlite", SqliteDriver(database)))
    except sqlite3.Error as error:
        raise unusable(f"sqlite://{path}", error) from error
