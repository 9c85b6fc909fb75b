"""Addresses as people write them, in the one form in which they are kept. Pure.

A phone number is E.164 (`+5491123456789`) however it is written, an e-mail address lower case; other schemes
keep their value.
"""

import re

from frontdesk.domain.errors import Invalid
from frontdesk.domain.inbound import Address
from frontdesk.kit.phone import e164

_MAIL = re.compile(r"[^@\s\x00-\x20]{1,64}@[^@\s\x00-\x20]+")


def normal(scheme: str, value: str, *, field: str = "address") -> Address:
    """The one form of an address (S0-25).

    Raises:
        Invalid: It can be no address of its scheme.
    """
    value = value.strip()
    if scheme == "phone":
        number = e164(value)
        if number is None:
            raise Invalid(
                "This is no phone number.",
                field=field,
                hint="Write it with its country code, such as +54 9 11 2345-6789.",
            )
        return Address(scheme, number)
    if scheme == "email":
        if not _MAIL.fullmatch(value) or len(value) > 254:
            raise Invalid("This is no e-mail address.", field=field, hint="Write it as name@example.com.")
        return Address(scheme, value.lower())
    return Address(scheme, value)


def same_person_key(scheme: str, value: str) -> tuple[str, str] | None:
    """What two addresses share that reach the same phone or mailbox; None where nothing can be said."""
    if scheme == "phone":
        number = e164(value)
        return None if number is None else ("phone", number)
    if scheme == "email":
        return ("email", value.strip().lower())
    return None
