"""Who a message is from or to, by the contacts beside it; the strongest address first. Pure.

Since 2026 a customer may hide the number; then only the business-scoped user id is there.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from frontdesk.channels.whatsapp.payloads import MAX_ID
from frontdesk.domain.inbound import Address, Party
from frontdesk.kit.phone import from_digits, same_number
from frontdesk.kit.records import record

_Raw = Mapping[str, Any]
_NOBODY: _Raw = {}


@record
class Other:
    """The other side of a message, and the thread it belongs to.

    `given` is the id by which the message itself names them, where that is not their first address.
    """

    party: Party
    thread_key: str
    given: str | None


class Frame:
    """What one value says about all of its messages: our number, and who is who."""

    __slots__ = ("account_ref", "contacts", "value")

    def __init__(self, value: _Raw) -> None:
        metadata, contacts = value.get("metadata"), value.get("contacts")
        ours = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
        self.account_ref = ours if ours.__class__ is str and 0 < len(ours) <= MAX_ID else account(ours)
        self.contacts: list[Any] = contacts if isinstance(contacts, list) else []
        self.value = value

    def find(self, number: object, user_id: object) -> Other | None:
        """The customer whom a message names so, with all that the contacts say; None when nobody is named."""
        for contact in self.contacts:
            if isinstance(contact, dict) and (
                (number is not None and contact.get("wa_id") == number)
                or (user_id is not None and contact.get("user_id") == user_id)
            ):
                break
        else:
            contact = self._likely_contact(number, user_id)
        profile, wa_id = contact.get("profile"), contact.get("wa_id")
        name = (profile.get("name") or profile.get("username")) if isinstance(profile, dict) else None
        user_id = user_id or contact.get("user_id")
        try:
            return _other(number, user_id, wa_id, name)
        except TypeError:  # nothing that can be remembered, so no id either
            return _other(text(number), text(user_id), text(wa_id), None)

    def _likely_contact(self, number: object, user_id: object) -> _Raw:
        """A contact whose number is written in another way, or who stands alone with a lone message."""
        known = [contact for contact in self.contacts if isinstance(contact, dict)]
        if isinstance(number, str):
            for contact in known:
                wa_id = contact.get("wa_id")
                if isinstance(wa_id, str) and same_number(wa_id, number):
                    return contact
        lists = (self.value.get(name) for name in ("messages", "message_echoes", "calls"))
        count = sum(len(items) for items in lists if isinstance(items, list))
        is_alone = count <= 1 or (number is None and user_id is None)
        return known[0] if len(known) == 1 and is_alone else _NOBODY


def addresses(number: str | None, user_id: str | None, phone: str | None = None) -> tuple[Address, ...]:
    """All addresses of somebody, the strongest first."""
    found = []
    if number:
        found.append(Address("whatsapp", number))
    if user_id:
        found.append(Address("whatsapp_user", user_id))
    digits = phone or number
    dialled = from_digits(digits) if digits else None
    if dialled:
        found.append(Address("phone", dialled))
    return tuple(found)


def thread_key(of: tuple[Address, ...]) -> str:
    """The key of the thread with whom these addresses are."""
    return f"{of[0].scheme}:{of[0].value}"


def text(value: object) -> str | None:
    """An id as text; Meta writes some of them as numbers. None for anything else and for nothing.

    Raises:
        ValueError: It is longer than any id.
    """
    if value.__class__ is int:
        value = str(value)
    if not isinstance(value, str):
        return None
    if len(value) > MAX_ID:
        msg = f"an id of {len(value)} characters"
        raise ValueError(msg)
    return value or None


def account(value: object) -> str | None:
    """Our side's id; None when it cannot be read, for it decides nothing."""
    try:
        return text(value)
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def _other(given_number: object, user_id: object, wa_id: object, given_name: object) -> Other | None:
    """Somebody by all that is known of them. Remembered: customers write more than once."""
    number, name = text(given_number), given_name if isinstance(given_name, str) else None
    found = addresses(text(wa_id) or number, text(user_id), number)
    if not found:
        return None
    given = number or found[0].value
    return Other(
        Party(found, name[:1024] if name else None),
        thread_key(found),
        None if given == found[0].value else given,
    )
