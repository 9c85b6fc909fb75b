"""Delivery reports about our own mails: the message that did not arrive says so. Pure.

A report is believed when it names a Message-ID of ours whose signature stands: who has it had the mail.
Source: RFC 3464.
"""

from collections.abc import Sequence
from email.message import Message

from frontdesk.channels.email import headers, reports, tokens
from frontdesk.channels.email.threading import Proofs
from frontdesk.domain.inbound import StatusReported
from frontdesk.domain.message import DeliveryStatus

_STATUSES = {
    "failed": (DeliveryStatus.FAILED, "bounced"),
    "delayed": (DeliveryStatus.SENT, "deferred"),
    "delivered": (DeliveryStatus.DELIVERED, "delivered"),
    "relayed": (DeliveryStatus.SENT, "sent"),
    "expanded": (DeliveryStatus.SENT, "sent"),
}


def read_bounce(message: Message, proofs: Proofs) -> Sequence[StatusReported]:
    """What a report says about a mail of this inbox; nothing when it is none, or about no mail of ours."""
    if not reports.is_bounce(message):
        return ()
    return [
        StatusReported(
            at=headers.date_of(message),
            source_id=report.original_id,
            status=status,
            provider_status=word,
            recipient=report.recipient,
            error_code=report.status,
            error_detail=(report.diagnostic or "")[:1000] or None,
        )
        for report in reports.read_reports(message)
        if report.original_id is not None
        and proofs.message_of(tokens.in_message_id(report.original_id)) is not None
        and (known := _STATUSES.get(report.action)) is not None
        for status, word in [known]
    ]
