"""Databases for tests: each test gets one of its own, fresh and, unless it asks otherwise, migrated.

The PostgreSQL server is started once for each worker of the run, or is the one that `FRONTDESK_TEST_POSTGRES`
names (its user must be allowed to create databases). A migrated database is a copy of a template: a file copy
on SQLite, `CREATE DATABASE … TEMPLATE` on PostgreSQL.
"""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from tests.services.postgres import PostgresServer

if TYPE_CHECKING:
    from frontdesk.store.engine import Store

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a running PostgreSQL server; a test asks for a database of its own instead."""
    given = os.environ.get("FRONTDESK_TEST_POSTGRES")
    if given:
        yield given
        return
    with PostgresServer() as server:
        yield server.url()


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables; runs the test on each engine."""
    if request.param == "sqlite":
        yield sqlite_url_of(tmp_path / "frontdesk.db")
        return
    with postgres_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that nobody has open."""
    path = tmp_path_factory.mktemp("template") / "frontdesk.db"
    _migrate(sqlite_url_of(path))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated PostgreSQL database that nobody is connected to."""
    with postgres_database(postgres_server) as url:
        _migrate(url)
        yield urlsplit(url).path.lstrip("/")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    copy = tmp_path / "frontdesk.db"
    shutil.copyfile(sqlite_template, copy)
    return sqlite_url_of(copy)


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database."""
    with postgres_database(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database; runs the test on each engine."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator["Store"]:
    """An open store over a fresh database; runs the test on each engine."""
    opened = await _open(database_url, migrate=False)
    yield opened
    await opened.close()


def sqlite_url_of(path: Path) -> str:
    """Return the URL by which a SQLite file is named in the settings."""
    return f"sqlite:///{path}"


@contextmanager
def postgres_database(server_url: str, template: str = "template0") -> Iterator[str]:
    """Make a database on this server for the length of the block and give its URL."""
    name = f"frontdesk_test_{uuid.uuid4().hex[:12]}"
    _execute(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    finally:
        _execute(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _open(url: str, *, migrate: bool = True) -> "Store":
    from frontdesk.store.engine import open_store  # noqa: PLC0415 - tests without a database load no driver

    return await open_store(url, migrate=migrate)


def _migrate(url: str) -> None:
    async def run() -> None:
        opened = await _open(url)
        await opened.close()

    asyncio.run(run())


def _execute(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
