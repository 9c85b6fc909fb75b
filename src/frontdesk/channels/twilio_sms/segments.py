"""How many segments a text takes as SMS, and the messages that a long one goes as. Pure.

Source: twilio.com, "What is GSM-7 character encoding" and "SMS character limit" (2026): 160 or 70 characters
in one segment, 153 or 67 in each of several.
"""

from unicodedata import category

_JOINER = "\u200d"
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""These take two places."""


def parts_of(text: str, most: int) -> list[str]:
    """The text in parts of at most so many characters, cut after a space where there is one; none is lost."""
    parts = []
    while len(text) > most:
        at = max(text.rfind(" ", 0, most), text.rfind("\n", 0, most)) + 1
        at = at if at > most // 2 else _before_marks(text, most)
        parts.append(text[:at])
        text = text[at:]
    return [*parts, text]


def _before_marks(text: str, at: int) -> int:
    """A place not far before this one that does not part a sign from what belongs to it."""
    for place in range(at, at - 32, -1):
        if not (category(text[place]).startswith("M") or _JOINER in text[place - 1 : place + 1]):
            return place
    return at


def segments_of(text: str) -> int:
    """The number of segments; an empty text takes one."""
    if set(text) <= _BASIC | _EXTENDED:
        size = len(text) + sum(character in _EXTENDED for character in text)
        return 1 if size <= 160 else -(-size // 153)
    size = len(text.encode("utf-16-be", "surrogatepass")) // 2
    return 1 if size <= 70 else -(-size // 67)
