"""What the network remembers beside what every simulator does: windows, templates, prices, user ids.

Pure memory: nothing here sends or answers anything.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field
from typing_extensions import override

from frontdesk.kit.clock import utc_now
from frontdesk.simulators import base
from frontdesk.simulators.base import PhoneMessage, StoredFile
from frontdesk.simulators.whatsapp.ids import Ids
from frontdesk.simulators.whatsapp.looking import look_of

__all__ = ["WINDOW", "Business", "Phone", "PhoneMessage", "Settings", "State", "StoredFile", "digits"]

WINDOW = timedelta(hours=24)
"""A business may write freely for so long after the customer's last message."""

_COUNTRIES = {"1": "US", "34": "ES", "44": "GB", "49": "DE", "55": "BR", "91": "IN", "54": "AR", "52": "MX"}


class Settings(base.Settings):
    """How the simulated network behaves. Changed at run time by `PUT /play/settings`."""

    enforce_window: bool = Field(
        default=True, description="Refuse free text outside the 24-hour window (131047)."
    )
    unknown_phones: Literal["refuse", "create"] = Field(
        default="refuse",
        description="A send to a number without a phone is undeliverable (131026), or makes a phone.",
    )
    refuse_by: Literal["answer", "hook"] = Field(
        default="answer",
        description="Whether 131047 and 131026 are the send's answer or a later failed status.",
    )
    messages_per_second: int | None = Field(
        default=None, ge=1, description="Throughput of a number (130429)."
    )
    pair_seconds: float | None = Field(
        default=None, gt=0, description="Least time between two to one phone (131056)."
    )


@dataclass(slots=True)
class Business(base.Business):
    """One business number with what its owner set up at Meta. Its id is Meta's `phone_number_id`."""

    waba_id: str
    access_token: str
    app_secret: str
    verify_token: str
    subscribed: bool = True
    templates: list[dict[str, Any]] = field(default_factory=list)
    recent_sends: deque[datetime] = field(default_factory=deque)


@dataclass(slots=True)
class Phone(base.Phone):
    """One customer's phone. Its id is the number in digits."""

    user_id: str = ""
    hides_number: bool = False
    last_written: dict[str, datetime] = field(default_factory=dict)
    last_sent_to: dict[str, datetime] = field(default_factory=dict)

    @property
    def wa_id(self) -> str:
        """The number, by Meta's name for it."""
        return self.id


class State(base.State[Phone, Business, Settings]):
    """Everything remembered of the network."""

    def __init__(self, settings: Settings, seed: int | None, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(settings, Phone, now=now)
        self.ids = Ids(seed)
        self.conversations: dict[tuple[str, str, str], str] = {}
        self.ad_entries: dict[tuple[str, str], datetime] = {}

    def phone_of(self, recipient: str) -> Phone | None:
        """The phone of a number in any writing, or of a business-scoped user id."""
        if "." in recipient:
            return next((phone for phone in self.phones.values() if phone.user_id == recipient), None)
        return self.phones.get(digits(recipient))

    def add_phone(self, wa_id: str | None = None, name: str | None = None) -> Phone:
        """A new phone, or the one that has the number already."""
        number = digits(wa_id) if wa_id else f"447700900{int(self.ids.number(4)) % 1000:03d}"
        if number in self.phones:
            return self.phones[number]
        country = next((code for prefix, code in _COUNTRIES.items() if number.startswith(prefix)), "US")
        return self.keep_phone(
            Phone(number, name or f"+{number}", user_id=f"{country}.{self.ids.number(20)}")
        )

    def is_window_open(self, business: Business, phone: Phone) -> bool:
        """Whether the customer wrote within the last 24 hours."""
        last = phone.last_written.get(business.id)
        return last is not None and self.now() - last < WINDOW

    @override
    def look(self, message: PhoneMessage) -> base.Look:
        return look_of(message)

    @override
    def phone_facts(self, phone: Phone) -> dict[str, Any]:
        business = phone.last_business or next(iter(self.businesses), "")
        last = phone.last_written.get(business)
        return {
            "wa_id": phone.wa_id,
            "user_id": phone.user_id,
            "hides_number": phone.hides_number,
            "window_closes_at": (last + WINDOW).isoformat() if last else None,
        }

    @override
    def business_facts(self, business: Business) -> dict[str, Any]:
        return {"subscribed": business.subscribed}


def digits(number: str) -> str:
    """A number as WhatsApp writes it: digits only."""
    return "".join(character for character in number if character.isascii() and character.isdigit())
