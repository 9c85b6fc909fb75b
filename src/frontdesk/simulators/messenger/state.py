"""What the platform remembers beside what every simulator does: pages, subscriptions, windows, user names.

Pure memory: nothing here sends or answers anything.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field
from typing_extensions import override

from frontdesk.kit.clock import utc_now
from frontdesk.simulators import base
from frontdesk.simulators.base import PhoneMessage, StoredFile
from frontdesk.simulators.base.ids import Ids
from frontdesk.simulators.messenger.looking import look_of

__all__ = ["WINDOW", "Business", "Phone", "PhoneMessage", "Settings", "State", "StoredFile", "milliseconds"]

WINDOW = timedelta(hours=24)
"""A page may write freely for so long after the customer's last message."""
HUMAN_WINDOW = timedelta(days=7)
"""With the tag HUMAN_AGENT, for so long."""


class Settings(base.Settings):
    """How the simulated network behaves. Changed at run time by `PUT /play/settings`."""

    enforce_window: bool = Field(
        default=True, description="Refuse messages outside the 24-hour window (10, 2018278)."
    )
    messages_per_second: int | None = Field(default=None, ge=1, description="Throughput of a page (613).")


@dataclass(slots=True)
class Business(base.Business):
    """One page with what its owner set up at Meta. Its id is the page's."""

    account_id: str
    """Who stands in the hooks: the page, on Instagram its professional account."""
    app_id: str
    access_token: str
    app_secret: str
    verify_token: str
    files_at: str
    """Where the files in hooks are: the address of this simulator."""
    subscribed_fields: tuple[str, ...] = ()
    recent_sends: deque[datetime] = field(default_factory=deque)


@dataclass(slots=True)
class Phone(base.Phone):
    """One customer's account. Its id is scoped to the page or the Instagram account."""

    username: str = ""
    last_written: dict[str, datetime] = field(default_factory=dict)


class State(base.State[Phone, Business, Settings]):
    """Everything remembered of one network."""

    def __init__(self, settings: Settings, seed: int | None, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(settings, Phone, now=now)
        self.ids = Ids(seed)

    def message_id(self) -> str:
        """An id for a message, in Meta's form."""
        return f"m_{self.ids.word(40)}"

    def add_phone(self, scoped_id: str | None = None, name: str | None = None) -> Phone:
        """A new account, or the one with this id."""
        number = scoped_id or self.ids.number(16)
        shown = name or f"Person {number[-4:]}"
        username = ".".join(
            "".join(each for each in word if each.isascii() and each.isalnum())
            for word in shown.lower().split()
        )
        return self.keep_phone(Phone(number, shown, username=username or "person"))

    def may_write(self, business: Business, phone: Phone, window: timedelta = WINDOW) -> bool:
        """Whether the customer wrote within the window."""
        last = phone.last_written.get(business.id)
        return last is not None and self.now() - last < window

    @override
    def look(self, message: PhoneMessage) -> base.Look:
        return look_of(message)

    @override
    def phone_facts(self, phone: Phone) -> dict[str, Any]:
        business = phone.last_business or next(iter(self.businesses), "")
        last = phone.last_written.get(business)
        closes_at = (last + WINDOW).isoformat() if last else None
        return {"username": phone.username, "window_closes_at": closes_at}

    @override
    def business_facts(self, business: Business) -> dict[str, Any]:
        return {"subscribed_fields": list(business.subscribed_fields)}


def milliseconds(at: datetime) -> int:
    """A time as Meta writes it."""
    return int(at.timestamp() * 1000)
