"""Schemas: the first equals the tables, up and down keep data, nobody starts on a schema it does not know."""

import asyncio
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from frontdesk.domain.errors import Conflict, Invalid
from frontdesk.store import accounts, messages, migrate
from frontdesk.store import tables as t
from frontdesk.store.beside import read_beside
from frontdesk.store.engine import open_store
from frontdesk.store.failures import SchemaMismatch, StoreLocked, StoreUnavailable
from frontdesk.store.migrations import HEAD
from frontdesk.store.sqlite_file import sqlite_path
from frontdesk.store.statement import Statement
from tests.services.databases import postgres_database
from tests.store.desk import Desk


def _differences(connection: sa.Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), t.metadata))


def _schema(connection: sa.Connection) -> Any:
    """What the database itself says of its tables, indexes and their conditions."""
    if connection.dialect.name == "sqlite":
        query = """
            SELECT 'table', name, wr, strict FROM pragma_table_list WHERE schema = 'main'
            UNION ALL SELECT 'column', c.name, m.name, c.cid || ' ' || c.type || ' ' || c."notnull" || ' '
              || ifnull(c.dflt_value, '') || ' ' || c.pk
              FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table'
            UNION ALL SELECT type, name, tbl_name, sql FROM sqlite_schema
              WHERE type <> 'table' OR sql LIKE 'CREATE VIRTUAL %'"""
    else:
        query = """
            SELECT 'index', indexname::text, tablename::text, indexdef FROM pg_indexes
              WHERE schemaname = 'public'
            UNION ALL SELECT 'column', column_name, table_name, concat_ws(' ', ordinal_position, data_type,
              is_nullable, column_default, is_identity) FROM information_schema.columns
              WHERE table_schema = 'public'
            UNION ALL SELECT 'table', relname, array_to_string(reloptions, ','), relkind::text FROM pg_class
              WHERE relnamespace = 'public'::regnamespace"""
    return sorted(map(str, connection.exec_driver_sql(query)))


async def _look(url: str, query: Any) -> Any:
    if url.startswith("sqlite:"):
        engine = sa.create_engine(f"sqlite:///{sqlite_path(url)}")
        with engine.connect() as connection:
            found = query(connection)
        engine.dispose()
        return found
    remote = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    async with remote.connect() as connected:
        found = await connected.run_sync(query)
    await remote.dispose()
    return found


async def _create_all(url: str) -> None:
    def create(connection: sa.Connection) -> None:
        t.metadata.create_all(connection)
        connection.commit()

    await _look(url, create)


async def test_the_revisions_lead_to_the_tables(database_url: str) -> None:
    assert await _look(database_url, _differences) == []


async def test_to_the_last_index_condition(database_url: str, empty_twin: str) -> None:
    """What Alembic does not compare: conditions, storage options, order of columns."""
    await _create_all(empty_twin)
    migrated = [each for each in await _look(database_url, _schema) if "alembic_version" not in each]
    assert migrated == await _look(empty_twin, _schema)


