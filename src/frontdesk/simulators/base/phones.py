"""What every phone is and shows, whoever its provider is. Pure data; a provider adds fields by a subclass."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

MAX_MESSAGES_PER_PHONE = 500

Status = Literal["sent", "delivered", "read", "failed"]


@dataclass(slots=True)
class PhoneMessage:
    """A message as a phone keeps it. `body` is the provider's own object of the type, as JSON."""

    id: str
    sender: Literal["customer", "business"]
    business: str
    """The id of the business at the other end."""
    type: str
    body: Any
    at: datetime
    status: Status = "sent"
    reply_to: str | None = None
    shown: str = ""
    """The words of it, in one piece of text."""
    error: dict[str, Any] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    """What else the provider has to remember of it, as JSON."""
    edited: bool = False
    deleted: bool = False
    reactions: dict[str, str] = field(default_factory=dict)
    """Emoji by who reacted: `customer` or `business`."""


@dataclass(slots=True)
class Phone:
    """One customer's phone, mailbox or account at the provider.

    A subclass's own fields need defaults; those named in `MEMORY_ONLY` are not written to the journal.
    """

    id: str
    """The customer's address at the provider; it stands in the play API's paths."""
    name: str
    is_online: bool = True
    reads_at_once: bool | None = None
    is_blocked: bool = False
    """The customer blocks the business."""
    messages: deque[PhoneMessage] = field(default_factory=lambda: deque(maxlen=MAX_MESSAGES_PER_PHONE))
    last_business: str | None = None
    typing_until: datetime | None = None
    """Until when the business is shown as typing."""
    waiting: deque[Callable[[], None]] = field(default_factory=lambda: deque(maxlen=MAX_MESSAGES_PER_PHONE))
    """What happens once it is online again."""

    def find(self, message_id: str) -> PhoneMessage | None:
        """The message of this id, newest first."""
        return next((message for message in reversed(self.messages) if message.id == message_id), None)


MEMORY_ONLY = frozenset({"messages", "waiting", "typing_until"})
"""Fields of a phone that the journal leaves out."""


@dataclass(slots=True)
class Business:
    """A company's account at the provider, with what its owner set up there. Subclasses add the secrets."""

    id: str
    name: str
    address: str
    """What a customer sees: a number, a user name, a mail address."""
    hook_url: str | None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file at the provider."""

    id: str
    content: bytes
    mime: str
    sha256: str
    filename: str | None = None
