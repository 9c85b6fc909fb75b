"""Message histories for whoever has the machine: a file into an account, an account into a file."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

from frontdesk.domain.errors import Invalid
from frontdesk.domain.scope import system_scope
from frontdesk.features.histories.archives import Format, Spool, pieces, spool
from frontdesk.features.histories.files import FileKeeper
from frontdesk.features.histories.importing import (
    Imported,
    Importer,
    Options,
    Rejected,
)
from frontdesk.features.histories.sources import Source
from frontdesk.runtime.blobs import blobs_of, scratch_of
from frontdesk.runtime.settings import Settings
from frontdesk.store import accounts
from frontdesk.store.beside import read_beside
from frontdesk.store.engine import open_store
from frontdesk.store.tx import ReadTx


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
    source, blobs = Source(file, scratch_of(settings)), blobs_of(settings)
    store = await open_store(settings.database_url, pool_size=2)
    try:
        account_id, simulated = await store.read(lambda tx: _account(tx, account))
        files = FileKeeper(
            store, blobs, settings.limits.upload_bytes, source, is_scanned=settings.virus_scan is not None
        )
        options = Options(inbox=inbox, simulated=simulated)
        importer = Importer(store, account_id, options, reject, files)
        return await (importer.rehearse(source) if dry_run else importer.run(source))
    finally:
        await store.close()
        await blobs.close()


async def export_history(
    settings: Settings, out: BinaryIO, form: Format = Format.JSONL, *, account: str | None = None
) -> int:
    """Write an account's lines, all of one moment; the desk may run meanwhile. Answers how many.

    Raises:
        Invalid: There is no such account, or Parquet is wanted without its package.
    """
    blobs, folder = blobs_of(settings), scratch_of(settings)
    try:
        with TemporaryFile(dir=folder) as lines, TemporaryFile(dir=folder) as names:
            spooled = Spool(cast("BinaryIO", lines), cast("BinaryIO", names), folder)

            def query(tx: ReadTx) -> int:
                return spool(tx, _account(tx, account)[0], form, spooled)

            count = await read_beside(settings.database_url, query)
            async for piece in pieces(form, spooled, blobs):
                out.write(piece)
        return count
    finally:
        await blobs.close()


def _account(tx: ReadTx, named: str | None) -> tuple[UUID, bool]:
    rows = [accounts.get(tx, system_scope(account_id)) for account_id in accounts.all_ids(tx)]
    found = [row for row in rows if named is None or named in (row.name, str(row.id))]
    if len(found) != 1:
        listed = ", ".join(f"{row.name} ({row.id})" for row in rows) or "none yet; found it in the console"
        problem = "There is no such account." if not found else "There are several accounts."
        raise Invalid(problem, field="account", hint=f"Name one with --account: {listed}.")
    return found[0].id, bool(found[0].simulated)
