"""Databases for tests: each test gets one of its own, fresh and, unless it asks otherwise, migrated.

The PostgreSQL server is started once for each worker of the run, or is the one that `FRONTDESK_TEST_POSTGRES`
names (its user must be allowed to create databases). A migrated database is a copy of a template: a file copy
on SQLite, `CREATE DATABASE … TEMPLATE` on PostgreSQL.
"""

import asyncio
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from tests.services.postgres import PostgresServer

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


def _execute(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
