"""Signed tokens in what we send, so that an answer proves which message of ours it answers. Pure.

A token says the message and when it ends, under an HMAC keyed by the inbox's secret and bound to the inbox.
It stands in the Message-ID and in the plus-address that answers go to. Whoever changes a letter, or takes it
to another inbox, has none.
"""

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from uuid import UUID

LIFETIME = timedelta(days=365)
_MAC_BYTES = 12
_HOUR_SECONDS = 3600
_LENGTH = 16 + 3 + _MAC_BYTES
_TOKEN = r"[a-z2-7]{50}"  # noqa: S105 - a pattern
_MESSAGE_ID = re.compile(rf"^({_TOKEN})\.fd@", re.IGNORECASE)
_PLUS = re.compile(rf"\+({_TOKEN})@", re.IGNORECASE)
MAX_LOCAL_PART = 64


def token_of(secret: str, inbox_id: UUID, message_id: UUID, now: datetime) -> str:
    """A token for a message, good for a year; 50 letters and digits, the same in any case of letters."""
    ends = int((now + LIFETIME).timestamp()) // _HOUR_SECONDS
    body = message_id.bytes + ends.to_bytes(3, "big")
    return base64.b32encode(body + _mac(secret, inbox_id, body)).decode().rstrip("=").lower()


def message_of(secret: str, inbox_id: UUID, token: str, now: datetime) -> UUID | None:
    """The message of a token; None when it is not ours, of another inbox, or at its end."""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _LENGTH:
        return None
    body, mac = raw[:19], raw[19:]
    if not hmac.compare_digest(mac, _mac(secret, inbox_id, body)):
        return None
    if int.from_bytes(body[16:], "big") * _HOUR_SECONDS < now.timestamp():
        return None
    return UUID(bytes=body[:16])


def _mac(secret: str, inbox_id: UUID, body: bytes) -> bytes:
    return hmac.new(secret.encode(), inbox_id.bytes + body, hashlib.sha256).digest()[:_MAC_BYTES]


def message_id_of(token: str, address: str) -> str:
    """The Message-ID that carries a token, without angle brackets."""
    return f"{token}.fd@{address.rpartition('@')[2]}"


def reply_address(token: str, address: str) -> str | None:
    """The plus-address that carries a token; None when the name would be too long (RFC 5321, 4.5.3.1.1)."""
    local, _, host = address.rpartition("@")
    plus = f"{local}+{token}"
    return f"{plus}@{host}" if len(plus) <= MAX_LOCAL_PART else None


def in_message_id(message_id: str) -> str | None:
    """The token of a Message-ID, if it is of our form."""
    found = _MESSAGE_ID.match(message_id)
    return found[1].lower() if found else None


def in_address(address: str) -> str | None:
    """The token of a plus-address."""
    found = _PLUS.search(address)
    return found[1].lower() if found else None