@pytest.fixture
def empty_twin(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Any:
    """An empty database on the engine of `database_url`."""
    if database_url.startswith("sqlite:"):
        return f"sqlite:///{tmp_path / 'twin.db'}"
    return request.getfixturevalue("postgres_twin")


@pytest.fixture
def postgres_twin(postgres_server: str) -> Any:
    with postgres_database(postgres_server) as url:
        yield url


async def test_up_down_up_keeps_data(database_url: str) -> None:
    """S1-09: every revision leads back to the first and up again, and what was said is still there."""
    store = await open_store(database_url)
    desk = await Desk(store).open()
    await store.append(desk.incoming())
    before = await store.read(lambda tx: messages.page(tx, desk.account, desk.first))
    await store.close()
    for revision in sorted(migrate.revisions(), reverse=True):
        await migrate.down(database_url, revision)
        assert await migrate.status(database_url) == migrate.Status(revision)
    assert (await migrate.up(database_url)).current == min(migrate.revisions())
    assert await _look(database_url, _differences) == []
    store = await open_store(database_url)
    desk.store = store
    assert await store.read(lambda tx: messages.page(tx, desk.account, desk.first)) == before
    await store.append(desk.incoming())
    assert await desk.seqs() == [1, 2]
    await store.close()


def _modes(folder: Path, pattern: str) -> dict[Path, int]:
    return {path: stat.S_IMODE(path.stat().st_mode) for path in folder.glob(pattern)}


async def test_a_start_brings_an_older_schema_up_to_date_after_a_copy(sqlite_url: str) -> None:
    """S1-09, S3-28: the copy has the old schema and what was said; nobody else on the machine reads it."""
    store = await open_store(sqlite_url)
    desk = await Desk(store).open()
    await store.append(desk.incoming())
    await store.close()
    await migrate.down(sqlite_url, "0001")
    path = sqlite_path(sqlite_url)
    old = _modes(path.parent, "*.backup")
    desk.store = await open_store(sqlite_url)
    assert await desk.seqs() == [1]
    await desk.store.close()
    assert (await migrate.status(sqlite_url)).is_current
    made = _modes(path.parent, "*.backup")
    (copy,) = made.keys() - old.keys()
    assert (copy.name.endswith(".schema-0001.backup"), made[copy]) == (True, 0o600)
    assert await migrate.status(f"sqlite:///{copy}") == migrate.Status("0001")
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM messages").fetchone() == (1,)


async def test_a_new_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'new.db'}")
    await Desk(store).open()
    modes = _modes(tmp_path, "new.db*")
    await store.close()
    assert {"new.db", "new.db-wal", "new.db.lock"} <= {path.name for path in modes}
    assert set(modes.values()) == {0o600}


async def test_what_is_no_database_is_told_in_words(tmp_path: Path) -> None:
    """Whoever starts on it reads what is wrong and the cure, never a stack trace."""
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"not a database" * 500)
    for url, named in (
        (f"sqlite:///{garbage}", f"{garbage} cannot be used: file is not a database. Check"),
        ("postgresql://u:secret@127.0.0.1:1/x", "127.0.0.1:1/x cannot be used"),
        ("postgresql://u:secret@127.0.0.1:port/x", "127.0.0.1:port/x cannot be used"),
    ):
        for attempt in (
            migrate.status(url),
            migrate.up(url),
            migrate.backup(url, tmp_path / "copy"),
            open_store(url),
            read_beside(url, accounts.all_ids),
        ):
            with pytest.raises(StoreUnavailable) as refused:
                await attempt
            assert named in refused.value.message
            assert "FRONTDESK_DATABASE" in refused.value.message
            assert "secret" not in refused.value.message


async def test_a_name_that_the_server_does_not_know_is_told(postgres_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="nowhere cannot be used"):
        await migrate.status(postgres_url.rpartition("/")[0] + "/nowhere")


async def test_where_there_is_nothing_nothing_is_copied(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="no database yet"):
        await migrate.backup(f"sqlite:///{tmp_path / 'no.db'}", tmp_path / "copy.db")
    assert _modes(tmp_path, "*") == {}


async def test_down_to_nothing_and_up_again(database_url: str) -> None:
    """S1-09."""
    assert (await migrate.down(database_url, "base")).current == HEAD
    assert await migrate.status(database_url) == migrate.Status(None)
    assert not await _look(database_url, _tables)
    assert (await migrate.up(database_url)).current is None
    assert (await migrate.status(database_url)).is_current
    assert await _look(database_url, _differences) == []


def _tables(connection: sa.Connection) -> list[str]:
    return [name for name in sa.inspect(connection).get_table_names() if name != "alembic_version"]


async def test_a_start_migrates_an_empty_database(empty_database_url: str) -> None:
    """S3-28."""
    with pytest.raises(SchemaMismatch) as refused:
        await open_store(empty_database_url, migrate=False)
    assert refused.value.hint == "Run: frontdesk migrate up"
    store = await open_store(empty_database_url)
    await store.ping()
    await store.close()
    assert (await migrate.status(empty_database_url)).is_current


