"""Headers of a mail as people mean them: words decoded, addresses, ids and dates read leniently. Pure.

An address is only what stands as one before any encoded word is decoded: what hides in an encoded word is a
display name, never an address (RFC 2047, section 5: no encoded word within an addr-spec).
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice

from frontdesk.channels.email.charsets import decoded

MAX_ADDRESSES = 200
MAX_IDS = 100
MAX_DATE = 200
MAX_WORDS = 10_000
"""Of a text with encoded words so many characters are read: longer ones are made to cost."""
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(=\?[^?]+\?[QqBb]\?)")
_WORD = re.compile(r"=\?([^?]*)\?([QqBb])\?([^?]*(?:\?(?!=)[^?]*)*)\?=")
_BARE_ADDRESS = re.compile(r"[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+")
_ID = re.compile(r"<([^<>]+)>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_ZONE = re.compile(r"\s*(?:\([^)]*\))?\s*$")


def text_of(message: Message, name: str) -> str | None:
    """A header's text, decoded and on one line; None when it is missing or empty."""
    raw = raw_of(message, name)
    if raw is None:
        return None
    return " ".join(decoded_words(raw).split()) or None


def raw_of(message: Message, name: str) -> str | None:
    """A header as written, its bytes beyond ASCII decoded, unfolded."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            return _unfolded(value)
    return None


def all_of(message: Message, name: str) -> list[str]:
    """Every header of this name, as `raw_of` gives one."""
    return [_unfolded(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def _unfolded(value: object) -> str:
    text = str(value)
    if not text.isascii():
        text = decoded(text.encode("utf-8", "surrogateescape"), None)
    return re.sub(r"\r?\n[ \t]*", " ", text).strip()


def decoded_words(raw: str) -> str:
    """Text with its encoded words decoded; a word that cannot be decoded stays as it is."""
    if "=?" not in raw:
        return raw
    raw = raw[:MAX_WORDS]
    joined = _BETWEEN_WORDS.sub(r"\1\2", raw)
    out: list[str] = []
    position = 0
    pending: tuple[str, bytes] | None = None
    for match in _WORD.finditer(joined):
        between = joined[position : match.start()]
        charset, content = _word(match)
        if pending is not None and not between and pending[0] == charset:
            pending = (charset, pending[1] + content)
        else:
            out.append(_finished(pending))
            out.append(between)
            pending = (charset, content)
        position = match.end()
    out.append(_finished(pending))
    out.append(joined[position:])
    return "".join(out)


def _word(match: re.Match[str]) -> tuple[str, bytes]:
    charset = match[1].split("*")[0].lower()
    word = f"=?us-ascii?{match[2]}?{match[3].replace(' ', '_')}?="
    try:
        content = decode_header(word)[0][0]
    except (HeaderParseError, ValueError):
        return ("utf-8", match[3].encode("utf-8", "replace"))
    return (charset, content if isinstance(content, bytes) else content.encode("utf-8", "replace"))


def _finished(pending: tuple[str, bytes] | None) -> str:
    return "" if pending is None else decoded(pending[1], pending[0])


def addresses_of(message: Message, name: str) -> list[tuple[str | None, str]]:
    """Display names and bare addresses of a header, in order."""
    pairs = (pair for raw in all_of(message, name) for pair in parsed_addresses(raw))
    return list(islice(pairs, MAX_ADDRESSES))


def parsed_addresses(raw: str) -> list[tuple[str | None, str]]:
    """Display names and bare addresses in a header's text, read before words are decoded."""
    try:
        pairs = getaddresses([raw[:20_000]])
    except (ValueError, IndexError, RecursionError):
        pairs = []
    found = [_pair(name, address) for name, address in pairs]
    good = [pair for pair in found if pair is not None]
    if good:
        return good
    bracketed = re.search(r"<([^<>\s]+@[^<>\s]+)>", raw)
    if bracketed:
        shown = decoded_words(raw[: bracketed.start()]).strip(" \"'")
        return [(shown or None, bracketed[1])]
    groups = _without_words(raw).split(",")[:MAX_ADDRESSES]
    return [(None, each[0].strip(".")) for group in groups if (each := _BARE_ADDRESS.search(group))]


def _without_words(raw: str) -> str:
    return _WORD.sub(" ", raw)


def _pair(name: str, address: str) -> tuple[str | None, str] | None:
    bare = _CONTROL.sub("", address).strip().strip("<>").replace(" ", "")
    local, at, host = bare.rpartition("@")
    if not at or not local or not host or "=?" in bare or len(bare) > 320:
        return None
    shown = " ".join(decoded_words(_CONTROL.sub(" ", name)).split()).strip("\"' ")
    return (shown or None, bare)


def normal_address(address: str) -> str:
    """The form by which an address is kept and found: lower case."""
    return address.strip().lower()


def ids_of(message: Message, *names: str) -> list[str]:
    """Message ids in headers, without angle brackets, in order and once each."""
    out: dict[str, None] = {}
    for name in names:
        for raw in all_of(message, name):
            for one in ids_in(raw):
                out.setdefault(one)
    return list(out)[-MAX_IDS:]


def ids_in(raw: str) -> list[str]:
    """Message ids in a text: those in angle brackets, else bare words with an @."""
    raw = _CONTROL.sub(" ", raw)
    found = ["".join(each.split()) for each in _ID.findall(raw)]
    if found:
        return [each[:900] for each in found if each]
    return [each[:900] for each in raw.replace(",", " ").split() if "@" in each]


def date_of(message: Message, name: str = "Date") -> datetime | None:
    """A header's time in UTC; None when it says none that can be read."""
    raw = (raw_of(message, name) or "")[:MAX_DATE]
    if not raw:
        return None
    for text in (raw, _ZONE.sub("", raw)):
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        try:
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    return None


def clean(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts that fit a short field, without control characters."""
    return tuple(_CONTROL.sub(" ", text)[:1000] for text in texts)
