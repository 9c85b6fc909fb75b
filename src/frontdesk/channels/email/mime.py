"""A mail taken apart: its text, its HTML, its files. Survives every breach of MIME that mail programs commit.

Source: RFC 2045 to 2049, 2183 (dispositions), 2231 (parameter values).
"""

import binascii
import quopri
import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value

from frontdesk.channels.email import markup
from frontdesk.channels.email.charsets import decoded
from frontdesk.channels.email.headers import decoded_words

MAX_PARTS = 1000
MAX_DEPTH = 30
MAX_HTML = 1_000_000
MAX_HEADER_LINES = 5000
_BAD_NAME = re.compile(r"[\x00-\x1f\x7f/\\]+")
_LENIENT = policy.compat32
_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_HEADER_ENDS = re.compile(rb"\r?\n\r?\n")
_UU_LINE = re.compile(rb"\r?\n[ -`]")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a mail. `number` counts its leaves from 0; `content_id` is what the HTML names it by."""

    number: int
    filename: str | None
    mime: str
    content: bytes
    content_id: str | None = None
    is_inline: bool = False


@dataclass(slots=True)
class Parts:
    """What a mail consists of."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    leaves: int = 0

    @property
    def html(self) -> str | None:
        """The HTML, all parts in order."""
        return "\n".join(self.htmls)[:MAX_HTML] or None

    @property
    def text(self) -> str | None:
        """The plain text; what the HTML says when there is none."""
        plain = "\n".join(text for text in self.texts if text.strip())
        if plain:
            return plain
        return markup.text_of(self.html) or None if self.html else None

    @property
    def own_text(self) -> str | None:
        """The plain text, or the HTML's without what it marks as quoted."""
        if any(text.strip() for text in self.texts) or not self.htmls:
            return self.text
        return markup.own_text_of(self.html or "") or None


def parsed(raw: bytes) -> Message:
    """A mail's header and structure; never fails. One that is nested too deeply is its header and a text."""
    raw = _without_envelope(raw)
    try:
        message = message_from_bytes(raw, policy=_LENIENT)
    except RecursionError:
        message = None
    if message is None or _is_deep(message):
        return BytesParser(policy=_LENIENT).parsebytes(raw, headersonly=True)
    return message


def _is_deep(message: Message) -> bool:
    level = [message]
    for _ in range(MAX_DEPTH):
        level = [child for each in level for child in children_of(each)]
        if not level:
            return False
    return True


def _without_envelope(raw: bytes) -> bytes:
    """Without the empty lines before the header, and without what of a header no mail program wrote."""
    raw = raw.lstrip(b"\r\n")
    ends = _HEADER_ENDS.search(raw)
    end = ends.start() if ends else len(raw)
    if raw.count(b"\n", 0, end) <= MAX_HEADER_LINES:
        return raw
    kept = b"\n".join(raw[:end].split(b"\n", MAX_HEADER_LINES)[:MAX_HEADER_LINES])
    return kept.rstrip(b"\r") + raw[end:]


def taken_apart(message: Message) -> Parts:
    """The text, HTML and files of a mail."""
    parts = Parts()
    _take(message, parts, depth=0, in_related=False)
    return parts


def _take(message: Message, parts: Parts, *, depth: int, in_related: bool) -> None:
    if parts.leaves >= MAX_PARTS:
        return
    kind = message.get_content_type()
    children = children_of(message)
    if not kind.startswith("multipart/") or not children or depth >= MAX_DEPTH:
        _take_leaf(message, kind, parts, in_related=in_related)
    elif kind == "multipart/alternative":
        _take_alternative(children, parts, depth)
    else:
        for child in children:
            _take(child, parts, depth=depth + 1, in_related=in_related or kind == "multipart/related")


def children_of(message: Message) -> list[Message]:
    """The parts right below; none when it has no structure."""
    payload = message.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _take_alternative(children: list[Message], parts: Parts, depth: int) -> None:
    """The same said in several ways: one text, one HTML, and whatever files hang below."""
    texts, htmls = len(parts.texts), len(parts.htmls)
    for child in children:
        _take(child, parts, depth=depth + 1, in_related=True)
    if len(parts.htmls) == htmls:
        del parts.texts[texts + 1 :]


def _take_leaf(message: Message, kind: str, parts: Parts, *, in_related: bool) -> None:
    number = parts.leaves
    parts.leaves += 1
    name = filename_of(message)
    disposition = _disposition(message)
    is_body = disposition != "attachment" and (name is None or disposition == "inline")
    if kind.startswith("multipart/"):
        _take_broken(message, parts)
    elif kind in ("text/plain", "text/html") and is_body:
        text = decoded(content_of(message), message.get_content_charset(failobj=None))
        if kind == "text/html":
            parts.htmls.append(text)
        else:
            parts.texts.append(_without_uuencoded(text, parts))
    elif kind in ("message/delivery-status", "message/global-delivery-status"):
        return
    else:
        parts.files.append(_file(message, number, kind, name, in_related=in_related))


