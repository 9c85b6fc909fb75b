"""Sending by SendGrid's v3 API.

Source: twilio.com/docs/sendgrid, "Mail Send" and "Errors" (2026).
"""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from frontdesk.channels.email.compose import Draft
from frontdesk.channels.email.config import EmailConfig
from frontdesk.channels.email.sendgrid_events import DELIVERY_ARGUMENT
from frontdesk.kit.http import HttpFailed, Response
from frontdesk.kit.spool import whole
from frontdesk.ports.channel import Connection, Exchange, Failed, OutboundMessage, SendResult, Sent, Unknown
from frontdesk.ports.outcome import unanswered

API = "https://api.sendgrid.com"
_BESIDE = {"disposition": "attachment"}
NOT_CONFIGURED = Failed(
    code="not_configured", message="The inbox has no SendGrid API key.", retryable=False, auth_expired=True
)


async def send(
    draft: Draft, message: OutboundMessage, config: EmailConfig, connection: Connection
) -> SendResult:
    """One try to hand a mail to SendGrid."""
    if config.sendgrid_api_key is None:
        return NOT_CONFIGURED
    url = f"{connection.base_url or API}/v3/mail/send"
    body = body_of(draft, str(message.delivery_id))
    request = {"url": url, "files": len(draft.files), "recipients": len(draft.recipients)}
    headers = {"authorization": f"Bearer {config.sendgrid_api_key.get_secret_value()}"}
    try:
        answer = await connection.http.request("POST", url, headers=headers, json=body)
    except HttpFailed as failure:
        return unanswered("SendGrid", failure, Exchange(request))
    return _result(draft, answer, Exchange(request, {"status": answer.status_code}))


def body_of(draft: Draft, delivery_id: str) -> dict[str, Any]:
    """The request that sends a mail."""
    to = {"to": _people(draft.to)}
    for name, people in (("cc", draft.cc), ("bcc", draft.bcc)):
        others = [each for each in people if each not in draft.to]
        if others:
            to[name] = _people(others)
    body: dict[str, Any] = {
        "personalizations": [to],
        "from": {"email": draft.sender, "name": draft.sender_name},
        "reply_to": {"email": draft.reply_to},
        "subject": draft.subject,
        "content": [
            {"type": "text/plain", "value": draft.text or " "},
            {"type": "text/html", "value": draft.html},
        ],
        "headers": {"Message-ID": f"<{draft.message_id}>", **dict(draft.headers)},
        "custom_args": {DELIVERY_ARGUMENT: delivery_id},
    }
    if draft.files:
        body["attachments"] = [
            {
                "content": base64.b64encode(whole(file.content)).decode(),
                "type": file.mime,
                "filename": file.filename or "file",
                **(
                    {"disposition": "inline", "content_id": file.content_id} if draft.shows(file) else _BESIDE
                ),
            }
            for file in draft.files
        ]
    return body


def _people(addresses: Sequence[str]) -> list[dict[str, str]]:
    return [{"email": each} for each in dict.fromkeys(addresses)]


def _result(draft: Draft, answer: Response, exchange: Exchange) -> SendResult:
    status = answer.status_code
    if answer.is_success:
        given = answer.headers.get("x-message-id")
        return Sent(source_id=draft.message_id, more_source_ids=(given,) if given else (), exchange=exchange)
    message = f"SendGrid answered {status}: {_words(answer)}"[:500]
    if status >= 500 and status != 503:
        return Unknown(code=f"http_{status}", message=message, exchange=exchange)
    return Failed(
        code=f"http_{status}",
        message=message,
        retryable=status in (429, 503),
        retry_at=_retry_at(answer) if status == 429 else None,
        auth_expired=status == 401,
        exchange=exchange,
    )


def _words(answer: Response) -> str:
    errors = answer.json_object().get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    return str(first.get("message") or "without a reason")


def _retry_at(answer: Response) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(answer.headers.get("x-ratelimit-reset", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return None
