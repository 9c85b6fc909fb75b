"""What Slack remembers beside what every simulator does: the app, channels, people, uploads under way.

Pure memory: nothing here sends or answers anything. The whole is one workspace; a person's direct message
with the app has the person's id with another first letter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field
from typing_extensions import override

from frontdesk.kit.clock import utc_now
from frontdesk.simulators import base
from frontdesk.simulators.base import PhoneMessage
from frontdesk.simulators.slack.looking import look_of

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Settings(base.Settings):
    """How the simulated workspace behaves."""

    tells_own_messages: bool = Field(
        default=True,
        description="Whether the app hears of its own messages, as who subscribes to them does.",
    )


@dataclass(slots=True)
class Business(base.Business):
    """One app in its workspace. Its id is the app's, its address the channel people find it in."""

    token: str
    signing_secret: str
    team: str
    bot_user: str
    bot_id: str
    channel: str
    """The channel's id."""
    files_base: str
    """Where files are, and where they are uploaded to."""


@dataclass(slots=True)
class Channel:
    """A channel of the workspace."""

    id: str
    name: str
    is_member: bool = True
    """Whether the app was invited."""
    is_archived: bool = False


@dataclass(slots=True)
class Phone(base.Phone):
    """One person in Slack. Its id is the member's."""

    team: str = ""
    """The workspace the person is from: another company's, in a channel shared with it."""
    email: str = ""
    writes_directly: bool = False
    """Writes to the app in a direct message, and is not in its channel."""

    home: str = ""
    """The channel they are in, where it is not the one that customers find the app in."""

    @property
    def direct(self) -> str:
        """The id of the direct message with the app."""
        return f"D{self.id[1:]}"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was announced and not shared yet."""

    file_id: str
    filename: str
    length: int


class Ids(base.Ids):
    """A source of Slack's ids."""

    def slack(self, letter: str) -> str:
        """An id: its letter says of what."""
        return letter + "".join(self.random.choice(_LETTERS) for _ in range(10))

    @override
    def word(self, length: int = 32) -> str:
        return self.slack("F")


class State(base.State[Phone, Business, Settings]):
    """Everything remembered of the workspace."""

    def __init__(self, settings: Settings, seed: int | None, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(settings, Phone, now=now)
        self.ids = Ids(seed)
        self.channels: dict[str, Channel] = {}
        self.uploads: dict[str, Upload] = {}
        self._last = 0

    def next_ts(self) -> str:
        """A message's id: its moment, later than every one before."""
        self._last = max(self._last + 1, int(self.now().timestamp() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def app_of(self, token: str) -> Business | None:
        """The app with this token."""
        return next((app for app in self.businesses.values() if app.token == token), None)

    def add_phone(self, user: str | None = None, name: str | None = None, team: str | None = None) -> Phone:
        """Somebody new, or the one with this id; from another company."""
        user = user or self.ids.slack("U")
        shown = name or f"Member {user}"
        mailbox = ".".join("".join(each for each in shown.lower() if each.isalnum() or each == " ").split())
        phone = Phone(
            user, shown, team=team or "T0NEIGHBOUR", email=f"{mailbox or 'member'}@neighbour.example"
        )
        return self.keep_phone(phone)

    def in_direct(self, channel: str) -> Phone | None:
        """The person at the other end of a direct message."""
        return next((phone for phone in self.phones.values() if phone.direct == channel), None)

    def add_agent(self, user: str, name: str, email: str, team: str, home: str) -> Phone:
        """One of the company's own people, in a channel of theirs; or the one with this id."""
        return self.keep_phone(Phone(user, name, team=team, email=email, home=home))

    def members(self, channel: str) -> list[Phone]:
        """Who is in a channel: not those who write directly, and in agents' channels agents only."""
        home = channel if any(phone.home == channel for phone in self.phones.values()) else ""
        return [phone for phone in self.phones.values() if not phone.writes_directly and phone.home == home]

    def copies(self, channel: str, ts: str) -> Iterator[tuple[Phone, PhoneMessage]]:
        """A message on each phone that shows it."""
        for phone in self.phones.values():
            found = phone.find(ts)
            if found is not None and found.facts.get("channel") == channel:
                yield phone, found

    def history(self, channel: str) -> list[dict[str, Any]]:
        """A channel's messages, the oldest first."""
        found = {
            message.id: message.body
            for phone in self.phones.values()
            for message in phone.messages
            if message.facts.get("channel") == channel and not message.deleted
        }
        return [found[ts] for ts in sorted(found)]

    @override
    def look(self, message: PhoneMessage) -> base.Look:
        return look_of(message)

    @override
    def phone_facts(self, phone: Phone) -> dict[str, Any]:
        told = {"writes_directly": phone.writes_directly, "email": phone.email}
        app = next(iter(self.businesses.values()), None)
        if app is None or not (phone.writes_directly or phone.home):
            return told
        known = self.channels.get(phone.home)
        place = "Direct message" if phone.writes_directly else f"#{known.name if known else phone.home}"
        return told | {"business": {"id": app.id, "name": app.name, "address": place}}