async def test_several_starts_at_once_on_postgresql(postgres_twin: str) -> None:
    stores = await asyncio.gather(*(open_store(postgres_twin) for _ in range(3)))
    for store in stores:
        await store.ping()
        await store.close()


async def _pretend(url: str, revision: str) -> None:
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(sqlite_path(url))) as database, database:
            database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        return
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE alembic_version SET version_num = $1", revision)
    await connection.close()


async def test_a_newer_schema_is_refused_with_the_cure(database_url: str) -> None:
    await _pretend(database_url, "9999")
    assert (await migrate.status(database_url)).is_newer
    for attempt in (
        open_store(database_url),
        open_store(database_url, migrate=False),
        migrate.up(database_url),
    ):
        with pytest.raises(SchemaMismatch, match=r"newer Frontdesk: it has schema 9999") as refused:
            await attempt
        assert refused.value.hint is not None
        assert "restore the backup" in refused.value.hint
    await _pretend(database_url, HEAD)
    await (await open_store(database_url)).close()


async def test_an_unknown_revision_is_refused(database_url: str) -> None:
    with pytest.raises(Invalid, match="'7777'") as refused:
        await migrate.down(database_url, "7777")
    assert (
        refused.value.hint
        == f"Known are: base, {', '.join(f'{each:04}' for each in range(1, int(HEAD) + 1))}"
    )


async def test_sqlite_is_copied_before_a_change(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    desk = await Desk(store).open()
    await store.append(desk.incoming())
    with pytest.raises(StoreLocked):
        await migrate.down(sqlite_url, "base")
    await store.close()
    await migrate.down(sqlite_url, "base")
    path = sqlite_path(sqlite_url)
    (copy,) = await asyncio.to_thread(list, path.parent.glob("*.backup"))
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM messages").fetchone() == (1,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_backup_while_the_desk_writes(sqlite_url: str, tmp_path: Path) -> None:
    """G22: the copy is a whole database of one instant."""
    store = await open_store(sqlite_url)
    desk = await Desk(store).open()
    stop = asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            await store.append(desk.incoming())

    writer = asyncio.ensure_future(write())
    target = await migrate.backup(sqlite_url, tmp_path / "copy.db")
    stop.set()
    await writer
    await store.close()
    with pytest.raises(Conflict):
        await migrate.backup(sqlite_url, target)
    restored = await open_store(f"sqlite:///{target}")
    desk.store = restored
    await desk.assert_whole()
    count = Statement(sa.select(sa.func.count()).select_from(t.messages))
    assert await restored.read(lambda tx: tx.scalar(count)) == len(await desk.seqs())
    await restored.close()


@pytest.mark.parametrize(
    "url",
    ["postgresql://me:p%40ss@db.example:5433/desk", "postgresql://me@db.example:5433/desk?password=p%40ss"],
)
async def test_backup_of_postgresql_keeps_the_password_out_of_the_list_of_processes(
    url: str, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody on the machine may read a command; its environment is its owner's."""
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" "$PGPASSWORD" > {tmp_path}/told\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    known = await migrate.status(postgres_url)

    async def status(_url: str) -> migrate.Status:
        return known

    monkeypatch.setattr(migrate, "status", status)
    await migrate.backup(url, tmp_path / "copy.dump")
    told = await asyncio.to_thread((tmp_path / "told").read_text)
    assert told.splitlines() == [
        "--format=custom",
        f"--file={tmp_path}/copy.dump",
        "postgresql://me@db.example:5433/desk",
        "p@ss",
    ]


async def test_backup_of_postgresql_uses_its_own_tool(postgres_url: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.dump"
    try:
        await migrate.backup(postgres_url, target)
    except Invalid as error:
        assert error.hint == "Install PostgreSQL's client programs."  # noqa: PT017 - either is right
    except Conflict as error:
        assert "pg_dump" in error.message  # noqa: PT017 - an older client refuses a newer server
    else:
        assert (await asyncio.to_thread(target.read_bytes))[:5] == b"PGDMP"
