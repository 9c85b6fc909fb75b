"""What a simulator remembers: businesses, phones, what each phone shows, files, the ledger. All bounded.

Pure memory: nothing here sends or answers anything. A provider subclasses `State` for what else it remembers.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeVar

from frontdesk.kit.clock import utc_now
from frontdesk.simulators.base.errors import Unknown
from frontdesk.simulators.base.ledger import MAX_LEDGER, LedgerHook, LedgerSend, digest
from frontdesk.simulators.base.looks import Look
from frontdesk.simulators.base.phones import Business, Phone, PhoneMessage, StoredFile

MAX_PHONES = 10_000
MAX_FILE_BYTES = 256 * 1024 * 1024


class Settings(BaseModel):
    """How the simulated network behaves. Changed at run time by `PUT /play/settings`."""

    model_config = ConfigDict(extra="forbid")

    delivered_after_seconds: float = Field(default=0, ge=0, le=3600)
    read_after_seconds: float | None = Field(
        default=None, ge=0, le=3600, description="None: a phone reads when told."
    )


P = TypeVar("P", bound=Phone)
B = TypeVar("B", bound=Business, default=Business)
S = TypeVar("S", bound=Settings, default=Settings)


class Recorder:
    """Writes changes down; this one writes nothing (see `journal` for the one that does)."""

    def phone(self, phone: Phone) -> None:
        """A phone is new or changed."""

    def gone(self, phone_id: str, new_id: str) -> None:
        """A phone has another address now."""

    def message(self, phone: Phone, message: PhoneMessage) -> None:
        """A message is shown or changed."""

    def accept(self, phone: Phone, message: PhoneMessage) -> None:
        """A send was taken; `message` or `carried` follows."""

    def carried(self, message: PhoneMessage) -> None:
        """A send that no phone shows is done with."""

    def file(self, file: StoredFile) -> None:
        """A file is kept."""


class State(Generic[P, B, S]):
    """Everything remembered. `now` can be replaced; `changed` hears every change that phones show.

    Args:
        settings: How the network behaves.
        phone_type: The provider's own class of phones.
        now: The clock.
    """

    def __init__(self, settings: S, phone_type: type[P], *, now: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.phone_type = phone_type
        self.now = now
        self.businesses: dict[str, B] = {}
        self.phones: dict[str, P] = {}
        self.files: dict[str, StoredFile] = {}
        self.sends: deque[LedgerSend] = deque(maxlen=MAX_LEDGER)
        self.hooks: deque[LedgerHook] = deque(maxlen=MAX_LEDGER)
        self.changed: Callable[[dict[str, Any]], None] = lambda _frame: None
        self.journal = Recorder()
        self._file_bytes = 0
        self.send_count = 0
        self.hook_count = 0

    # --- what a provider says of its own --------------------------------------------------------------------

    def look(self, message: PhoneMessage) -> Look:
        """How a message looks on a phone; a provider with more than words replaces this."""
        return Look(text=message.shown)

    def phone_facts(self, _phone: P) -> dict[str, Any]:
        """What else the play API tells of a phone."""
        return {}

    def business_facts(self, _business: B) -> dict[str, Any]:
        """What else `GET /play/health` tells of a business; never a secret."""
        return {}

    # --- finding and keeping --------------------------------------------------------------------------------

    def business(self, business_id: str | None, phone: P | None = None) -> B:
        """The named business; else the one the phone last talked to; else the first. Raises Unknown."""
        wanted = business_id or (phone.last_business if phone else None)
        if wanted is None and self.businesses:
            return next(iter(self.businesses.values()))
        if wanted is None or wanted not in self.businesses:
            raise Unknown(wanted or "no business is registered")
        return self.businesses[wanted]

    def phone(self, phone_id: str) -> P:
        """The phone of an address. Raises Unknown."""
        if phone_id not in self.phones:
            raise Unknown(phone_id)
        return self.phones[phone_id]

    def keep_phone(self, phone: P) -> P:
        """Keep a new phone, or find the one that has its address already; the oldest goes when full."""
        if phone.id in self.phones:
            return self.phones[phone.id]
        while len(self.phones) >= MAX_PHONES:
            del self.phones[next(iter(self.phones))]
        self.phones[phone.id] = phone
        self.journal.phone(phone)
        return phone

    def rename_phone(self, phone: P, new_id: str) -> None:
        """A phone has another address from now on. Raises ValueError when another phone has it."""
        if new_id in self.phones:
            msg = f"{new_id} has a phone already"
            raise ValueError(msg)
        old = phone.id
        del self.phones[old]
        self.changed({"type": "phone_gone", "phone_id": old})
        phone.id = new_id
        self.phones[new_id] = phone
        self.journal.gone(old, new_id)
        self.show_phone(phone)

    def keep_file(self, file: StoredFile) -> StoredFile:
        """Keep a file; the oldest go when there is no more room."""
        self.files[file.id] = file
        self.journal.file(file)
        self._file_bytes += len(file.content)
        while self._file_bytes > MAX_FILE_BYTES and len(self.files) > 1:
            self._file_bytes -= len(self.files.pop(next(iter(self.files))).content)
        return file

    def enter(self, phone: P, message: PhoneMessage, body: Any, *, opaque: str | None = None) -> LedgerSend:
        """Write an accepted send to the ledger."""
        self.send_count += 1
        entry = LedgerSend(
            self.send_count,
            message.id,
            message.business,
            phone.id,
            message.type,
            digest(body),
            opaque,
            message.at,
        )
        self.sends.append(entry)
        return entry

    # --- showing --------------------------------------------------------------------------------------------

    def show(self, phone: P, message: PhoneMessage) -> None:
        """Put a message on a phone, or tell that one changed."""
        if phone.find(message.id) is None:
            phone.messages.append(message)
        self.journal.message(phone, message)
        self.changed({"type": "message", "phone_id": phone.id, "message": self.shown_message(message)})

    def show_phone(self, phone: P) -> None:
        """Tell that a phone itself changed."""
        self.journal.phone(phone)
        self.changed({"type": "phone", "phone": self.shown_phone(phone, with_messages=False)})

    def shown_phone(self, phone: P, *, with_messages: bool = True) -> dict[str, Any]:
        """A phone as the play API tells it."""
        business = self.businesses.get(phone.last_business or "") or next(
            iter(self.businesses.values()), None
        )
        shown: dict[str, Any] = {
            "id": phone.id,
            "name": phone.name,
            "is_online": phone.is_online,
            "reads_at_once": phone.reads_at_once,
            "is_blocked": phone.is_blocked,
            "is_business_typing": phone.typing_until is not None and phone.typing_until > self.now(),
            "business": business and {"id": business.id, "name": business.name, "address": business.address},
            **self.phone_facts(phone),
        }
        if with_messages:
            shown["messages"] = [self.shown_message(message) for message in phone.messages]
        return shown

    def shown_message(self, message: PhoneMessage) -> dict[str, Any]:
        """A message as the play API tells it: its look, and the provider's object under its type's name."""
        return {
            message.type: message.body,
            "id": message.id,
            "from": message.sender,
            "business": message.business,
            "type": message.type,
            "text_shown": message.shown,
            "look": self.look(message).as_json(),
            "at": message.at.isoformat(),
            "status": message.status,
            "reply_to": message.reply_to,
            "error": message.error,
            "edited": message.edited,
            "deleted": message.deleted,
            "reactions": [{"from": sender, "emoji": emoji} for sender, emoji in message.reactions.items()],
        }


AnyState = State[Any, Any, Any]
"""A state, whatever its provider's own classes are."""
