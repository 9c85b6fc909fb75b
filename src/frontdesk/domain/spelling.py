"""Addresses as people write them, in the one form in which they are kept. Pure.

A phone number is E.164 (`+5491123456789`) however it is written, an e-mail address lower case; other schemes
keep their value.
"""

import re

from frontdesk.domain.errors import Invalid
from frontdesk.domain.inbound import Address
from frontdesk.kit.phone import digits_of, e164

_WORD = r"[!#-'*+\-./0-9:=?A-Z^_`a-z{|}~%$&]"
_BARE = rf"{_WORD}{{1,64}}@[A-Za-z0-9._\-]+"
_RECIPIENT = re.compile(rf"[^<>\x00-\x1f\x7f]*<({_BARE})>|({_BARE})")
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


def bare_number(scheme: str, value: str, *, field: str = "address") -> Address:
    """The address of a scheme whose addresses are phone numbers in digits alone, however it is written.

    Raises:
        Invalid: It is no number.
    """
    digits = digits_of(value.strip())
    if digits is None:
        hint = "Write it with its country code, such as +54 9 11 2345-6789."
        raise Invalid("This is no phone number.", field=field, hint=hint)
    return Address(scheme, digits)


def recipient(value: str, *, field: str) -> str:
    """The bare address of somebody whom a mail shall reach, given as `name@example.com` or `Name <…>`.

    Raises:
        Invalid: It is none, or more than one.
    """
    found = _RECIPIENT.fullmatch(value.strip())
    address = (found[1] or found[2]) if found else ""
    if not address or len(address) > 254:
        raise Invalid(
            "This is no e-mail address that a mail can go to.",
            field=field,
            hint="Write one address, as name@example.com.",
        )
    return address


def same_person_key(scheme: str, value: str) -> tuple[str, str] | None:
    """What two addresses share that reach the same phone or mailbox; None where nothing can be said."""
    if scheme == "phone":
        number = e164(value)
        return None if number is None else ("phone", number)
    if scheme == "email":
        return ("email", value.strip().lower())
    return None
