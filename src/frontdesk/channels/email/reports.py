"""Mails written by machines: delivery reports, and all that must never be answered automatically. Pure.

Source: RFC 3464 (delivery status), 3834 (automatic responses), 5965 (feedback reports), 8098 (receipts).
"""

import re
from dataclasses import dataclass
from email.message import Message

from frontdesk.channels.email.headers import addresses_of, ids_of, raw_of
from frontdesk.channels.email.mime import children_of

_BULK = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
_MACHINE_HEADERS = (
    "List-Id",
    "List-Post",
    "List-Help",
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Response-Suppress",
    "X-Auto-Reply-From",
    "X-Autoresponder",
    "X-Loop",
    "X-Failed-Recipients",
    "Feedback-Type",
)
_MACHINES = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+=@.-]|$)", re.IGNORECASE
)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery report says of one recipient."""

    action: str
    status: str | None
    recipient: str | None
    diagnostic: str | None
    original_id: str | None


def is_automatic(message: Message) -> bool:
    """Whether a machine or a list wrote it: then no machine of ours answers."""
    submitted = (raw_of(message, "Auto-Submitted") or "no").split(";")[0].strip().lower()
    if submitted not in ("no", ""):
        return True
    if (raw_of(message, "Precedence") or "").strip().lower() in _BULK:
        return True
    if any(message.get(name) is not None for name in _MACHINE_HEADERS):
        return True
    if (raw_of(message, "Return-Path") or "").replace(" ", "") == "<>":
        return True
    return is_bounce(message) or _is_machine(message)


def _is_machine(message: Message) -> bool:
    return any(_MACHINES.match(address) for _, address in addresses_of(message, "From"))


def report_type(message: Message) -> str | None:
    """A report's kind: delivery-status, disposition-notification, feedback-report; None if it is none."""
    if message.get_content_type() == "multipart/report":
        told = message.get_param("report-type")
        if isinstance(told, str) and told.strip():
            return told.strip().lower()
    for part in message.walk():
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            return "delivery-status"
        if kind in ("message/disposition-notification", "message/feedback-report"):
            return kind.removeprefix("message/")
    return "delivery-status" if message.get_content_type() == "multipart/report" else None


def is_bounce(message: Message) -> bool:
    """Whether it reports on the delivery of another mail."""
    return report_type(message) == "delivery-status"


def read_reports(message: Message) -> list[Report]:
    """What a delivery report says, per recipient."""
    original = _original_id(message)
    out: list[Report] = []
    for part in message.walk():
        if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        out += [_report(group, original) for group in children_of(part) if group.get("Action")]
    return out


def _report(group: Message, original: str | None) -> Report:
    recipient = raw_of(group, "Final-Recipient") or raw_of(group, "Original-Recipient") or ""
    status = _STATUS.search(raw_of(group, "Status") or "") or _STATUS.search(
        raw_of(group, "Diagnostic-Code") or ""
    )
    return Report(
        (raw_of(group, "Action") or "").split()[0].lower() if raw_of(group, "Action") else "",
        status[0] if status else None,
        recipient.split(";", 1)[-1].strip().strip("<>").lower() or None,
        raw_of(group, "Diagnostic-Code"),
        original,
    )


def _original_id(message: Message) -> str | None:
    """The Message-ID of the mail a report is about, from the copy or the header it carries."""
    for part in message.walk():
        kind = part.get_content_type()
        if part is not message and kind in ("message/rfc822", "message/global"):
            found = [one for inner in children_of(part) for one in ids_of(inner, "Message-ID")]
            if found:
                return found[0]
        if kind in ("text/rfc822-headers", "message/global-headers"):
            match = re.search(
                r"^Message-ID:\s*<([^<>\s]+)>", str(part.get_payload()), re.IGNORECASE | re.MULTILINE
            )
            if match:
                return match[1]
    answered = ids_of(message, "In-Reply-To", "References")
    return answered[-1] if answered else None
