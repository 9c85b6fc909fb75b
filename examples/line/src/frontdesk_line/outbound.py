"""Frontdesk's messages as LINE's, and what LINE's answers mean. Pure.

Source: developers.line.biz, "Messaging API reference: Send push message", "Retrying a failed API request".
"""

from datetime import timedelta
from typing import Any

from frontdesk.domain import content as c
from frontdesk.domain.errors import UnsupportedByChannel
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import HttpFailed, Refused, Response
from frontdesk.ports.channel import Exchange, Failed, OutboundMessage, SendResult, Sent

KINDS_OUT = frozenset({"text", "image", "location"})
MAX_TEXT = 5000
_MAX_WORDS = 100


def push_body(message: OutboundMessage) -> dict[str, Any]:
    """The body of a push.

    Raises:
        UnsupportedByChannel: LINE has no such message.
    """
    return {"to": message.to.value, "messages": [_message(message)]}


def _message(message: OutboundMessage) -> dict[str, Any]:
    match message.content:
        case c.Text(body=body):
            if len(body) > MAX_TEXT:
                raise UnsupportedByChannel(f"the text has {len(body)} characters; LINE takes {MAX_TEXT}")
            return {"type": "text", "text": body}
        case c.Image():
            if message.url is None or not message.url.startswith("https://"):
                raise UnsupportedByChannel("LINE fetches pictures itself, from an https address")
            return {"type": "image", "originalContentUrl": message.url, "previewImageUrl": message.url}
        case c.Location() as place:
            where = f"{place.latitude}, {place.longitude}"
            return {
                "type": "location",
                "title": (place.name or place.address or where)[:_MAX_WORDS],
                "address": (place.address or where)[:_MAX_WORDS],
                "latitude": place.latitude,
                "longitude": place.longitude,
            }
        case other:
            raise UnsupportedByChannel(f"LINE cannot send content of kind {other.kind}", field="content.kind")


def result_of(answer: Response) -> SendResult:
    """What an answer means. 409 says that an earlier try with the same retry key was taken."""
    told = _told(answer)
    exchange = Exchange({"method": "POST", "path": "/v2/bot/message/push"}, {"status": answer.status_code})
    if answer.is_success or answer.status_code == 409:
        sent = told.get("sentMessages") or [{}]
        first = sent[0].get("id") if isinstance(sent, list) and isinstance(sent[0], dict) else None
        return Sent(source_id=str(first) if first else None, exchange=exchange)
    message = str(told.get("message") or f"LINE answered with status {answer.status_code}.")[:500]
    is_rate = answer.status_code == 429 and "monthly" not in message.lower()
    return Failed(
        code=f"http_{answer.status_code}",
        message=message,
        retryable=is_rate or answer.status_code >= 500,
        retry_at=utc_now() + timedelta(minutes=1) if is_rate else None,
        auth_expired=answer.status_code == 401,
        exchange=exchange,
    )


def result_of_failure(failure: HttpFailed) -> SendResult:
    """No answer: trying again is harmless, since LINE knows the retry key; a forbidden address stays one."""
    return Failed(code="no_answer", message=str(failure)[:500], retryable=not isinstance(failure, Refused))


def _told(answer: Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
