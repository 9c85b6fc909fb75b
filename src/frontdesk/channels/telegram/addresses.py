"""Addresses, threads and ids of Telegram, both ways. Pure.

A message's number is its chat's own, so ours name the chat too; those of a business account, which a bot
speaks for, also name the connection, for the same chat exists without it.
"""

import re
from dataclasses import dataclass

from frontdesk.domain.errors import UnsupportedByChannel
from frontdesk.domain.inbound import Address

SCHEME = "telegram"
BUSINESS = "telegram_business"
_CHAT = re.compile(r"(-?[0-9]{1,20}|@[A-Za-z0-9_]{3,64})(?:/([0-9]{1,20}))?")
_BUSINESS_CHAT = re.compile(r"([A-Za-z0-9_-]{1,128})/(-?[0-9]{1,20})")
_SOURCE = re.compile(r"(?:([A-Za-z0-9_-]{1,128}):)?(-?[0-9]{1,20}):([0-9]{1,20})")


@dataclass(frozen=True, slots=True)
class Place:
    """Where messages are: a chat, perhaps a topic of it, perhaps by a business connection."""

    chat: str
    topic: str | None = None
    business: str | None = None

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The address to answer to first, then the others of the same people."""
        chat = Address(SCHEME, self.chat)
        if self.business is not None:
            return (Address(BUSINESS, f"{self.business}/{self.chat}"), chat)
        return (chat,) if self.topic is None else (Address(SCHEME, f"{self.chat}/{self.topic}"), chat)

    @property
    def thread_key(self) -> str:
        """A topic, and a talk by a business account, are lines of talk of their own beside the chat."""
        if self.business is not None:
            return f"business:{self.business}/{self.chat}"
        return f"{SCHEME}:{self.chat}" if self.topic is None else f"topic:{self.chat}/{self.topic}"

    def source_id(self, message_id: str) -> str:
        """The id of a message here."""
        own = f"{self.chat}:{message_id}"
        return own if self.business is None else f"{self.business}:{own}"


def place_of(address: Address) -> Place:
    """Where an address is.

    Raises:
        UnsupportedByChannel: It is none of Telegram's.
    """
    if address.scheme == SCHEME and (chat := _CHAT.fullmatch(address.value)):
        return Place(chat[1], chat[2])
    if address.scheme == BUSINESS and (chat := _BUSINESS_CHAT.fullmatch(address.value)):
        return Place(chat[2], business=chat[1])
    raise UnsupportedByChannel(f"Telegram cannot reach an address of scheme {address.scheme}", field="to")


def message_of(source_id: str | None) -> tuple[Place, int] | None:
    """The message that one of our ids names; None when it names none."""
    found = _SOURCE.fullmatch(source_id or "")
    return None if found is None else (Place(found[2], business=found[1]), int(found[3]))
