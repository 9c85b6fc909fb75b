"""`frontdesk import` and `frontdesk export`: message histories with their files (docs/histories.md)."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from frontdesk.cli.failures import IMPOSSIBLE
from frontdesk.cli.options import Database, DataDir, settings_of
from frontdesk.domain.errors import Invalid

if TYPE_CHECKING:
    from frontdesk.features.histories.importing import Imported, Rejected

Account = Annotated[str | None, Parameter(help="Name or id of the account, where there are several.")]
Inbox = Annotated[str | None, Parameter(help="Name or id of the inbox of conversations that name none.")]
DryRun = Annotated[bool, Parameter(negative="", help="Say what would come of it, and change nothing.")]
_SHOWN = 50
_KINDS = ("inbox", "contact", "opt_out", "canned_response", "conversation", "message", "file")


def import_(
    file: Path,
    /,
    *,
    dry_run: DryRun = False,
    account: Account = None,
    inbox: Inbox = None,
    data_dir: DataDir = None,
    database: Database = None,
) -> None:
    """Import contacts, conversations and messages; nothing is sent. On SQLite stop the desk first.

    What is there already stays as it is, so the same file can be imported again. Lines that are not taken are
    kept in FILE.rejects, to be cured and imported.
    """
    from frontdesk.runtime import histories  # noqa: PLC0415 - help needs no database

    settings = settings_of(data_dir=data_dir, database=database)
    if not file.is_file():
        raise Invalid(f"There is no file {file}.", field="file")
    rejects = Rejects(None if dry_run else file.with_name(f"{file.name}.rejects"))
    with file.open("rb") as opened:
        done = asyncio.run(
            histories.import_history(
                settings, opened, rejects.add, account=account, inbox=inbox, dry_run=dry_run
            )
        )
    rejects.close()
    _tell(done, dry_run=dry_run)
    if done.rejected:
        sys.exit(IMPOSSIBLE)


class Rejects:
    """Tells of lines that are not taken, and keeps them as they are.

    Args:
        path: Where to keep them; None keeps none. Made anew with the first.
    """

    def __init__(self, path: Path | None) -> None:
        self._path, self._count = path, 0
        if path is not None:
            path.unlink(missing_ok=True)

    def add(self, rejected: "Rejected") -> None:
        """One more."""
        self._count += 1
        if self._count <= _SHOWN:
            print(rejected, file=sys.stderr)
        if self._path is not None:
            with self._path.open("ab") as file:
                file.write(rejected.raw.rstrip(b"\r\n") + b"\n")

    def close(self) -> None:
        """Say where they are."""
        if self._count > _SHOWN:
            print(f"… and {self._count - _SHOWN} more lines", file=sys.stderr)
        if self._count and self._path is not None:
            print(f"{self._count} lines are kept in {self._path}", file=sys.stderr)


def _tell(done: "Imported", *, dry_run: bool) -> None:
    for kind in _KINDS:
        added, known = done.added.get(kind, 0), done.known.get(kind, 0)
        if added or known:
            print(f"{kind}: {added} {'would be ' if dry_run else ''}added, {known} known already")
    print(f"lines not taken: {done.refused}")


def export(
    file: Path | None = None,
    /,
    *,
    account: Account = None,
    data_dir: DataDir = None,
    database: Database = None,
) -> None:
    """Write contacts, conversations and messages to FILE; what FILE ends with says how.

    .zip holds the files, too; .jsonl and .parquet are the lines alone; .parquet.zip is both in Parquet.
    Without FILE the lines go to standard output. The desk may run meanwhile. Secrets are not in it.
    """
    from frontdesk.features.histories.archives import Format  # noqa: PLC0415
    from frontdesk.runtime import histories  # noqa: PLC0415

    settings = settings_of(data_dir=data_dir, database=database)
    if file is None:
        asyncio.run(histories.export_history(settings, sys.stdout.buffer, account=account))
        return
    endings = sorted(Format, key=len, reverse=True)
    form = next((each for each in endings if file.name.endswith(f".{each}")), Format.JSONL)
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as out:
            count = asyncio.run(histories.export_history(settings, out, form, account=account))
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    print(f"{count} lines in {file}")
