"""Collecting mails by IMAP: what came since the last UID, read without changing the folder.

Source: RFC 9051 (RFC 3501): UIDVALIDITY and UID name a mail for good; when UIDVALIDITY changes, the folder is
read anew and known Message-IDs are recognised. The client of the standard library runs in a thread.
"""

import asyncio
import imaplib
import re
import socket
from collections.abc import Mapping
from typing import Any

from frontdesk.channels.email.config import EmailConfig
from frontdesk.channels.email.smtp import tls_context
from frontdesk.kit.network import HttpFailed, connected_socket
from frontdesk.ports.channel import Collected, CollectFailed, RawRequest

TIMEOUT_SECONDS = 25.0
AT_ONCE = 50
MAX_BYTES_AT_ONCE = 20 * 1024 * 1024
MAX_MAIL_BYTES = 10 * 1024 * 1024
"""A larger mail is passed over; as every hook, a mail may have so much."""
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class _Client(imaplib.IMAP4_SSL):
    """The standard client over a socket that is connected to a checked address already."""

    def __init__(self, host: str, port: int, connected: socket.socket) -> None:
        self._connected = connected
        super().__init__(host, port, ssl_context=tls_context(), timeout=TIMEOUT_SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        self._connected.settimeout(timeout)
        wrapped: socket.socket = tls_context().wrap_socket(self._connected, server_hostname=self.host)
        return wrapped


async def collect(config: EmailConfig, cursor: Mapping[str, Any]) -> Collected:
    """The mails since a cursor, at most fifty.

    Raises:
        CollectFailed: The server was not reached, or does not take the credentials.
    """
    if config.imap_host is None or config.imap_password is None:
        raise CollectFailed("The inbox has no IMAP server or password.")
    try:
        connected = await connected_socket(config.imap_host, config.imap_port, TIMEOUT_SECONDS)
        return await asyncio.to_thread(_collect, config, cursor, connected)
    except imaplib.IMAP4.error as error:
        said = " ".join(str(error).split())[:200]
        is_login = isinstance(error, LoginRefused)
        raise CollectFailed(f"The mail server answered: {said}", auth_expired=is_login) from error
    except (HttpFailed, OSError) as error:
        raise CollectFailed(f"The mail server was not reached: {error}"[:300]) from error


class LoginRefused(imaplib.IMAP4.error):
    """The server does not take the user name and password."""


def _collect(config: EmailConfig, cursor: Mapping[str, Any], connected: socket.socket) -> Collected:
    client = _Client(config.imap_host or "", config.imap_port, connected)
    try:
        password = config.imap_password.get_secret_value() if config.imap_password else ""
        try:
            client.login(config.imap_username or config.address, password)
        except imaplib.IMAP4.error as error:
            raise LoginRefused(str(error)) from error
        return _since(client, config.imap_folder, cursor)
    finally:
        _leave(client)


def _leave(client: imaplib.IMAP4) -> None:
    try:
        client.logout()
    except (imaplib.IMAP4.error, OSError):
        client.shutdown()


def _since(client: imaplib.IMAP4, folder: str, cursor: Mapping[str, Any]) -> Collected:
    """What a folder holds beyond the cursor; at the very first look, only what comes from now on."""
    quoted = '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
    status, said = client.select(quoted, readonly=True)
    if status != "OK":
        msg = f"there is no folder {folder}: {said!r}"
        raise imaplib.IMAP4.error(msg)
    validity = _number(client.response("UIDVALIDITY")[1])
    upcoming = _number(client.response("UIDNEXT")[1])
    if "validity" not in cursor:
        return Collected((), {"validity": validity, "uid": max(0, upcoming - 1)})
    last = int(cursor.get("uid", 0)) if cursor["validity"] == validity else 0
    sizes = _sizes(client, last)
    chosen = _chosen(sizes)
    requests = tuple(_request(client, uid) for uid in chosen if sizes[uid] <= MAX_MAIL_BYTES)
    seen = max(chosen, default=last)
    return Collected(
        tuple(each for each in requests if each is not None),
        {"validity": validity, "uid": seen},
        more=bool(sizes) and seen < max(sizes),
    )


def _number(values: list[Any]) -> int:
    found = next((value for value in values if value), b"0")
    return int(found) if bytes(found).isdigit() else 0


def _sizes(client: imaplib.IMAP4, last: int) -> dict[int, int]:
    """UID and size of each mail after the last. A range up to * always names the newest, seen or not."""
    _, said = client.uid("FETCH", f"{last + 1}:*", "(UID RFC822.SIZE)")
    out: dict[int, int] = {}
    for line in said:
        raw = line if isinstance(line, bytes) else b" ".join(line) if isinstance(line, tuple) else b""
        uid, size = _UID.search(raw), _SIZE.search(raw)
        if uid and size and int(uid[1]) > last:
            out[int(uid[1])] = int(size[1])
    return out


def _chosen(sizes: Mapping[int, int]) -> list[int]:
    """The oldest mails, as many as may be held at once."""
    out: list[int] = []
    held = 0
    for uid in sorted(sizes):
        size = sizes[uid] if sizes[uid] <= MAX_MAIL_BYTES else 0
        if out and (len(out) >= AT_ONCE or held + size > MAX_BYTES_AT_ONCE):
            break
        out.append(uid)
        held += size
    return out


def _request(client: imaplib.IMAP4, uid: int) -> RawRequest | None:
    """One mail as a request; None when somebody took it away meanwhile."""
    _, said = client.uid("FETCH", str(uid), "(BODY.PEEK[])")
    raw = next((each[1] for each in said if isinstance(each, tuple)), None)
    return None if raw is None else RawRequest("IMAP", "", {}, {"content-type": "message/rfc822"}, raw)
