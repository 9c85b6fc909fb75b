"""Bringing a database's schema up to date, back, and to safety: used at start and by `frontdesk migrate`.

Alembic and SQLAlchemy's engines are loaded only when there is something to migrate: a start does without.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from frontdesk.domain.errors import Conflict, Invalid
from frontdesk.kit.clock import utc_now
from frontdesk.store.failures import SchemaMismatch, unusable
from frontdesk.store.migrations import HEAD
from frontdesk.store.sqlite_file import FileLock, make_private, sqlite_path

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCRIPTS = Path(__file__).with_name("migrations")
_LOCK_KEY = 0x66726F6E74
_HAS_TABLE = "SELECT to_regclass('alembic_version') IS NOT NULL"
_UNUSABLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ValueError)
"""What connecting may say of a server, a user, a name or an address that is not right."""
_REVISION = "SELECT version_num FROM alembic_version"


@dataclass(frozen=True, slots=True)
class Status:
    """Where a database's schema stands: its revision (None: empty) and the one this version works with."""

    current: str | None
    head: str = HEAD

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        return self.current == self.head

    @property
    def is_newer(self) -> bool:
        """Whether a newer version made it: this one does not know the revision."""
        return self.current is not None and self.current not in revisions()


async def status(url: str) -> Status:
    """Where the schema stands. May be asked while the desk runs."""
    if url.startswith("sqlite:"):
        return _sqlite_status(sqlite_path(url))
    return await _postgres_status(url)


async def up(url: str) -> Status:
    """Bring the schema up to date and say where it stood before.

    Raises:
        SchemaMismatch: It is newer than this version.
        StoreLocked: The SQLite file is in use.
    """
    before = await status(url)
    _refuse_newer(before)
    await _change(url, _upgrade)
    return before


async def down(url: str, revision: str) -> Status:
    """Take the schema back to a revision ("base": to nothing) and say where it stood before.

    Raises:
        Invalid: There is no such revision.
        SchemaMismatch: The schema is newer than this version.
        StoreLocked: The SQLite file is in use.
    """
    if revision != "base" and revision not in revisions():
        known = ", ".join(["base", *sorted(revisions())])
        raise Invalid(f"There is no revision {revision!r}.", field="revision", hint=f"Known are: {known}")
    before = await status(url)
    _refuse_newer(before)
    await _change(url, lambda connection: _downgrade(connection, revision))
    return before


async def backup(url: str, target: Path) -> Path:
    """Copy the database to a file that is not there yet, while the desk may run.

    Raises:
        Conflict: The target exists, or there is nothing to copy.
        Invalid: There is no such folder, or PostgreSQL's own `pg_dump` is needed and not installed.
    """
    if not await asyncio.to_thread(target.parent.is_dir):
        raise Invalid(f"There is no folder {target.parent}.", hint="Make it, or name another file.")
    if await asyncio.to_thread(target.exists):
        raise Conflict(f"{target} exists already.", hint="Name a file that is not there yet.")
    if (await status(url)).current is None:
        raise Conflict("There is no database yet, so there is nothing to copy.", hint="See: frontdesk doctor")
    if url.startswith("sqlite:"):
        await asyncio.to_thread(copy_sqlite, sqlite_path(url), target)
        return target
    program = shutil.which("pg_dump")
    if program is None:
        raise Invalid("pg_dump is not installed.", hint="Install PostgreSQL's client programs.")
    address, environment = _without_password(url)
    command = [program, "--format=custom", f"--file={target}", address]
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    if await process.wait() != 0:
        raise Conflict("pg_dump failed; see its message above.")
    return target


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """An address that everybody on this machine may read, and the environment of whoever connects to it."""
    from sqlalchemy import URL, make_url  # noqa: PLC0415 - a start does without

    parts = make_url(url)
    given = parts.password or parts.query.get("password")
    query = {name: value for name, value in parts.query.items() if name != "password"}
    host, port, database = parts.host, parts.port, parts.database
    address = URL.create(
        parts.drivername, parts.username, host=host, port=port, database=database, query=query
    )
    return str(address), {**os.environ, **({"PGPASSWORD": str(given)} if given else {})}


