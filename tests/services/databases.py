"""Databases for tests: each test gets one of its own, fresh and, unless it asks otherwise, migrated.

The PostgreSQL server is started once for each worker of the run, or is the one that `FRONTDESK_TEST_POSTGRES`
names (its user must be allowed to create databases). A migrated database is a copy of a template: a file copy
on SQLite, `CREATE DATABASE … TEMPLATE` on PostgreSQL. Such a copy takes PostgreSQL longer than most tests, so
one that a test is done with is emptied and lent again (see `Lending`).
"""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
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


@pytest.fixture(scope="session")
def postgres_lending(postgres_server: str, postgres_template: str) -> Iterator["Lending"]:
    """Migrated databases without rows, lent to one test after the other."""
    lending = Lending(postgres_server, postgres_template)
    yield lending
    lending.close()


@pytest.fixture
def postgres_url(postgres_lending: "Lending") -> Iterator[str]:
    """A migrated PostgreSQL database without rows."""
    with postgres_lending.database() as url:
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
    url = _create(server_url, template)
    try:
        yield url
    finally:
        _drop(server_url, url)


_SHAPE = """
SELECT md5(string_agg(part, E'\n' ORDER BY part)) FROM (
  SELECT concat_ws(' ', c.oid, c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull) AS part
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
  UNION ALL SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
  UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', tgname, tgenabled) FROM pg_trigger
  UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg!_temp!_%' ESCAPE '!' AND nspname NOT LIKE 'pg!_toast!_temp!_%' ESCAPE '!'
  UNION ALL SELECT extname FROM pg_extension
  UNION ALL SELECT setconfig::text FROM pg_db_role_setting
  UNION ALL SELECT version_num FROM alembic_version
) AS parts
"""
"""Says in one word what a database is made of, so that one a test has changed is seen."""
_OTHERS = """
SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_GROWN = """
SELECT string_agg(quote_ident(relname), ', ') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
  AND pg_relation_size(oid) > 0
"""
_STATISTICS = """
DELETE FROM pg_statistic USING pg_class
WHERE starelid = pg_class.oid AND relnamespace = 'public'::regnamespace
"""
_SEQUENCES = """
SELECT count(setval(oid, seqstart, false)) FROM pg_class JOIN pg_sequence ON seqrelid = oid
WHERE relnamespace = 'public'::regnamespace
"""


class Lending:
    """Copies of a migrated PostgreSQL database: each is one test's alone, emptied, then the next one's.

    A database that is not exactly as it was made, has grown large or was lent often is dropped instead.

    Args:
        server_url: The server to make them on.
        template: The migrated database to copy.
    """

    MOST_USES = 50
    MOST_BYTES = 24 * 1024 * 1024

    def __init__(self, server_url: str, template: str) -> None:
        self._server_url, self._template = server_url, template
        self._spare: list[str] = []
        self._uses: dict[str, int] = {}
        self._shape: str | None = None

    @contextmanager
    def database(self) -> Iterator[str]:
        """A database without rows for the length of the block."""
        url = self._spare.pop() if self._spare else self._made()
        self._uses[url] = self._uses.get(url, 0) + 1
        try:
            yield url
        finally:
            if self._uses[url] < self.MOST_USES and asyncio.run(self._is_emptied(url)):
                self._spare.append(url)
            else:
                _drop(self._server_url, url)

    def close(self) -> None:
        """Drop those that nobody has."""
        while self._spare:
            _drop(self._server_url, self._spare.pop())

    def _made(self) -> str:
        url = _create(self._server_url, self._template)
        if self._shape is None:
            self._shape = asyncio.run(_fetch(url, _SHAPE))
        return url

    async def _is_emptied(self, url: str) -> bool:
        connection = await asyncpg.connect(url)
        try:
            await connection.fetchval(_OTHERS)
            if await connection.fetchval("SELECT pg_database_size(current_database())") > self.MOST_BYTES:
                return False
            if await connection.fetchval(_SHAPE) != self._shape:
                return False
            grown = await connection.fetchval(_GROWN)
            if grown:  # not by DELETE: the planner would go by the pages and rows that were there
                await connection.execute(f"TRUNCATE {grown} CASCADE")
            await connection.execute(_STATISTICS)
            await connection.fetchval(_SEQUENCES)
            return True
        finally:
            await connection.close()


def _create(server_url: str, template: str) -> str:
    name = f"frontdesk_test_{uuid.uuid4().hex[:12]}"
    _execute(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def _drop(server_url: str, url: str) -> None:
    _execute(server_url, f'DROP DATABASE "{urlsplit(url).path.lstrip("/")}" WITH (FORCE)')


async def _open(url: str, *, migrate: bool = True) -> "Store":
    from frontdesk.store.engine import open_store  # noqa: PLC0415 - tests without a database load no driver

    return await open_store(url, migrate=migrate)


def _migrate(url: str) -> None:
    async def run() -> None:
        opened = await _open(url)
        await opened.close()

    asyncio.run(run())


async def _fetch(url: str, query: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def _execute(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
