"""What Telegram remembers beside what every simulator does: bots, who started them, numbers of messages.

Pure memory: nothing here sends or answers anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

from frontdesk.kit.clock import utc_now
from frontdesk.simulators import base
from frontdesk.simulators.base import PhoneMessage, StoredFile
from frontdesk.simulators.base.ids import Ids
from frontdesk.simulators.telegram.looking import look_of

__all__ = ["Business", "Phone", "PhoneMessage", "Settings", "State", "StoredFile"]

Settings = base.Settings
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Business(base.Business):
    """One bot with what its owner set up. Its id is the bot's number, its address the user name."""

    token: str
    secret_token: str | None
    allowed_updates: tuple[str, ...] = ()
    """Empty: all but reactions and members."""


@dataclass(slots=True)
class Phone(base.Phone):
    """One customer's account. Its id is the number of the user, which is the private chat's too."""

    username: str = ""
    started: list[str] = field(default_factory=list)
    """Bots that may write to it: those it wrote to before."""


class State(base.State[Phone, Business, Settings]):
    """Everything remembered of Telegram."""

    def __init__(self, settings: Settings, seed: int | None, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(settings, Phone, now=now)
        self.ids = Ids(seed)
        self._last: dict[str, int] = {}

    def next_number(self, of: str) -> int:
        """A number for a message or an update, larger than every one before, also after a restart."""
        by_clock = int((self.now() - _EPOCH).total_seconds() * 10)
        self._last[of] = max(self._last.get(of, 0) + 1, by_clock)
        return self._last[of]

    def bot_of(self, token: str) -> Business | None:
        """The bot with this token."""
        return next((bot for bot in self.businesses.values() if bot.token == token), None)

    def add_phone(self, user_id: str | None = None, name: str | None = None) -> Phone:
        """A new account, or the one with this number."""
        number = user_id or self.ids.number(9)
        shown = name or f"User {number}"
        username = "".join(each for each in shown.lower() if each.isascii() and each.isalnum()) or "user"
        return self.keep_phone(Phone(number, shown, username=username))

    @override
    def look(self, message: PhoneMessage) -> base.Look:
        return look_of(message)

    @override
    def phone_facts(self, phone: Phone) -> dict[str, Any]:
        return {"username": phone.username, "has_started": bool(phone.started)}
