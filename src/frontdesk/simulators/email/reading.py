"""A mail as the program of its reader takes it apart. Pure.

Source: RFC 5322 (header), 2046 (alternatives), 2387 and 2392 (pictures named by `cid:`).
"""

import base64
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses
from typing import Any

_ID = re.compile(r"<([^<>\s]+)>")
_CID = re.compile(r"""(["'(])cid:([^"')]+)""", re.IGNORECASE)
_TAGS = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]+>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of a mail."""

    content: bytes
    mime: str
    filename: str | None


@dataclass(frozen=True, slots=True)
class Mail:
    """What a reader sees of a mail, and what an answer to it must name."""

    body: dict[str, Any]
    """As JSON: from, name, to, cc, reply_to, subject, text, message_id, references, is_automatic."""
    html: str | None
    files: tuple[Enclosed, ...]
    head: str
    """The header as it came."""


def read(raw: bytes) -> Mail:
    """Take a mail apart."""
    message = message_from_bytes(raw, policy=policy.default)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    page = _text(html) if html is not None else None
    text = _text(plain) if plain is not None else _TAGS.sub("", page or "")
    name, sender = next(iter(_people(message, "From")), ("", ""))
    body = {
        "from": sender,
        "name": name,
        "to": [address for _, address in _people(message, "To")],
        "cc": [address for _, address in _people(message, "Cc")],
        "reply_to": next((address for _, address in _people(message, "Reply-To")), sender),
        "subject": " ".join(str(message.get("Subject", "")).split()),
        "text": text.replace("\r\n", "\n").strip(),
        "message_id": next(iter(_ID.findall(str(message.get("Message-ID", "")))), ""),
        "references": _ID.findall(str(message.get("References", ""))),
        "is_automatic": str(message.get("Auto-Submitted", "no")).strip().lower() != "no",
    }
    files = [part for part in _leaves(message) if part is not plain and part is not html]
    shown = [part for part in files if not (page and _named(part, page))]
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")
    return Mail(body, _with_pictures(page, files) if page else None, tuple(map(_enclosed, shown)), head)


def _people(message: EmailMessage, header: str) -> list[tuple[str, str]]:
    found = getaddresses([str(value) for value in message.get_all(header, [])])
    return [(name, address.lower()) for name, address in found if "@" in address]


def _text(part: MIMEPart) -> str:
    raw = bytes(part.get_payload(decode=True) or b"")
    try:
        return raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a charset that nobody knows
        return raw.decode("utf-8", "replace")


def _leaves(message: MIMEPart) -> list[MIMEPart]:
    return [part for part in message.walk() if not part.is_multipart()]


def _named(part: MIMEPart, page: str) -> bool:
    """Whether the HTML shows this file in place."""
    name = str(part.get("Content-ID", "")).strip().strip("<>")
    return bool(name) and f"cid:{name}" in page


def _enclosed(part: MIMEPart) -> Enclosed:
    return Enclosed(bytes(part.get_payload(decode=True) or b""), part.get_content_type(), part.get_filename())


def _with_pictures(page: str, files: list[MIMEPart]) -> str:
    """HTML with the pictures it names by `cid:` put into it."""
    known = {str(part.get("Content-ID", "")).strip().strip("<>"): part for part in files}

    def source(match: re.Match[str]) -> str:
        part = known.get(match[2])
        if part is None:
            return match[0]
        packed = base64.b64encode(_enclosed(part).content).decode()
        return f"{match[1]}data:{part.get_content_type()};base64,{packed}"

    return _CID.sub(source, page)
