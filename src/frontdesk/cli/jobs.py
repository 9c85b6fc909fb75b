"""`frontdesk jobs`: work that failed for good, and trying it once more."""

import asyncio
import json
from uuid import UUID

from cyclopts import App

from frontdesk.cli.options import Database, DataDir, settings_of

app = App(name="jobs", help="List dead letters and replay them.")


@app.command(name="list")
def list_(*, data_dir: DataDir = None, database: Database = None) -> None:
    """Print the dead letters of all accounts, one JSON object a line, the newest first.

    The desk may run meanwhile.
    """
    from frontdesk.runtime import maintenance  # noqa: PLC0415 - help needs no database

    settings = settings_of(data_dir=data_dir, database=database)
    for letter in asyncio.run(maintenance.list_dead_letters(settings)):
        print(json.dumps(letter, default=str, ensure_ascii=False))


@app.command
def replay(*letters: UUID, data_dir: DataDir = None, database: Database = None) -> None:
    """Try dead letters once more, by their ids. On SQLite stop the desk first, or use its console."""
    from frontdesk.runtime import maintenance  # noqa: PLC0415

    settings = settings_of(data_dir=data_dir, database=database)
    for letter in letters:
        asyncio.run(maintenance.replay(settings, letter))
        print(f"{letter} will be tried again")
