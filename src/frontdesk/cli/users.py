"""`frontdesk user`: people who sign in, for whoever has the machine."""

import asyncio
import sys
from getpass import getpass
from typing import Annotated, Literal

from cyclopts import App, Parameter

from frontdesk.cli.options import Database, DataDir, settings_of

app = App(name="user", help="Add a user, or set a password. On SQLite stop the desk first.")

Account = Annotated[str | None, Parameter(help="Name of the account to found, where there is none yet.")]


@app.command
def create(
    email: str,
    /,
    *,
    name: str,
    role: Literal["owner", "admin", "agent"] = "agent",
    account: Account = None,
    data_dir: DataDir = None,
    database: Database = None,
) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    from frontdesk.runtime import maintenance  # noqa: PLC0415 - help needs no database

    settings = settings_of(data_dir=data_dir, database=database)
    person = maintenance.Person(email=email, name=name, password=_password(), role=role)
    asyncio.run(maintenance.create_user(settings, person, account))
    print(f"{email} can sign in")


@app.command(name="password")
def set_password(email: str, /, *, data_dir: DataDir = None, database: Database = None) -> None:
    """Set a user's password and end their sessions; it is asked for, or read from standard input."""
    from frontdesk.runtime import maintenance  # noqa: PLC0415

    settings = settings_of(data_dir=data_dir, database=database)
    asyncio.run(maintenance.set_password(settings, email, _password()))
    print(f"{email} has a new password; all sessions have ended")


def _password() -> str:
    if sys.stdin.isatty():
        return getpass("New password: ")
    return sys.stdin.readline().rstrip("\n")
