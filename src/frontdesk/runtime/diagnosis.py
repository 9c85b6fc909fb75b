"""What is wrong with this desk, from the outside in, and the command or change that cures it."""

import asyncio
import os
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

from frontdesk.api.web import STATIC
from frontdesk.domain.errors import DeskError
from frontdesk.domain.scope import system_scope
from frontdesk.features.inboxes.config import secret_fields
from frontdesk.features.inboxes.inboxes import Inboxes
from frontdesk.kit.scratch import own_folder
from frontdesk.ports.blobs import BlobMissing, one_chunk
from frontdesk.ports.scanner import ScanFailed
from frontdesk.runtime import channels, reach
from frontdesk.runtime.blobs import open_blobs
from frontdesk.runtime.findings import WAIT_SECONDS, Finding, ill, well, words
from frontdesk.runtime.scanner import scanner_at
from frontdesk.runtime.secret_key import FILE, vault_of
from frontdesk.runtime.settings import Settings
from frontdesk.store import accounts, inboxes, migrate, secrets
from frontdesk.store.engine import Store, open_store
from frontdesk.store.statement import Row

_LARGEST_COPY = 512 * 1024 * 1024
_OLDEST_SQLITE = (3, 38)


Check = Callable[[Settings], Awaitable[list[Finding]]]


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything, in order; a check that fails does not stop the next."""
    for check in _CHECKS:
        try:
            for finding in await check(settings):
                yield finding
        except (DeskError, OSError, ValueError, sqlite3.Error) as error:
            yield ill(check.__name__.strip("_").replace("_", " "), str(error), _hint(error))


def _hint(error: Exception) -> str:
    return (error.hint or "") if isinstance(error, DeskError) else ""


async def _machine(_settings: Settings) -> list[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    sqlite = sqlite3.sqlite_version_info
    return [
        Finding("Python", sys.version_info >= (3, 11), python, "Install Python 3.11 or newer."),
        Finding(
            "SQLite",
            sqlite >= _OLDEST_SQLITE,
            sqlite3.sqlite_version,
            "Install a Python with SQLite 3.38 or newer, or use PostgreSQL.",
        ),
    ]


async def _data_folder(settings: Settings) -> list[Finding]:
    folder = settings.data_dir.resolve()
    cure = f"Let this user write there, or choose another folder: FRONTDESK_DATA_DIR. (mkdir -p {folder})"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return [ill("data folder", f"{folder}: {error.strerror}", cure)]
    return [well("data folder", f"{folder} can be written"), *_key(settings)]


def _key(settings: Settings) -> list[Finding]:
    path = settings.data_dir / FILE
    if settings.secret_key is not None:
        return [well("secret key", "from the settings")]
    if not path.exists():
        return [well("secret key", f"will be made at the first start: {path}")]
    private = os.name == "nt" or path.stat().st_mode & 0o077 == 0
    return [Finding("secret key", private, f"{path}", f"chmod 600 {path}")]


async def examine_files(settings: Settings) -> list[Finding]:
    """Whether the bytes of files can be kept, had and dropped."""
    place = (settings.blobs or str(settings.data_dir.resolve() / "files")).partition("?")[0]
    cure = "Check FRONTDESK_BLOBS, that the folder or bucket exists, and the rights of user or credentials."
    content = b"frontdesk doctor"
    try:
        async with asyncio.timeout(WAIT_SECONDS * 4), open_blobs(settings) as blobs:
            blob = await blobs.write(one_chunk(content), len(content))
            same = await blobs.read(blob.name) == content
            await blobs.delete(blob.name)
    except (OSError, TimeoutError, DeskError, BlobMissing) as error:
        return [ill("files", f"{place}: {words(error)}", cure)]
    return [Finding("files", same, f"{place}: written, read and deleted", cure)]


async def examine_scanner(settings: Settings) -> list[Finding]:
    """Whether the virus scanner answers, where one is named."""
    scanner = scanner_at(settings.virus_scan)
    if scanner is None:
        return []
    cure = "Check FRONTDESK_VIRUS_SCAN, and that the scanner runs and takes requests from here."
    try:
        threat = await scanner.scan(one_chunk(b"frontdesk doctor"))
    except ScanFailed as error:
        return [ill("virus scanner", error.message, cure)]
    finally:
        await scanner.close()
    return [Finding("virus scanner", threat is None, "answers", cure)]


async def _database(settings: Settings) -> list[Finding]:
    url = settings.database_url
    shown = url.rpartition("@")[2]
    try:
        found = await asyncio.wait_for(migrate.status(url), WAIT_SECONDS * 2)
    except (OSError, TimeoutError, DeskError, sqlite3.Error) as error:
        cure = "Check FRONTDESK_DATABASE, and that the server runs and lets this user in."
        return [ill("database", f"{shown}: {words(error)}", cure)]
    if found.current is None:
        return [well("database", f"{shown} is empty; the first start makes its tables")]
    if found.is_newer:
        cure = "Install the newer Frontdesk again, or restore the backup from before the upgrade."
        return [ill("database", f"{shown} was made by a newer version", cure)]
    evidence = f"{shown}, schema {found.current}"
    return [Finding("database", found.is_current, evidence, "frontdesk migrate up (or simply start)")]


async def _web_pages(_settings: Settings) -> list[Finding]:
    missing = [name for name in ("console/index.html", "widget/widget.js") if not (STATIC / name).is_file()]
    evidence = f"missing: {', '.join(missing)}" if missing else "console and widget are built"
    return [Finding("web pages", not missing, evidence, "make setup (or install a wheel, which has them)")]


async def _inboxes(settings: Settings) -> list[Finding]:
    url = settings.database_url
    found = await migrate.status(url)
    if not found.is_current:
        return []
    if not url.startswith("sqlite:"):
        return await _look_at_inboxes(settings, url)
    path = Path(url.removeprefix("sqlite:///"))
    if await asyncio.to_thread(os.path.getsize, path) > _LARGEST_COPY:
        return [well("inboxes", "not looked at: the database is too large to copy")]
    with own_folder(settings.data_dir) as folder:
        copy = folder / "copy.db"  # the desk may run and hold the file
        await migrate.backup(url, copy)
        return await _look_at_inboxes(settings, f"sqlite:///{copy.resolve()}")


async def _look_at_inboxes(settings: Settings, url: str) -> list[Finding]:
    store = await open_store(url, migrate=False, pool_size=2)
    base = settings.url_at(settings.port)
    known = channels.load()
    desk = Inboxes(store, vault_of(settings), known, public_url=base, own_url="http://127.0.0.1:1")
    try:
        findings = []
        for account_id in await store.read(accounts.all_ids):
            findings += await _of_account(store, desk, account_id)
        return findings
    finally:
        await desk.close()
        await store.close()


async def _of_account(store: Store, desk: Inboxes, account_id: UUID) -> list[Finding]:
    scope = system_scope(account_id)
    rows = await store.read(lambda tx: inboxes.page(tx, scope, UUID(int=0), 1000))
    sealed = await store.read(lambda tx: secrets.names(tx, account_id, [row.id for row in rows]))
    return [await _of_inbox(desk, row, sealed[row.id]) for row in rows]


async def _of_inbox(desk: Inboxes, row: Row, sealed: set[str]) -> Finding:
    name = f"inbox {row.name}"
    cure = "Open the inbox in the console's settings, set what is missing, and press Connect."
    try:
        opened = await desk.open(row.id)
    except DeskError as error:
        return ill(name, error.message, cure)
    config = opened.connection.config
    missing = [each for each in secret_fields(type(config)) if getattr(config, each) is None]
    if locked := [each for each in missing if each in sealed]:
        return ill(name, f"sealed with another key: {', '.join(locked)}", cure)
    if row.state == "reconnect":
        return ill(name, row.state_reason or "must be connected again", cure)
    if row.state == "new" and missing:
        return ill(name, f"not connected yet, not set: {', '.join(missing)}", cure)
    return well(name, f"{row.channel}, {row.state}")


_CHECKS: tuple[Check, ...] = (
    _machine, _data_folder, examine_files, examine_scanner, _database, _web_pages, reach.port,
    reach.public_address,
    _inboxes,
)  # fmt: skip
