"""Twilio's addresses in our words: `+15550100`, `whatsapp:+15550100`, a short code, a name. Pure."""

import re

from frontdesk.domain.inbound import Address

PREFIX = "whatsapp:"
"""Before a number that is reached by WhatsApp; the word is the scheme of such addresses."""
_WHATSAPP = PREFIX[:-1]
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SCHEME = re.compile(r"[a-z_]{2,20}")


def is_e164(number: str) -> bool:
    """Whether a number is in the one form that Twilio takes."""
    return _E164.fullmatch(number) is not None


def addresses_of(written: str, user_id: str | None = None) -> tuple[Address, ...]:
    """All addresses of somebody, the strongest first."""
    scheme, _, rest = written.rpartition(":")
    found: list[Address] = []
    if scheme == _WHATSAPP:
        found.append(Address(_WHATSAPP, rest.removeprefix("+")))
        if user_id:
            found.append(Address(f"{_WHATSAPP}_user", user_id))
        if is_e164(rest):
            found.append(Address("phone", rest))
    elif scheme and _SCHEME.fullmatch(scheme):
        found.append(Address(scheme, rest))
    else:
        found.append(Address("phone" if is_e164(written) else "sms", written))
    return tuple(found)


def written_for(to: Address, sender: str | None) -> str | None:
    """How Twilio writes an address, by the sender's own network; None when it cannot be reached so."""
    number = f"+{to.value}" if to.scheme == _WHATSAPP else to.value
    if to.scheme == "sms" and number.isdigit():
        return number
    if to.scheme not in ("phone", _WHATSAPP) or not is_e164(number):
        return None
    is_whatsapp = sender.startswith(PREFIX) if sender else to.scheme == _WHATSAPP
    return f"{PREFIX}{number}" if is_whatsapp else number
