"""The participants id: one deterministic id for who talks with which inbox, however it is spelt.

An alias for programs that knew conversations by it. Nothing in the desk is keyed by it: addresses change.
"""

import hashlib
import re
from collections.abc import Iterable
from uuid import UUID

from frontdesk.domain.inbound import Address

_PHONES = frozenset({"phone"})
_MAILS = frozenset({"email"})


def participants_id(account_id: UUID, inbox_id: UUID, participants: Iterable[Address]) -> UUID:
    """The id of a set of participants in an inbox of an account (a UUIDv8 of a SHA-256).

    Order and repetition do not matter; e-mail addresses count in any case, numbers in any notation. Each part
    is hashed with its length, so that no two sets share an id by the way their texts meet.
    """
    parts = sorted({_normal(each) for each in participants})
    found = hashlib.sha256()
    for part in (account_id.bytes, inbox_id.bytes, *parts):
        found.update(len(part).to_bytes(4, "big"))
        found.update(part)
    return _v8(found.digest()[:16])


def joined_id(participants: Iterable[str]) -> UUID:
    """The id that unified-messaging systems without accounts and inboxes gave: sorted texts, joined, hashed.

    For programs that must find their old ids again. It keeps the old faults: `ab` with `c` is `a` with `bc`,
    and spelling matters.
    """
    return UUID(hashlib.sha256("".join(sorted(participants)).encode()).hexdigest()[:32])


def _normal(address: Address) -> bytes:
    value = address.value.strip()
    if address.scheme in _PHONES:
        value = "+" + re.sub(r"\D", "", value)
    elif address.scheme in _MAILS:
        value = value.casefold()
    scheme = address.scheme.encode()
    return len(scheme).to_bytes(4, "big") + scheme + value.encode()


def _v8(raw: bytes) -> UUID:
    return UUID(int=int.from_bytes(raw, "big") & ~(0xF << 76) & ~(0x3 << 62) | 0x8 << 76 | 0x2 << 62)
