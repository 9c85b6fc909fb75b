"""`frontdesk migrate`: the database's schema."""

import asyncio
from pathlib import Path

from cyclopts import App

from frontdesk.cli.options import Database, DataDir, settings_of

app = App(name="migrate", help="Bring the database up to date, or back. A start does the former by itself.")


@app.command
def status(*, data_dir: DataDir = None, database: Database = None) -> None:
    """Say where the schema stands."""
    from frontdesk.store import migrate  # noqa: PLC0415 - help needs no database

    found = asyncio.run(migrate.status(_url(data_dir, database)))
    verdict = "up to date" if found.is_current else "made by a newer version" if found.is_newer else "behind"
    print(f"schema {found.current or 'none'}, this version works with {found.head}: {verdict}")


@app.command
def up(*, data_dir: DataDir = None, database: Database = None) -> None:
    """Bring the schema up to date; SQLite is copied first."""
    from frontdesk.store import migrate  # noqa: PLC0415

    before = asyncio.run(migrate.up(_url(data_dir, database)))
    print(f"schema {before.current or 'none'} → {before.head}")


@app.command
def down(revision: str, /, *, data_dir: DataDir = None, database: Database = None) -> None:
    """Take the schema back to a revision, or to `base`; SQLite is copied first."""
    from frontdesk.store import migrate  # noqa: PLC0415

    before = asyncio.run(migrate.down(_url(data_dir, database), revision))
    print(f"schema {before.current or 'none'} → {revision}")


@app.command
def backup(target: Path, /, *, data_dir: DataDir = None, database: Database = None) -> None:
    """Copy the database to a file, also while the desk runs."""
    from frontdesk.store import migrate  # noqa: PLC0415

    print(asyncio.run(migrate.backup(_url(data_dir, database), target)))


def _url(data_dir: Path | None, database: str | None) -> str:
    return settings_of(data_dir=data_dir, database=database).database_url
