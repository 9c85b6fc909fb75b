"""What the simulator remembers: businesses, phones, what each phone shows, files, the ledger. All bounded.

Pure memory: nothing here sends or answers anything.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.kit.clock import utc_now
from frontdesk.simulators.whatsapp.ids import Ids

WINDOW = timedelta(hours=24)
"""A business may write freely for so long after the customer's last message."""
MAX_MESSAGES_PER_PHONE = 500
MAX_PHONES = 10_000
MAX_MEDIA_BYTES = 256 * 1024 * 1024
MAX_LEDGER = 200_000

_COUNTRIES = {"1": "US", "34": "ES", "44": "GB", "49": "DE", "55": "BR", "91": "IN", "54": "AR", "52": "MX"}


class Settings(BaseModel):
    """How the simulated network behaves. Changed at run time by `PUT /play/settings`."""

    model_config = ConfigDict(extra="forbid")

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
    delivered_after_seconds: float = Field(default=0, ge=0, le=3600)
    read_after_seconds: float | None = Field(
        default=None, ge=0, le=3600, description="None: a phone reads when told."
    )
    messages_per_second: int | None = Field(
        default=None, ge=1, description="Throughput of a number (130429)."
    )
    pair_seconds: float | None = Field(
        default=None, gt=0, description="Least time between two to one phone (131056)."
    )


@dataclass(slots=True)
class Business:
    """One business number with what its owner set up at Meta."""

    phone_number_id: str
    waba_id: str
    access_token: str
    app_secret: str
    verify_token: str
    hook_url: str | None
    display_name: str
    display_phone_number: str
    subscribed: bool = True
    templates: list[dict[str, Any]] = field(default_factory=list)
    recent_sends: deque[datetime] = field(default_factory=deque)


@dataclass(slots=True)
class PhoneMessage:
    """A message as the phone shows it. `body` is Meta's object of the type (`{"body": …}` for text)."""

    id: str
    sender: Literal["customer", "business"]
    phone_number_id: str
    type: str
    body: Any
    at: datetime
    status: Literal["sent", "delivered", "read", "failed"] = "sent"
    reply_to: str | None = None
    shown: str = ""
    error: dict[str, Any] | None = None
    terms: dict[str, Any] = field(default_factory=dict)
    edited: bool = False
    deleted: bool = False
    reactions: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Phone:
    """One customer's phone."""

    wa_id: str
    name: str
    user_id: str
    is_online: bool = True
    reads_at_once: bool | None = None
    hides_number: bool = False
    is_blocked: bool = False
    messages: deque[PhoneMessage] = field(default_factory=lambda: deque(maxlen=MAX_MESSAGES_PER_PHONE))
    last_written: dict[str, datetime] = field(default_factory=dict)
    last_sent_to: dict[str, datetime] = field(default_factory=dict)
    typing_until: datetime | None = None
    last_business: str | None = None
    waiting: deque[Callable[[], None]] = field(default_factory=lambda: deque(maxlen=MAX_MESSAGES_PER_PHONE))
    """What happens once it is online again."""

    def find(self, message_id: str) -> PhoneMessage | None:
        """The message of this id, newest first."""
        return next((message for message in reversed(self.messages) if message.id == message_id), None)


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """A file at Meta."""

    id: str
    content: bytes
    mime: str
    sha256: str
    filename: str | None = None


@dataclass(slots=True)
class LedgerSend:
    """One accepted send, whatever its answer was."""

    number: int
    wamid: str
    phone_number_id: str
    to: str
    type: str
    body_sha256: str
    opaque: str | None
    at: datetime
    answer: str = "200"


@dataclass(slots=True)
class LedgerHook:
    """One request to a hook."""

    number: int
    phone_number_id: str
    ids: tuple[str, ...]
    body_sha256: str
    attempt: int
    is_signed_well: bool
    at: datetime
    status: int | None = None
    error: str | None = None


class Recorder:
    """Writes changes down; this one writes nothing (see `journal` for the one that does)."""

    def phone(self, phone: Phone) -> None:
        """A phone is new or changed."""

    def gone(self, wa_id: str, new_wa_id: str) -> None:
        """A phone has another number now."""

    def message(self, phone: Phone, message: PhoneMessage) -> None:
        """A message is shown or changed."""

    def accept(self, phone: Phone, message: PhoneMessage) -> None:
        """A send was taken; `message` or `carried` follows."""

    def carried(self, message: PhoneMessage) -> None:
        """A send that no phone shows is done with."""

    def media(self, media: StoredMedia) -> None:
        """A file is kept."""


class Unknown(KeyError):
    """There is no such phone or business."""


