"""A mail in our words. Pure: the same bytes give the same events."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from typing import Any

from frontdesk.channels.email import bounces, headers, markup, mime, reports
from frontdesk.channels.email.quoting import visible_reply
from frontdesk.channels.email.threading import Proofs, answered
from frontdesk.domain.content import MAX_TEXT, Email, Media
from frontdesk.domain.inbound import Address, Ignored, InboundEvent, MessageReceived, Party
from frontdesk.domain.message import NO_CONTEXT, MessageContext
from frontdesk.domain.subject import base_subject
from frontdesk.kit.hypertext import cleaned

MAX_SUBJECT = 990
MAX_SHOWN = 2_000_000
"""What may be kept of a mail's HTML; of a longer one its text is."""
MOST_AHEAD = timedelta(days=1)
"""A clock may be wrong; a mail of next year is none."""
_BY_MACHINE = MessageContext(by_machine=True)
UNKNOWN_SENDER = "unknown@sender.invalid"
"""Stands for a sender that names no address."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server that took the mail knows of it beside its header."""

    recipients: tuple[str, ...] = ()
    spf: str | None = None
    dkim: str | None = None


def parse_mail(
    raw: bytes, proofs: Proofs | None = None, own_address: str | None = None
) -> list[InboundEvent]:
    """What a mail says: one message, or what it reports of ours."""
    message = mime.parsed(raw)
    return read_message(message, mime.taken_apart(message), raw, Envelope(), proofs, own_address)


def read_message(  # noqa: PLR0917 - what a mail is, and for whom it is read
    message: Message,
    parts: mime.Parts,
    raw: bytes,
    envelope: Envelope,
    proofs: Proofs | None,
    own_address: str | None,
) -> list[InboundEvent]:
    """A mail as events; `raw` is what makes an id of it when it has none."""
    if proofs is not None:
        found = bounces.read_bounce(message, proofs)
        if found:
            return list(found)
    ids = headers.ids_of(message, "Message-ID")
    source_id = ids[0] if ids else f"sha256:{hashlib.sha256(raw).hexdigest()}"
    party = _party(message)
    if own_address is not None and party.addresses[0].value == headers.normal_address(own_address):
        return [Ignored(reason="a mail of this inbox's own")]
    content = _content(message, parts)
    received = MessageReceived(
        at=_date(message, proofs),
        source_id=source_id,
        party=party,
        thread_key=source_id,
        content=content,
        context=_BY_MACHINE if reports.is_automatic(message) else NO_CONTEXT,
        answers=answered(
            headers.ids_of(message, "In-Reply-To"),
            headers.ids_of(message, "References"),
            _recipients(message, envelope),
            proofs,
        ),
        topic=base_subject(content.subject) if content.subject else None,
        extra=_told(message, parts, ids) | _told_by_server(envelope),
    )
    return [received]


def _date(message: Message, proofs: Proofs | None) -> datetime | None:
    """When it was written, as it says; None where that is still to come."""
    at = headers.date_of(message)
    return None if at is not None and proofs is not None and at > proofs.now + MOST_AHEAD else at


def _recipients(message: Message, envelope: Envelope) -> list[str]:
    named = [
        address
        for name in ("Delivered-To", "X-Original-To", "To", "Cc")
        for _, address in headers.addresses_of(message, name)
    ]
    return [*envelope.recipients, *named]


def _party(message: Message) -> Party:
    found = headers.addresses_of(message, "From") or headers.addresses_of(message, "Sender")
    if not found:
        return Party((Address("email", UNKNOWN_SENDER),))
    name, address = found[0]
    return Party((Address("email", headers.normal_address(address)),), name[:200] if name else None)


def _content(message: Message, parts: mime.Parts) -> Email:
    subject, text, html = headers.text_of(message, "Subject"), parts.text, parts.html
    own = _own_text(parts)
    own_html = markup.own_html_of(html) if own and html else None
    return Email(
        subject=headers.clean([subject])[0][:MAX_SUBJECT] if subject else None,
        text=text[:MAX_TEXT] if text else None,
        html=_shown(html),
        own_text=own,
        own_html=_shown(own_html),
        to=headers.clean(address for _, address in headers.addresses_of(message, "To")),
        cc=headers.clean(address for _, address in headers.addresses_of(message, "Cc")),
        attachments=tuple(_media(part) for part in parts.files),
    )


def _own_text(parts: mime.Parts) -> str | None:
    """What its writer wrote; None where that is all of it, or nothing."""
    own = visible_reply((parts.own_text or "")[:MAX_TEXT])
    return own if own and own.split() != (parts.text or "").split() else None


def _shown(html: str | None) -> str | None:
    shown = cleaned(html) if html else ""
    return shown if 0 < len(shown) <= MAX_SHOWN else None


def _media(part: mime.Part) -> Media:
    return Media(
        source_media_id=f"part:{part.number}",
        mime=headers.clean([part.mime])[0][:200],
        filename=part.filename,
        content_id=headers.clean([part.content_id])[0][:1000] if part.content_id else None,
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
