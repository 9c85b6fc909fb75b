"""SendGrid's Inbound Parse: a mail as a form, either taken apart or whole in the field "email". Pure.

Source: twilio.com/docs/sendgrid, "Setting Up The Inbound Parse Webhook": default and raw parameters (2026).
"""

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from frontdesk.channels.email import mime
from frontdesk.channels.email.charsets import decoded
from frontdesk.channels.email.inbound import Envelope, read_message
from frontdesk.channels.email.threading import Proofs
from frontdesk.domain.errors import Malformed
from frontdesk.domain.inbound import InboundEvent


@dataclass(slots=True)
class _Form:
    """The fields of a form, and its files."""

    fields: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, tuple[str | None, str, bytes]] = field(default_factory=dict)
    charsets: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A field in its own charset."""
        raw = self.fields.get(name)
        return None if raw is None else decoded(raw, self.charsets.get(name))


def parse_form(
    body: bytes, content_type: str, proofs: Proofs | None = None, own_address: str | None = None
) -> list[InboundEvent]:
    """The one mail of a form.

    Raises:
        Malformed: It is no form, or none of Inbound Parse.
    """
    form = _read(body, content_type)
    envelope = _envelope(form)
    whole = _whole(form)
    if whole is not None:
        message = mime.parsed(whole)
        return read_message(message, mime.taken_apart(message), whole, envelope, proofs, own_address)
    if not {"from", "headers", "envelope"} & form.fields.keys():
        raise Malformed("the form is none of Inbound Parse")
    return read_message(_head(form), _parts(form), body, envelope, proofs, own_address)


def parts_of(body: bytes, content_type: str) -> mime.Parts:
    """The text, HTML and files of a form's mail."""
    form = _read(body, content_type)
    whole = _whole(form)
    return _parts(form) if whole is None else mime.taken_apart(mime.parsed(whole))


def _whole(form: _Form) -> bytes | None:
    """The mail as it came, where "raw" was chosen."""
    return form.files["email"][2] if "email" in form.files else form.fields.get("email")


def _read(body: bytes, content_type: str) -> _Form:
    line = content_type.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace")
    message = mime.parsed(b"Content-Type: " + line + b"\r\n\r\n" + body)
    if not message.is_multipart():
        raise Malformed("the body is no form")
    form = _Form()
    for part in mime.children_of(message)[: mime.MAX_PARTS]:
        name = part.get_param("name", None, "content-disposition")
        if not isinstance(name, str):
            continue
        filename, content = mime.filename_of(part), mime.content_of(part)
        if filename is None or part.get_param("filename", None, "content-disposition") is None:
            form.fields.setdefault(name, content)
        else:
            form.files.setdefault(name, (filename, part.get_content_type(), content))
    form.charsets = _texts(form.fields.get("charsets"))
    return form


def _texts(raw: bytes | None) -> dict[str, str]:
    told = _json(raw)
    return {key: value for key, value in told.items() if isinstance(value, str)}


def _json(raw: bytes | None) -> dict[str, Any]:
    try:
        told = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _envelope(form: _Form) -> Envelope:
    told = _json(form.fields.get("envelope"))
    to = told.get("to")
    recipients = tuple(each for each in to if isinstance(each, str)) if isinstance(to, list) else ()
    return Envelope(
        recipients, (form.text("SPF") or "").strip() or None, (form.text("dkim") or "").strip() or None
    )


def _head(form: _Form) -> Message:
    """The mail's header; where the form lacks it, made of the fields."""
    head = mime.parsed(form.fields.get("headers", b"").strip() + b"\r\n\r\n")
    subject = form.text("subject")
    if subject:
        del head["Subject"]
        head["Subject"] = " ".join(subject.split())
    for name in ("From", "To", "Cc"):
        text = form.text(name.lower())
        if head.get(name) is None and text:
            head[name] = " ".join(text.split())
    return head


def _parts(form: _Form) -> mime.Parts:
    text, html = form.text("text"), form.text("html")
    ids = {number: content_id for content_id, number in _texts(form.fields.get("content-ids")).items()}
    files = [
        mime.Part(number, filename, kind, content, ids.get(name), name in ids)
        for number, (name, (filename, kind, content)) in enumerate(form.files.items())
    ]
    return mime.Parts([text] if text else [], [html] if html else [], files, len(files))
