"""`frontdesk config`: what counts, and what can be set."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from frontdesk.cli.options import Database, DataDir, Host, Port

app = App(name="config", help="Show what is set, or what can be.")


@app.command
def show(
    *, host: Host = None, port: Port = None, data_dir: DataDir = None, database: Database = None
) -> None:
    """Print every setting and where it came from. Secrets are hidden."""
    from frontdesk.runtime import sources  # noqa: PLC0415 - help needs no settings

    options = {"host": host, "port": port, "data_dir": data_dir, "database": database}
    loaded = sources.load(options)
    for leaf in sources.leaves():
        origin = loaded.origins.get(leaf.name, "default")
        print(f"{leaf.name} = {sources.shown(leaf, loaded.settings)}  # {origin}")


@app.command
def docs(
    *, output: Annotated[Path | None, Parameter(help="Write to this file instead of printing.")] = None
) -> None:
    """Print the documentation of all settings, as Markdown."""
    from frontdesk.runtime import sources  # noqa: PLC0415

    text = sources.document()
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")