def prepare_sqlite(path: Path, *, migrate: bool) -> None:
    """Bring a file whose lock the caller holds up to date; what it held is copied first.

    Raises:
        SchemaMismatch: The schema is newer than this version, or older and `migrate` is off.
    """
    found = _sqlite_status(path)
    if _must_migrate(found, migrate=migrate):
        _keep_sqlite(path, found)
        _run_sqlite(path, _upgrade)


async def prepare_postgres(url: str, *, migrate: bool) -> None:
    """Bring a database up to date; several processes may start at once.

    Raises:
        SchemaMismatch: The schema is newer than this version, or older and `migrate` is off.
    """
    if _must_migrate(await _postgres_status(url), migrate=migrate):
        await _run_postgres(url, _upgrade)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite file as of one instant; its writer may go on meanwhile."""
    partial = target.with_name(target.name + ".partial")
    make_private(partial)
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(partial)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        partial.unlink(missing_ok=True)
        raise unusable(f"sqlite://{partial}", error) from error
    partial.rename(target)


def _must_migrate(found: Status, *, migrate: bool) -> bool:
    _refuse_newer(found)
    if not found.is_current and not migrate:
        raise SchemaMismatch(
            f"The database has schema {found.current or 'none'}; this version works with {found.head}.",
            hint="Run: frontdesk migrate up",
        )
    return not found.is_current


def _refuse_newer(found: Status) -> None:
    if found.is_newer:
        raise SchemaMismatch(
            f"The database was made by a newer Frontdesk: it has schema {found.current}, "
            f"this version works with {found.head}.",
            hint="Start the newer version, or restore the backup that was made before the upgrade.",
        )


def revisions() -> set[str]:
    """The revisions that this version has."""
    return {path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py")}


def _sqlite_status(path: Path) -> Status:
    if not path.exists():
        return Status(None)
    try:
        with closing(sqlite3.connect(path)) as database:
            table = database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").fetchone()
            row = database.execute(_REVISION).fetchone() if table else None
    except sqlite3.DatabaseError as error:
        raise unusable(f"sqlite://{path}", error) from error
    return Status(row[0] if row else None)


async def _postgres_status(url: str) -> Status:
    try:
        connection = await asyncpg.connect(url, timeout=5)
    except _UNUSABLE as error:
        raise unusable(url, error) from error
    try:
        found = await connection.fetchval(_HAS_TABLE)
        return Status(await connection.fetchval(_REVISION) if found else None)
    finally:
        await connection.close()


def _keep_sqlite(path: Path, found: Status) -> None:
    if found.current is not None:
        stamp = utc_now().strftime("%Y%m%dT%H%M%SZ")
        copy_sqlite(path, path.with_name(f"{path.name}.{stamp}.schema-{found.current}.backup"))


async def _change(url: str, run: Callable[["Connection"], None]) -> None:
    if not url.startswith("sqlite:"):
        await _run_postgres(url, run)
        return
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        make_private(path)
        _keep_sqlite(path, _sqlite_status(path))
        await asyncio.to_thread(_run_sqlite, path, run)
    finally:
        lock.release()


def _run_sqlite(path: Path, run: Callable[["Connection"], None]) -> None:
    from sqlalchemy import create_engine, event  # noqa: PLC0415 - see the module's docstring
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _leave_transactions_to_us(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: "Connection") -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # schema changes belong to the transaction too

    try:
        with engine.begin() as connection:
            run(connection)
    except OperationalError as error:  # a full disk, or a file that may not be written
        raise unusable(f"sqlite://{path}", error.orig or error) from error
    finally:
        engine.dispose()


async def _run_postgres(url: str, run: Callable[["Connection"], None]) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=lambda: _connect(url)
    )
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})")
            await connection.run_sync(run)
    finally:
        await engine.dispose()


async def _connect(url: str) -> Any:
    return await asyncpg.connect(url, timeout=5, server_settings={"lock_timeout": "30s"})


def _upgrade(connection: "Connection") -> None:
    from alembic import command  # noqa: PLC0415

    command.upgrade(_config(connection), "head")


def _downgrade(connection: "Connection", revision: str) -> None:
    from alembic import command  # noqa: PLC0415

    command.downgrade(_config(connection), revision)


def _config(connection: "Connection") -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
