"""`frontdesk secrets`: the master key that seals the credentials of inboxes."""

import asyncio
import sys
from typing import Annotated

from cyclopts import App, Parameter

from frontdesk.cli.failures import IMPOSSIBLE
from frontdesk.cli.options import Database, DataDir, settings_of

app = App(name="secrets", help="Change the master key.")

NewKey = Annotated[
    bool, Parameter(negative="", help="Make a new key in the key file first. SQLite, with the desk stopped.")
]


@app.command
def rotate(*, new_key: NewKey = False, data_dir: DataDir = None, database: Database = None) -> None:
    """Wrap every stored credential by the master key of today.

    On PostgreSQL the desk may run meanwhile; on SQLite stop it first.
    """
    from frontdesk.runtime import maintenance  # noqa: PLC0415 - help needs no database

    settings = settings_of(data_dir=data_dir, database=database)
    done = asyncio.run(maintenance.rotate_secrets(settings, new_key=new_key))
    print(f"{done.changed} credentials wrapped anew, {done.current} were already")
    for inbox_id, name in done.lost:
        print(f"inbox {inbox_id}: {name} does not open with any key; enter it again", file=sys.stderr)
    if done.lost:
        sys.exit(IMPOSSIBLE)