class State:
    """Everything remembered. `now` can be replaced; `changed` hears every change that phones show."""

    def __init__(self, settings: Settings, seed: int | None, now: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.ids = Ids(seed)
        self.now = now
        self.businesses: dict[str, Business] = {}
        self.phones: dict[str, Phone] = {}
        self.media: dict[str, StoredMedia] = {}
        self.sends: deque[LedgerSend] = deque(maxlen=MAX_LEDGER)
        self.hooks: deque[LedgerHook] = deque(maxlen=MAX_LEDGER)
        self.conversations: dict[tuple[str, str, str], str] = {}
        self.ad_entries: dict[tuple[str, str], datetime] = {}
        self.changed: Callable[[dict[str, Any]], None] = lambda _frame: None
        self.journal = Recorder()
        self._media_bytes = 0
        self.send_count = 0
        self.hook_count = 0

    def business(self, phone_number_id: str | None, phone: Phone | None = None) -> Business:
        """The named business; else the one the phone last talked to; else the first. Raises Unknown."""
        wanted = phone_number_id or (phone.last_business if phone else None)
        if wanted is None and self.businesses:
            return next(iter(self.businesses.values()))
        if wanted is None or wanted not in self.businesses:
            raise Unknown(wanted or "no business is registered")
        return self.businesses[wanted]

    def phone(self, wa_id: str) -> Phone:
        """The phone of a number. Raises Unknown."""
        if wa_id not in self.phones:
            raise Unknown(wa_id)
        return self.phones[wa_id]

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
        while len(self.phones) >= MAX_PHONES:
            del self.phones[next(iter(self.phones))]
        country = next((code for prefix, code in _COUNTRIES.items() if number.startswith(prefix)), "US")
        phone = Phone(number, name or f"+{number}", f"{country}.{self.ids.number(20)}")
        self.phones[number] = phone
        self.journal.phone(phone)
        return phone

    def add_media(self, media: StoredMedia) -> StoredMedia:
        """Keep a file; the oldest go when there is no more room."""
        self.media[media.id] = media
        self.journal.media(media)
        self._media_bytes += len(media.content)
        while self._media_bytes > MAX_MEDIA_BYTES and len(self.media) > 1:
            self._media_bytes -= len(self.media.pop(next(iter(self.media))).content)
        return media

    def show(self, phone: Phone, message: PhoneMessage) -> None:
        """Put a message on a phone, or tell that one changed."""
        if phone.find(message.id) is None:
            phone.messages.append(message)
        self.journal.message(phone, message)
        self.changed({"type": "message", "wa_id": phone.wa_id, "message": shown_message(message)})

    def show_phone(self, phone: Phone) -> None:
        """Tell that a phone itself changed."""
        self.journal.phone(phone)
        self.changed({"type": "phone", "phone": self.shown_phone(phone, with_messages=False)})

    def is_window_open(self, business: Business, phone: Phone) -> bool:
        """Whether the customer wrote within the last 24 hours."""
        last = phone.last_written.get(business.phone_number_id)
        return last is not None and self.now() - last < WINDOW

    def shown_phone(self, phone: Phone, *, with_messages: bool = True) -> dict[str, Any]:
        """A phone as the play API tells it."""
        business = self.businesses.get(phone.last_business or "") or next(
            iter(self.businesses.values()), None
        )
        last = phone.last_written.get(business.phone_number_id) if business else None
        shown: dict[str, Any] = {
            "wa_id": phone.wa_id,
            "name": phone.name,
            "user_id": phone.user_id,
            "is_online": phone.is_online,
            "reads_at_once": phone.reads_at_once,
            "hides_number": phone.hides_number,
            "is_blocked": phone.is_blocked,
            "is_business_typing": phone.typing_until is not None and phone.typing_until > self.now(),
            "window_closes_at": (last + WINDOW).isoformat() if last else None,
            "business": business
            and {
                "phone_number_id": business.phone_number_id,
                "name": business.display_name,
                "display_phone_number": business.display_phone_number,
            },
        }
        if with_messages:
            shown["messages"] = [shown_message(message) for message in phone.messages]
        return shown


def digits(number: str) -> str:
    """A number as WhatsApp writes it: digits only."""
    return "".join(character for character in number if character.isascii() and character.isdigit())


def shown_message(message: PhoneMessage) -> dict[str, Any]:
    """A message as the play API tells it: Meta's object under the name of its type, and how it stands."""
    return {
        "id": message.id,
        "from": message.sender,
        "phone_number_id": message.phone_number_id,
        "type": message.type,
        message.type: message.body,
        "text_shown": message.shown,
        "at": message.at.isoformat(),
        "status": message.status,
        "reply_to": message.reply_to,
        "error": message.error,
        "edited": message.edited,
        "deleted": message.deleted,
        "reactions": [{"from": sender, "emoji": emoji} for sender, emoji in message.reactions.items()],
    }
