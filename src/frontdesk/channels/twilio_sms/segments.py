"""How many segments a text takes as SMS. Pure.

Source: twilio.com, "What is GSM-7 character encoding" and "SMS character limit" (2026): 160 or 70 characters
in one segment, 153 or 67 in each of several.
"""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""These take two places."""


def segments_of(text: str) -> int:
    """The number of segments; an empty text takes one."""
    if set(text) <= _BASIC | _EXTENDED:
        size = len(text) + sum(character in _EXTENDED for character in text)
        return 1 if size <= 160 else -(-size // 153)
    size = len(text.encode("utf-16-be", "surrogatepass")) // 2
    return 1 if size <= 70 else -(-size // 67)
