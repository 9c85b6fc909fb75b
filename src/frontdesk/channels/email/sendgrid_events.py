"""SendGrid's event webhook: where our mails stand. Pure.

Source: twilio.com/docs/sendgrid, "Event Webhook Reference": event objects (2026).
"""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from frontdesk.domain.errors import Malformed
from frontdesk.domain.inbound import Ignored, InboundEvent, StatusReported
from frontdesk.domain.message import DeliveryStatus

DELIVERY_ARGUMENT = "frontdesk_delivery"
"""The custom argument of our sends that SendGrid repeats in each event."""
MAX_EVENTS = 5000
_STATUSES: dict[str, tuple[DeliveryStatus, str]] = {
    "processed": (DeliveryStatus.SENT, "queued"),
    "deferred": (DeliveryStatus.SENT, "deferred"),
    "delivered": (DeliveryStatus.DELIVERED, "delivered"),
    "open": (DeliveryStatus.READ, "opened"),
    "click": (DeliveryStatus.READ, "clicked"),
    "bounce": (DeliveryStatus.FAILED, "bounced"),
    "blocked": (DeliveryStatus.FAILED, "bounced"),
    "dropped": (DeliveryStatus.FAILED, "failed"),
    "spamreport": (DeliveryStatus.DELIVERED, "complained"),
    "unsubscribe": (DeliveryStatus.DELIVERED, "unsubscribed"),
    "group_unsubscribe": (DeliveryStatus.DELIVERED, "unsubscribed"),
    "group_resubscribe": (DeliveryStatus.DELIVERED, "resubscribed"),
}
"""Ours, and the neutral word. Processed and deferred both mean that SendGrid has the mail."""


def parse_events(body: bytes) -> list[InboundEvent]:
    """Every event of a body, in order.

    Raises:
        Malformed: It is no JSON list.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error
    items = told if isinstance(told, list) else [told]
    if not all(isinstance(item, dict) for item in items) or not any(item.get("event") for item in items):
        raise Malformed("the body is no list of events")
    return [_event(item) for item in items[:MAX_EVENTS]]


def _event(item: dict[str, Any]) -> InboundEvent:
    name = _text(item.get("event")) or ""
    source_id = _source_id(item)
    known = _STATUSES.get(name)
    if known is None or source_id is None:
        return Ignored(reason=f"an event {name[:80]!r} about no mail of ours", extra={"raw": item})
    status, word = known
    return StatusReported(
        at=_time(item.get("timestamp")),
        source_id=source_id,
        status=status,
        provider_status=word,
        recipient=_text(item.get("email")),
        error_code=_text(item.get("status")),
        error_title=_text(item.get("type")) if status is DeliveryStatus.FAILED else None,
        error_detail=_text(item.get("reason")) or _text(item.get("response")),
        delivery_id=_delivery(item.get(DELIVERY_ARGUMENT)),
        extra=_told(item, name),
    )


def _told(item: dict[str, Any], name: str) -> dict[str, Any]:
    told = {
        "event_id": _text(item.get("sg_event_id")),
        "smtp_id": _text(item.get("smtp-id")) or _text(item.get("smtp_id")),
        "provider_event": name,
        "bounce_type": _text(item.get("type")),
        "provider_url": _text(item.get("url")),
    }
    return {key: value for key, value in told.items() if value is not None}


def _source_id(item: dict[str, Any]) -> str | None:
    """The id that SendGrid gave when it took the mail: what stands before the first dot."""
    given = _text(item.get("sg_message_id"))
    if given:
        return given.split(".")[0] or None
    smtp_id = _text(item.get("smtp-id"))
    return smtp_id.strip("<> ") if smtp_id else None


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).replace("\x00", "")[:1000] or None


def _time(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _delivery(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
