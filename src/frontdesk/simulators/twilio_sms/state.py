"""What is remembered beside what every simulator does: numbers, opt-outs, callbacks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from typing_extensions import override

from frontdesk.kit.clock import utc_now
from frontdesk.simulators import base
from frontdesk.simulators.base import LookFile, PhoneMessage


class Settings(base.Settings):
    """How the simulated network behaves."""


@dataclass(slots=True)
class Business(base.Business):
    """One number of an account. Its id is the account's SID; `address` is the number."""

    auth_token: str = ""
    media_base: str = ""
    """Where the desk finds this simulator, for the addresses of files."""


@dataclass(slots=True)
class Phone(base.Phone):
    """One customer's phone. Its id is the number in E.164."""

    is_unsubscribed: bool = False


class Ids(base.Ids):
    """A source of Twilio's ids."""

    def sid(self, prefix: str) -> str:
        """An id such as `SM` and 32 hexadecimal digits."""
        return prefix + self.word(32)


class State(base.State[Phone, Business, Settings]):
    """Everything remembered."""

    def __init__(self, settings: Settings, seed: int | None, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(settings, Phone, now=now)
        self.ids = Ids(seed)

    def add_phone(self, number: str | None = None, name: str | None = None) -> Phone:
        """A new phone, or the one that has the number already."""
        number = number or f"+1500555{int(self.ids.number(5)) % 10000:04d}"
        return self.keep_phone(Phone(number, name or number))

    @override
    def look(self, message: PhoneMessage) -> base.Look:
        files = [
            LookFile(each["kind"], id=each.get("id"), url=each.get("url"), mime=each.get("mime"))
            for each in message.facts.get("files", [])
        ]
        return base.Look(text=message.shown, files=tuple(files))

    @override
    def phone_facts(self, phone: Phone) -> dict[str, Any]:
        return {"is_unsubscribed": phone.is_unsubscribed}
