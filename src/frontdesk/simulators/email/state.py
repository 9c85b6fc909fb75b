"""What is remembered beside what every simulator does: addresses with their mailboxes, and people's switches.

Pure memory: nothing here sends or answers anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from typing_extensions import override

from frontdesk.kit.clock import utc_now
from frontdesk.simulators import base
from frontdesk.simulators.base import Ids, LookFile, PhoneMessage
from frontdesk.simulators.email.mailbox import Mailbox

Settings = base.Settings


@dataclass(slots=True)
class Business(base.Business):
    """One address of a company, with what its owner set up for it. Its id is the address."""

    api_key: str = ""
    """SendGrid's; events are signed with a key that comes of it."""
    inbound_key: str = ""
    """What stands as ?key= in the address that Inbound Parse posts to."""
    is_raw: bool = True
    """Whether Inbound Parse posts whole mails."""
    password: str = ""
    """For SMTP and IMAP."""
    mailbox: Mailbox = field(default_factory=lambda: Mailbox(1))


@dataclass(slots=True)
class Phone(base.Phone):
    """One person's mailbox. Its id is the address."""

    is_full: bool = False
    is_away: bool = False
    """Answers each mail with an automatic one."""


class State(base.State[Phone, Business, Settings]):
    """Everything remembered."""

    def __init__(self, settings: Settings, seed: int | None, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(settings, Phone, now=now)
        self.ids = Ids(seed)

    def add_phone(self, address: str | None = None, name: str | None = None) -> Phone:
        """A new person's mailbox, or the one that has the address already."""
        address = plain(address) if address else f"someone{self.ids.number(5)}@mail.example"
        return self.keep_phone(Phone(address, name or address.partition("@")[0].title()))

    def business_at(self, address: str) -> Business | None:
        """The company's inbox at an address, which may hold a plus and more."""
        return self.businesses.get(plain(address))

    @override
    def look(self, message: PhoneMessage) -> base.Look:
        files = [
            LookFile(each["kind"], id=each["id"], filename=each.get("filename"), mime=each.get("mime"))
            for each in message.facts.get("files", [])
        ]
        subject = str(message.body.get("subject") or "") if isinstance(message.body, dict) else ""
        return base.Look(text=message.shown, head=subject, files=tuple(files), html=message.facts.get("html"))

    @override
    def phone_facts(self, phone: Phone) -> dict[str, Any]:
        return {"is_full": phone.is_full, "is_away": phone.is_away}


def plain(address: str) -> str:
    """An address in lower case, without what follows a plus in its name."""
    local, at, host = address.strip().strip("<>").lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{host}"
