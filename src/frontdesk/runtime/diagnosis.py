"""What is wrong with this desk, from the outside in, and the command or change that cures it."""

import asyncio
import os
import socket
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from frontdesk.api.web import STATIC
from frontdesk.domain.errors import DeskError
from frontdesk.domain.scope import system_scope
from frontdesk.features.inboxes.config import secret_fields
from frontdesk.features.inboxes.inboxes import Inboxes
from frontdesk.ports.blobs import BlobMissing, one_chunk
from frontdesk.ports.scanner import ScanFailed
from frontdesk.runtime import channels
from frontdesk.runtime.blobs import open_blobs
from frontdesk.runtime.scanner import scanner_at
from frontdesk.runtime.secret_key import FILE, vault_of
from frontdesk.runtime.settings import Settings
from frontdesk.store import accounts, inboxes, migrate, secrets
from frontdesk.store.engine import Store, open_store
from frontdesk.store.statement import Row

_WAIT_SECONDS = 5.0
_LARGEST_COPY = 512 * 1024 * 1024
_OLDEST_SQLITE = (3, 38)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `cure` says what to do when it is not well."""

    name: str
    is_well: bool
    evidence: str
    cure: str = ""


def _well(name: str, evidence: str) -> Finding:
    return Finding(name, True, evidence)  # noqa: FBT003 - what the name says


def _ill(name: str, evidence: str, cure: str) -> Finding:
    return Finding(name, False, evidence, cure)  # noqa: FBT003 - what the name says


Check = Callable[[Settings], Awaitable[list[Finding]]]


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything, in order; a check that fails does not stop the next."""
    for check in _CHECKS:
        try:
            for finding in await check(settings):
                yield finding
        except (DeskError, OSError, ValueError, sqlite3.Error) as error:
            yield _ill(check.__name__.strip("_").replace("_", " "), str(error), _hint(error))


def _words(error: Exception) -> str:
    return str(error) or "no answer"


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
        return [_ill("data folder", f"{folder}: {error.strerror}", cure)]
    return [_well("data folder", f"{folder} can be written"), *_key(settings)]


def _key(settings: Settings) -> list[Finding]:
    path = settings.data_dir / FILE
    if settings.secret_key is not None:
        return [_well("secret key", "from the settings")]
    if not path.exists():
        return [_well("secret key", f"will be made at the first start: {path}")]
    private = os.name == "nt" or path.stat().st_mode & 0o077 == 0
    return [Finding("secret key", private, f"{path}", f"chmod 600 {path}")]


async def examine_files(settings: Settings) -> list[Finding]:
    """Whether the bytes of files can be kept, had and dropped."""
    place = (settings.blobs or str(settings.data_dir.resolve() / "files")).partition("?")[0]
    cure = "Check FRONTDESK_BLOBS, that the folder or bucket exists, and the rights of user or credentials."
    content = b"frontdesk doctor"
    try:
        async with asyncio.timeout(_WAIT_SECONDS * 4), open_blobs(settings) as blobs:
            blob = await blobs.write(one_chunk(content), len(content))
            same = await blobs.read(blob.name) == content
            await blobs.delete(blob.name)
    except (OSError, TimeoutError, DeskError, BlobMissing) as error:
        return [_ill("files", f"{place}: {_words(error)}", cure)]
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
        return [_ill("virus scanner", error.message, cure)]
    finally:
        await scanner.close()
    return [Finding("virus scanner", threat is None, "answers", cure)]


async def _database(settings: Settings) -> list[Finding]:
    url = settings.database_url
    shown = url.rpartition("@")[2]
    try:
        found = await asyncio.wait_for(migrate.status(url), _WAIT_SECONDS * 2)
    except (OSError, TimeoutError, DeskError, sqlite3.Error) as error:
        cure = "Check FRONTDESK_DATABASE, and that the server runs and lets this user in."
        return [_ill("database", f"{shown}: {_words(error)}", cure)]
    if found.current is None:
        return [_well("database", f"{shown} is empty; the first start makes its tables")]
    if found.is_newer:
        cure = "Install the newer Frontdesk again, or restore the backup from before the upgrade."
        return [_ill("database", f"{shown} was made by a newer version", cure)]
    evidence = f"{shown}, schema {found.current}"
    return [Finding("database", found.is_current, evidence, "frontdesk migrate up (or simply start)")]


