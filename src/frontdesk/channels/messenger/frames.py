"""One event of a hook with what is around it, which every reader of an event needs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontdesk.channels.messenger import payloads as p
from frontdesk.domain import inbound as i
from frontdesk.domain.foreign import Raw, part

Events = Sequence[i.InboundEvent]


@dataclass(frozen=True, slots=True)
class Frame:
    """One event with what is around it: who wrote to whom, when, by which page."""

    scheme: str
    raw: Raw
    account_ref: str | None
    is_standby: bool

    @property
    def at(self) -> datetime | None:
        """When it happened."""
        return p.read_time(self.raw.get("timestamp"))

    @property
    def sender(self) -> str | None:
        """Who did it."""
        return p.read_id(part(self.raw, "sender").get("id"))

    @property
    def recipient(self) -> str | None:
        """To whom."""
        return p.read_id(part(self.raw, "recipient").get("id"))

    @property
    def extra(self) -> dict[str, Any]:
        """What every event tells besides."""
        return {"standby": True} if self.is_standby else {}

    def party(self, person: str) -> i.Party:
        """Somebody by their scoped id; the platform tells no names."""
        return i.Party((i.Address(self.scheme, person),))

    def key(self, person: str) -> str:
        """The thread with somebody."""
        return f"{self.scheme}:{person}"

    def ignored(self, reason: str) -> Events:
        """Nothing for us."""
        return [i.Ignored(reason=reason[:1000], at=self.at, account_ref=self.account_ref, extra=self.extra)]
