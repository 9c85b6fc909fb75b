"""Identifiers: UUIDv7 that sort by the time they were made. No word of our trade."""

import itertools
import os
import time
from uuid import UUID

_count = itertools.count(int.from_bytes(os.urandom(3), "big"))
_node = int.from_bytes(os.urandom(5), "big") << 22


def uuid7() -> UUID:
    """A new UUIDv7 (RFC 9562).

    48 bits of Unix milliseconds, then a counter, so ids of one process sort as made.

    The node part is random per process; a collision needs the same 40 random bits and the same counter in
    one millisecond.
    """
    return UUID(int=_new())


def uuid7_hex() -> str:
    """The 32 hexadecimal digits of a new UUIDv7, without an object around them."""
    return f"{_new():032x}"


def _new() -> int:
    n = next(_count)
    milliseconds = time.time_ns() // 1_000_000
    return milliseconds << 80 | 0x7 << 76 | (n >> 22 & 0xFFF) << 64 | 0x2 << 62 | _node | n & 0x3FFFFF
