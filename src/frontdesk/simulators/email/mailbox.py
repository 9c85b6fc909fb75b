"""A mailbox as IMAP sees it: mails by UID, with flags. Pure memory."""

from dataclasses import dataclass, field
from datetime import datetime

from frontdesk.kit.clock import utc_now

MAX_MAILS = 500


@dataclass(slots=True)
class Kept:
    """One mail in a mailbox."""

    raw: bytes
    at: datetime = field(default_factory=utc_now)
    flags: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Mailbox:
    """Mails in the order they came; the oldest go when there is no more room.

    UIDs are given once only, and hold as long as `validity` is the same (RFC 3501, 2.3.1.1).
    """

    validity: int
    mails: dict[int, Kept] = field(default_factory=dict)
    next_uid: int = 1

    def put(self, raw: bytes) -> int:
        """Keep a mail; its UID."""
        uid = self.next_uid
        self.next_uid += 1
        self.mails[uid] = Kept(raw)
        while len(self.mails) > MAX_MAILS:
            del self.mails[next(iter(self.mails))]
        return uid
