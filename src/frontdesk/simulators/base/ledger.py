"""The ledger: every accepted send and every request to a hook, so that a test can count what happened."""

import dataclasses
import hashlib
import itertools
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MAX_LEDGER = 200_000


@dataclass(slots=True)
class LedgerSend:
    """One accepted send, whatever its answer was."""

    number: int
    id: str
    """The provider's id of the message."""
    business: str
    to: str
    type: str
    body_sha256: str
    opaque: str | None
    """What the sender gave to recognise it by, where the provider has such a thing."""
    at: datetime
    answer: str = "200"


@dataclass(slots=True)
class LedgerHook:
    """One request to a hook."""

    number: int
    business: str
    ids: tuple[str, ...]
    body_sha256: str
    attempt: int
    is_signed_well: bool
    at: datetime
    status: int | None = None
    error: str | None = None


Entries = deque[LedgerSend] | deque[LedgerHook]


def past(entries: Entries, after: str) -> list[dict[str, Any]]:
    """The entries past a number, at most 10,000, as JSON."""
    start = int(after) if after.isdigit() else 0
    every: Iterable[LedgerSend | LedgerHook] = entries
    found = itertools.islice((entry for entry in every if entry.number > start), 10_000)
    return [dataclasses.asdict(entry) | {"at": entry.at.isoformat()} for entry in found]


def digest(body: Any) -> str:
    """A hash of a JSON body that does not depend on the order of its keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
