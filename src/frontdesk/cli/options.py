"""Options that several commands have, and the settings they lead to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    from frontdesk.runtime.settings import Settings

DataDir = Annotated[
    Path | None, Parameter(name="--data-dir", help="Folder of the database and the files [data].")
]
Database = Annotated[
    str | None,
    Parameter(help="sqlite:////absolute/path.db or postgresql://… [frontdesk.db in the data folder]."),
]
Host = Annotated[str | None, Parameter(help="Address to listen on [127.0.0.1].")]
Port = Annotated[int | None, Parameter(help="Port to listen on, 0 for a free one [8080].")]


def settings_of(**options: Any) -> "Settings":
    """The settings, with these options over all other sources.

    Raises:
        SettingsRefused: Something cannot be.
    """
    from frontdesk.runtime import sources  # noqa: PLC0415 - help needs no settings

    return sources.load(options).settings
