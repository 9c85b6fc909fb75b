"""What IMAP's FETCH asks for and how it is told. Pure. Source: RFC 3501, 6.4.5, 7.4.2 and 9."""

import re

from frontdesk.simulators.email.mailbox import Kept

_MACROS = {
    "ALL": "FLAGS INTERNALDATE RFC822.SIZE",
    "FAST": "FLAGS INTERNALDATE RFC822.SIZE",
}
_ITEM = re.compile(r"[A-Z0-9.]+(?:\[[^\]]*\])?", re.IGNORECASE)
_RANGE = re.compile(r"(\d+|\*)(?::(\d+|\*))?")


def ranges(given: str, last: int) -> list[tuple[int, int]]:
    """A set such as `1,3:5,7:*` as pairs, the lower first. Raises ValueError."""
    found = []
    for part in given.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            msg = "this is no set of numbers"
            raise ValueError(msg)
        ends = [last if each == "*" else int(each) for each in (match[1], match[2] or match[1])]
        found.append((min(ends), max(ends)))
    return found


def items(given: str) -> list[str]:
    """What is asked for, in upper case."""
    words = given.strip("()").upper()
    return _ITEM.findall(_MACROS.get(words, words))


def marks_seen(item: str) -> bool:
    """Whether telling it makes a mail read."""
    return item.startswith("BODY[") or item in ("RFC822", "RFC822.TEXT")


def told(item: str, uid: int, kept: Kept) -> bytes:
    """One item of a mail. Raises ValueError for one that is not known here."""
    name = item.replace(".PEEK", "")
    content = _content(name, kept.raw)
    if content is not None:
        return f"{name} {{{len(content)}}}\r\n".encode() + content
    match name:
        case "UID":
            said = str(uid)
        case "FLAGS":
            said = f"({' '.join(sorted(kept.flags))})"
        case "INTERNALDATE":
            said = f'"{kept.at:%d-%b-%Y %H:%M:%S} +0000"'
        case "RFC822.SIZE":
            said = str(len(kept.raw))
        case _:
            msg = f"{item} cannot be fetched here"
            raise ValueError(msg)
    return f"{name} {said}".encode()


def _content(name: str, raw: bytes) -> bytes | None:
    """The part of a mail that an item names; None when it names no part."""
    head, gap, text = raw.partition(b"\r\n\r\n")
    match name:
        case "BODY[]" | "RFC822":
            return raw
        case "BODY[HEADER]" | "RFC822.HEADER":
            return head + gap
        case "BODY[TEXT]" | "RFC822.TEXT":
            return text
        case _:
            return None
