"""A mail in our words. Pure: the same bytes give the same events."""

import hashlib
from dataclasses import dataclass
from email.message import Message
from typing import Any

from frontdesk.channels.email import headers, mime, reports
from frontdesk.domain.content import MAX_TEXT, Email, Media
from frontdesk.domain.inbound import Address, InboundEvent, MessageReceived, Party
from frontdesk.domain.message import MessageContext

MAX_SUBJECT = 990


def parse_mail(raw: bytes) -> list[InboundEvent]:
    """What a mail says: exactly one message."""
    message = mime.parsed(raw)
    return [read_message(message, mime.taken_apart(message), raw, Envelope())]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server that took the mail knows of it beside its header."""

    recipients: tuple[str, ...] = ()
    spf: str | None = None
    dkim: str | None = None


def read_message(message: Message, parts: mime.Parts, raw: bytes, envelope: Envelope) -> MessageReceived:
    """A mail as a message; `raw` is what makes an id of it when it has none."""
    ids = headers.ids_of(message, "Message-ID")
    source_id = ids[0] if ids else f"sha256:{hashlib.sha256(raw).hexdigest()}"
    party = _party(message)
    sender = party.addresses[0].value if party.addresses else f"unknown:{source_id}"
    return MessageReceived(
        at=headers.date_of(message),
        source_id=source_id,
        party=party,
        thread_key=sender,
        content=_content(message, parts),
        context=MessageContext(),
        extra=_told(message, parts, ids) | _told_by_server(envelope),
    )


def _party(message: Message) -> Party:
    found = headers.addresses_of(message, "From") or headers.addresses_of(message, "Sender")
    if not found:
        return Party(())
    name, address = found[0]
    return Party((Address("email", headers.normal_address(address)),), name[:200] if name else None)


def _content(message: Message, parts: mime.Parts) -> Email:
    subject, text, html = headers.text_of(message, "Subject"), parts.text, parts.html
    return Email(
        subject=headers.clean([subject])[0][:MAX_SUBJECT] if subject else None,
        text=text[:MAX_TEXT] if text else None,
        html=html[:2_000_000] if html else None,
        to=headers.clean(address for _, address in headers.addresses_of(message, "To")),
        cc=headers.clean(address for _, address in headers.addresses_of(message, "Cc")),
        attachments=tuple(_media(part) for part in parts.files),
    )


def _media(part: mime.Part) -> Media:
    return Media(
        source_media_id=f"part:{part.number}",
        mime=headers.clean([part.mime])[0][:200],
        filename=part.filename,
        size=len(part.content),
        sha256=hashlib.sha256(part.content).hexdigest(),
    )


def _told(message: Message, parts: mime.Parts, ids: list[str]) -> dict[str, Any]:
    """What the parser prints beside the content."""
    told: dict[str, Any] = {
        "message_id": ids[0] if ids else None,
        "in_reply_to": headers.ids_of(message, "In-Reply-To"),
        "references": headers.ids_of(message, "References"),
        "reply_addresses": [address for _, address in headers.addresses_of(message, "Reply-To")],
        "automatic": reports.is_automatic(message) or None,
        "is_bounce": reports.is_bounce(message) or None,
        "report_type": reports.report_type(message),
        "content_ids": {f"part:{each.number}": each.content_id for each in parts.files if each.content_id},
    }
    return {name: value for name, value in told.items() if value not in (None, [], {})}


def _told_by_server(envelope: Envelope) -> dict[str, Any]:
    told = {
        "recipient": envelope.recipients[0] if envelope.recipients else None,
        "spf": envelope.spf,
        "dkim": envelope.dkim,
    }
    return {name: value for name, value in told.items() if value is not None}