def _take_broken(message: Message, parts: Parts) -> None:
    """A multipart that has no parts: its boundary is missing or wrong. What stands there is text."""
    text = decoded(_packed(message), None)
    if text.strip():
        parts.texts.append(text)


def _file(message: Message, number: int, kind: str, name: str | None, *, in_related: bool) -> Part:
    content_id = str(message.get("content-id") or "").strip().strip("<>") or None
    inline = _disposition(message) == "inline" or (in_related and content_id is not None)
    if name is None and kind == "message/rfc822":
        name = "message.eml"
    return Part(number, name, kind, content_of(message), content_id, inline)


def _disposition(message: Message) -> str:
    raw = str(message.get("content-disposition") or "")
    return raw.split(";", maxsplit=1)[0].strip().strip('"').lower()


def filename_of(message: Message) -> str | None:
    """The name of a part's file, decoded, without folders; None when it has none."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        name = _parameter(message, header, parameter)
        if name:
            shown = " ".join(_BAD_NAME.sub("_", decoded_words(name)).split())
            return shown[:200] or None
    location = message.get("content-location")
    if location and message.get_content_maintype() not in ("text", "multipart"):
        tail = decoded_words(str(location)).replace("\\", "/").rsplit("/", 1)[-1]
        return _BAD_NAME.sub("_", tail)[:200] or None
    return None


def _parameter(message: Message, header: str, parameter: str) -> str | None:
    try:
        value = message.get_param(parameter, None, header)
    except (ValueError, LookupError, UnicodeError):
        value = None
    if isinstance(value, tuple):
        charset, _, text = value
        return decoded(str(text).encode("latin-1", "replace"), charset or "utf-8")
    if value:
        text = collapse_rfc2231_value(value)
        return decoded(text.encode("utf-8", "surrogateescape"), None) if not text.isascii() else text
    raw = str(message.get(header) or "")
    loose = re.search(rf"\b{parameter}\s*=\s*\"?([^\";\r\n]+)", raw, re.IGNORECASE)
    return loose[1].strip() if loose else None


def content_of(message: Message) -> bytes:
    """A part's bytes, unpacked; as they stand when they are packed in no way we know."""
    if message.is_multipart():
        return b"".join(_flattened(each) for each in children_of(message))
    raw = _packed(message)
    encoding = str(message.get("content-transfer-encoding") or "").strip().strip('"').lower()
    match encoding.split(";")[0].strip():
        case "base64":
            return _unbase64(raw)
        case "quoted-printable" | "quoted-printible" | "qp":
            return quopri.decodestring(raw)
        case "x-uuencode" | "uuencode" | "uue" | "x-uue":
            return _uudecoded(raw)
        case _:
            return raw


def _packed(message: Message) -> bytes:
    """A part's bytes as they were sent. The library unpacks or guesses a charset unless nothing says how."""
    said = message.get_all("content-transfer-encoding")
    del message["content-transfer-encoding"]
    payload = message.get_payload(decode=True)
    for each in said or ():
        message["Content-Transfer-Encoding"] = each
    return payload if isinstance(payload, bytes) else b""


def _flattened(message: Message) -> bytes:
    try:
        return message.as_bytes(policy=_LENIENT)
    except (ValueError, LookupError, TypeError, AttributeError, MessageError):
        return _packed(message)


def _unbase64(raw: bytes) -> bytes:
    """Base64 without what does not belong there."""
    head = raw.split(b"=", 1)[0] if re.search(rb"=\s*$", raw) else raw
    packed = _BASE64.sub(b"", head if b"=" not in head else raw)
    try:
        return binascii.a2b_base64(packed[: len(packed) - (len(packed) % 4 == 1)] + b"==")
    except (binascii.Error, ValueError):
        return raw


def _uudecoded(raw: bytes) -> bytes:
    out: list[bytes] = []
    for line in raw.splitlines():
        if line.startswith((b"begin ", b"end")) or not line.strip():
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(out)


def _without_uuencoded(text: str, parts: Parts) -> str:
    """Text whose uuencoded files were taken out of it."""
    if not text.lstrip().startswith("begin ") and "\nbegin " not in text:
        return text
    raw = text.encode("utf-8", "replace")
    kept, position = [], 0
    for match in _UU_BEGIN.finditer(raw):
        if match.start() < position or not _UU_LINE.match(raw, match.end()):
            continue
        end = raw.find(b"\nend", match.end())
        if end < 0 or parts.leaves >= MAX_PARTS:
            break
        name = _BAD_NAME.sub("_", match[1].decode("utf-8", "replace").strip())[:200]
        content = _uudecoded(raw[match.end() : end])
        parts.files.append(Part(parts.leaves, name, "application/octet-stream", content))
        parts.leaves += 1
        kept.append(raw[position : match.start()])
        position = end + 4
    return b"".join([*kept, raw[position:]]).decode("utf-8", "replace")
