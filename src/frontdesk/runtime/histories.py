"""Message histories for whoever has the machine: a file into an account, an account into a file."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, TextIO
from uuid import UUID

from frontdesk.domain.errors import Invalid
from frontdesk.domain.scope import system_scope
from frontdesk.features.histories.exporting import export
from frontdesk.features.histories.importing import (
    LARGEST_LINE,
    Imported,
    Importer,
    Options,
    Rejected,
)
from frontdesk.runtime.settings import Settings
from frontdesk.store import accounts
from frontdesk.store.beside import read_beside
from frontdesk.store.engine import open_store
from frontdesk.store.tx import ReadTx


class Lines:
    """The lines of a file, from its beginning as often as they are asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        """Each line as it is.

        Raises:
            Invalid: One is too long to be a line of a history.
        """
        self._file.seek(0)
        number = 0
        while line := self._file.readline(LARGEST_LINE + 1):
            number += 1
            if len(line) > LARGEST_LINE:
                raise Invalid(
                    f"Line {number} has more than {LARGEST_LINE // 1024**2} MiB.",
                    field="file",
                    hint="A history has one JSON object a line; see docs/histories.md.",
                )
            yield line


async def import_history(
    settings: Settings,
    file: BinaryIO,
    reject: Callable[[Rejected], None],
    *,
    account: str | None = None,
    inbox: str | None = None,
    dry_run: bool = False,
) -> Imported:
    """Import a file into an account; see `Importer`.

    Raises:
        Invalid: There is no such account, or the file is no history.
        StoreLocked: On SQLite: the desk runs.
    """
    store = await open_store(settings.database_url, pool_size=2)
    try:
        account_id, simulated = await store.read(lambda tx: _account(tx, account))
        importer = Importer(store, account_id, Options(inbox=inbox, simulated=simulated), reject)
        lines = Lines(file)
        return await (importer.rehearse(lines) if dry_run else importer.run(lines))
    finally:
        await store.close()


async def export_history(settings: Settings, out: TextIO, *, account: str | None = None) -> int:
    """Write an account's lines, all of one moment; the desk may run meanwhile. Answers how many.

    Raises:
        Invalid: There is no such account.
    """

    def query(tx: ReadTx) -> int:
        account_id, _ = _account(tx, account)
        n = 0
        for line in export(tx, account_id):
            out.write(line + "\n")
            n += 1
        return n

    return await read_beside(settings.database_url, query)


def _account(tx: ReadTx, named: str | None) -> tuple[UUID, bool]:
    rows = [accounts.get(tx, system_scope(account_id)) for account_id in accounts.all_ids(tx)]
    found = [row for row in rows if named is None or named in (row.name, str(row.id))]
    if len(found) != 1:
        listed = ", ".join(f"{row.name} ({row.id})" for row in rows) or "none yet; found it in the console"
        problem = "There is no such account." if not found else "There are several accounts."
        raise Invalid(problem, field="account", hint=f"Name one with --account: {listed}.")
    return found[0].id, bool(found[0].simulated)