async def _web_pages(_settings: Settings) -> list[Finding]:
    missing = [name for name in ("console/index.html", "widget/widget.js") if not (STATIC / name).is_file()]
    evidence = f"missing: {', '.join(missing)}" if missing else "console and widget are built"
    return [Finding("web pages", not missing, evidence, "make setup (or install a wheel, which has them)")]


async def _port(settings: Settings) -> list[Finding]:
    place = f"{settings.local_host}:{settings.port}"
    try:
        status, headers = await _ask(f"http://{place}/health/ready", "GET")
    except OSError:
        return [Finding("port", *_is_free(settings, place))]
    if "x-request-id" not in headers:
        cure = "Stop what listens there, or choose another port: --port or FRONTDESK_PORT."
        return [_ill("port", f"{place} is used by something else", cure)]
    cure = "See its log; `frontdesk doctor` names the database above."
    return [Finding("port", status == 200, f"a desk answers at {place}: {status}", cure)]


def _is_free(settings: Settings, place: str) -> tuple[bool, str, str]:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return False, f"{place}: {error.strerror}", "Choose another address or port: --host, --port."
    return True, f"{place} is free; no desk runs there now", ""


async def _public_address(settings: Settings) -> list[Finding]:
    if settings.public_url is None:
        loopback = settings.local_host in {"127.0.0.1", "localhost", "[::1]"} and settings.host != "0.0.0.0"  # noqa: S104
        cure = "Set FRONTDESK_PUBLIC_URL to the address that people and providers use."
        return [Finding("public address", loopback, "none is set: only this machine is meant", cure)]
    url = settings.public_url
    try:
        status, headers = await _ask(f"{url}/health/live", "GET")
    except (OSError, TimeoutError) as error:
        cure = "Check the name, the certificate and that the proxy runs."
        return [_ill("public address", f"{url}: {_words(error)}", cure)]
    if status != 200 or "x-request-id" not in headers:
        cure = f"Let the proxy pass everything below {url} to {settings.local_host}:{settings.port}."
        return [_ill("public address", f"{url} answers {status}, and not from a desk", cure)]
    return [_well("public address", f"{url} leads to a desk"), await _upgrade(url)]


async def _upgrade(url: str) -> Finding:
    """Whether a WebSocket gets through; the answer 101 is proof, whatever comes after."""
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13",
    }
    cure = (
        "Let the proxy pass upgrades. nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
        'proxy_set_header Connection "upgrade";'
    )
    try:
        status, _ = await _ask(f"{url}/v1/live", "GET", headers)
    except (OSError, TimeoutError) as error:
        return _ill("live line", f"{url}/v1/live: {_words(error)}", cure)
    return Finding("live line", status == 101, f"{url}/v1/live answers {status} to an upgrade", cure)


async def _ask(url: str, method: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
    """One bare request: status and headers (lower case). No redirect, no proxy of the user's."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    async with asyncio.timeout(_WAIT_SECONDS):
        reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=tls or None)
        try:
            lines = [f"{method} {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}"]
            lines += [f"{name}: {value}" for name, value in (headers or {"Connection": "close"}).items()]
            writer.write("\r\n".join([*lines, "", ""]).encode())
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            raise OSError("the connection was closed without an answer") from None
        finally:
            writer.close()
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    pairs = (line.partition(":") for line in rest if ":" in line)
    return status, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _inboxes(settings: Settings) -> list[Finding]:
    url = settings.database_url
    found = await migrate.status(url)
    if not found.is_current:
        return []
    if not url.startswith("sqlite:"):
        return await _look_at_inboxes(settings, url)
    path = Path(url.removeprefix("sqlite:///"))
    if await asyncio.to_thread(os.path.getsize, path) > _LARGEST_COPY:
        return [_well("inboxes", "not looked at: the database is too large to copy")]
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        copy = Path(folder) / "copy.db"  # the desk may run and hold the file
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
        return _ill(name, error.message, cure)
    config = opened.connection.config
    missing = [each for each in secret_fields(type(config)) if getattr(config, each) is None]
    if locked := [each for each in missing if each in sealed]:
        return _ill(name, f"sealed with another key: {', '.join(locked)}", cure)
    if row.state == "reconnect":
        return _ill(name, row.state_reason or "must be connected again", cure)
    if row.state == "new" and missing:
        return _ill(name, f"not connected yet, not set: {', '.join(missing)}", cure)
    return _well(name, f"{row.channel}, {row.state}")


_CHECKS: tuple[Check, ...] = (
    _machine, _data_folder, examine_files, examine_scanner, _database, _web_pages, _port, _public_address,
    _inboxes,
)  # fmt: skip
