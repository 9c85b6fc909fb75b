"""Mails as people's programs write them: new ones, answers with what they answer quoted below, reports. Pure.

Source: RFC 5322, 3.6.4 (In-Reply-To, References); 3834 (automatic answers); 3464 (delivery reports).
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from frontdesk.simulators.base import StoredFile

_POLICY = SMTP.clone(max_line_length=998)
_QUOTE = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is written down."""

    message_id: str
    sender: str
    name: str
    to: str
    subject: str
    text: str
    at: datetime
    answers: Mapping[str, Any] | None = None
    """What `reading` made of the mail that it answers."""
    answered_at: datetime | None = None
    files: Sequence[StoredFile] = ()
    is_automatic: bool = False


def written(letter: Letter) -> bytes:
    """A person's mail."""
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = f"<{letter.message_id}>"
    mail["Date"] = format_datetime(letter.at)
    mail["From"] = Address(letter.name, addr_spec=letter.sender)
    mail["To"] = letter.to
    mail["Subject"] = letter.subject
    if letter.answers is not None and letter.answers["message_id"]:
        before = [*letter.answers["references"], letter.answers["message_id"]]
        mail["In-Reply-To"] = f"<{letter.answers['message_id']}>"
        mail["References"] = " ".join(f"<{one}>" for one in before)
    if letter.is_automatic:
        mail["Auto-Submitted"] = "auto-replied"
    text, page = _said(letter)
    mail.set_content(text)
    mail.add_alternative(page, subtype="html")
    for file in letter.files:
        main, _, sub = file.mime.partition(";")[0].partition("/")
        mail.add_attachment(
            file.content,
            maintype=main or "application",
            subtype=sub or "octet-stream",
            filename=file.filename or "file",
        )
    return mail.as_bytes()


def _said(letter: Letter) -> tuple[str, str]:
    """Text and HTML, with what is answered quoted below."""
    words = "<br>".join(html.escape(letter.text, quote=False).split("\n"))
    page = f'<div dir="ltr">{words}</div>'
    if letter.answers is None or letter.is_automatic:
        return letter.text, page
    at = letter.answered_at or letter.at
    who = f"{letter.answers['name']} <{letter.answers['from']}>".strip()
    line = f"On {at:%a, %b} {at.day}, {at.year} at {at:%H:%M} {who} wrote:"
    lines = str(letter.answers["text"]).split("\n")
    quoted = "\n".join(f"> {each}".rstrip() for each in lines)
    told = "<br>".join(html.escape(each, quote=False) for each in lines)
    below = (
        f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{html.escape(line, quote=False)}'
        f'<br></div><blockquote class="gmail_quote" style="{_QUOTE}">{told}</blockquote></div>'
    )
    return f"{letter.text}\n\n{line}\n\n{quoted}\n", page + below


def answer_subject(subject: str) -> str:
    """The subject of an answer: one "Re:" before it."""
    return subject if subject[:3].lower() == "re:" else f"Re: {subject}".strip()


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says."""

    to: str
    recipient: str
    status: str
    said: str
    head: str
    """The header of the mail that did not arrive."""


def bounced(bounce: Bounce, message_id: str, at: datetime) -> bytes:
    """A delivery report as a mail server writes it."""
    host = bounce.recipient.rpartition("@")[2]
    report = EmailMessage(policy=_POLICY)
    report["Message-ID"] = f"<{message_id}>"
    report["Date"] = format_datetime(at)
    report["From"] = f"Mail Delivery System <mailer-daemon@{host}>"
    report["To"] = bounce.to
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Auto-Submitted"] = "auto-replied"
    report["Content-Type"] = "multipart/report; report-type=delivery-status"
    words = EmailMessage(policy=_POLICY)
    words.set_content(f"Your message to {bounce.recipient} was not delivered:\n\n{bounce.said}\n")
    del words["MIME-Version"]
    report.attach(words)
    report.attach(_status_part(bounce, host))
    header = EmailMessage(policy=_POLICY)
    header["Content-Type"] = "text/rfc822-headers"
    header.set_payload(bounce.head + "\n")
    report.attach(header)
    report["MIME-Version"] = "1.0"
    return report.as_bytes()


def _status_part(bounce: Bounce, host: str) -> EmailMessage:
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = "message/delivery-status"
    about, recipient = EmailMessage(policy=_POLICY), EmailMessage(policy=_POLICY)
    about["Reporting-MTA"] = f"dns; {host}"
    recipient["Final-Recipient"] = f"rfc822; {bounce.recipient}"
    recipient["Action"] = "failed"
    recipient["Status"] = bounce.status
    recipient["Diagnostic-Code"] = f"smtp; {bounce.said}"
    part.set_payload([about, recipient])
    return part
