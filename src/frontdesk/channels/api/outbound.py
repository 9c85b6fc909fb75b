"""Our messages as bodies of webhooks, and what the answers mean. Pure. See docs/channel-api.md."""

import json
from typing import Any

from frontdesk.channels.api.inbound import THREAD
from frontdesk.domain.content import Reaction, content_adapter
from frontdesk.domain.inbound import Address
from frontdesk.kit.http import HttpFailed, Refused, Response
from frontdesk.kit.spool import size_of
from frontdesk.ports.channel import Exchange, Failed, OutboundMessage, ReadMark, SendResult, Sent, TypingMark
from frontdesk.ports.outcome import retry_at

KINDS_OUT = frozenset(
    {"text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction"}
    | {"interactive", "template", "poll"}
)


def message_body(message: OutboundMessage) -> bytes:
    """The body that tells of a message."""
    told: dict[str, Any] = {
        "type": "message",
        "delivery_id": str(message.delivery_id),
        "message_id": str(message.message_id),
        **_destination(message.to),
        "content": content_adapter.dump_python(message.content, mode="json", exclude_none=True),
    }
    if message.reply_to_source_id is not None:
        told["reply_to"] = message.reply_to_source_id
    if isinstance(message.content, Reaction):
        told["target"] = message.target_source_id or message.content.target_source_id
    if message.file is not None:
        told["file"] = {
            "url": message.url,
            "mime": message.file.mime,
            "filename": message.file.filename,
            "size": size_of(message.file.content),
        }
    return _written(told)


def mark_body(mark: ReadMark | TypingMark) -> bytes:
    """The body that tells that we read, or write."""
    kind = "read" if isinstance(mark, ReadMark) else "typing"
    return _written({"type": kind, **_destination(mark.to), "message": mark.source_id})


def _destination(to: Address) -> dict[str, Any]:
    if to.scheme == THREAD:
        return {"thread": to.value}
    return {"to": {"scheme": to.scheme, "id": to.value}}


def _written(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def result_of(answer: Response, delivery_id: str | None, exchange: Exchange) -> SendResult:
    """What an answer means: 2xx took it, and may name its own id of the message."""
    status = answer.status_code
    if answer.is_success:
        return Sent(source_id=_own_id(answer) or delivery_id, exchange=exchange)
    code = f"http_{status}"
    message = f"The webhook answered with status {status}."
    is_later = status >= 500 or status in (408, 409, 425, 429)
    return Failed(
        code=code,
        message=message,
        retryable=is_later,
        retry_at=retry_at(answer) if is_later else None,
        auth_expired=status in (401, 403, 410),
        exchange=exchange,
    )


def result_of_failure(failure: HttpFailed, exchange: Exchange) -> SendResult:
    """No answer: sending again is harmless, since the webhook's id is the delivery's."""
    is_refused = isinstance(failure, Refused)
    return Failed(
        code="refused_by_policy" if is_refused else "no_answer",
        message=str(failure)[:500],
        retryable=not is_refused,
        exchange=exchange,
    )


def exchange_of(url: str, webhook_id: str, answer: Response | None = None) -> Exchange:
    """What the delivery log keeps: no signature, no content."""
    request = {"method": "POST", "url": url.partition("?")[0], "webhook_id": webhook_id}
    return Exchange(request, None if answer is None else {"status": answer.status_code})


def _own_id(answer: Response) -> str | None:
    found = answer.json_object().get("id")
    return found if isinstance(found, str) and 0 < len(found) <= 512 else None
