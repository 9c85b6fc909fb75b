"""What became of a send: Graph's answers, and what the network did, as results that decide what happens next.

Source: developers.facebook.com, WhatsApp Business Platform, "Error codes" (2026).
"""

from datetime import datetime, timedelta
from typing import Any

from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import Response
from frontdesk.ports.channel import Exchange, Failed, SendResult, Sent, Unknown
from frontdesk.ports.outcome import retry_at

RATE_LIMITED = frozenset({4, 80007, 130429, 131056})
UNAVAILABLE = frozenset({2, 131016, 131057, 133004})
"""Says that Meta did not take the message because it could not just then."""
AUTH_EXPIRED = frozenset({0, 104, 190})
UNKNOWN_FAILURE = frozenset({1, 131000})
"""Says only that something went wrong; with a 5xx the message may have been taken all the same."""
_PAIR_LIMITED = 131056
_PAIR_WAIT = timedelta(seconds=6)
"""One message to the same customer every six seconds."""
_WORDS = 500


def result_of(answer: Response, exchange: Exchange) -> SendResult:
    """What Graph's answer to a send means."""
    told = answer.json_object()
    if answer.is_success:
        source_id = _message_id(told)
        if source_id is None:
            return Unknown(code="no_message_id", message="Meta's answer names no message.", exchange=exchange)
        return Sent(source_id=source_id, exchange=exchange)
    return failure_of(answer, exchange)


def failure_of(answer: Response, exchange: Exchange | None) -> Failed | Unknown:
    """What an answer that is no success means."""
    error = error_of(answer)
    number = error.get("code")
    status = answer.status_code
    code = str(number) if isinstance(number, int) else f"http_{status}"
    message = _words(error) or f"Meta answered with status {status}."
    later = _wait(answer, number)
    if number in RATE_LIMITED or status == 429:
        return Failed(code=code, message=message, retryable=True, retry_at=later, exchange=exchange)
    if number in AUTH_EXPIRED or status == 401:
        return Failed(code=code, message=message, retryable=False, auth_expired=True, exchange=exchange)
    if number in UNAVAILABLE or error.get("is_transient") is True:
        return Failed(code=code, message=message, retryable=True, retry_at=later, exchange=exchange)
    if status >= 500 or status == 408:
        return Unknown(code=code, message=message, exchange=exchange)
    return Failed(code=code, message=message, retryable=number in UNKNOWN_FAILURE, exchange=exchange)


def error_of(answer: Response) -> dict[str, Any]:
    """Graph's error object; empty when there is none."""
    error = answer.json_object().get("error")
    return error if isinstance(error, dict) else {}


def _message_id(told: dict[str, Any]) -> str | None:
    messages = told.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    source_id = first.get("id") if isinstance(first, dict) else None
    return source_id if isinstance(source_id, str) and source_id else None


def _words(error: dict[str, Any]) -> str:
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    said = [part for part in (error.get("message"), details) if isinstance(part, str) and part]
    return " ".join(dict.fromkeys(said))[:_WORDS]


def _wait(answer: Response, number: object) -> datetime | None:
    """The provider's wish, or its published limit."""
    return retry_at(answer) or (utc_now() + _PAIR_WAIT if number == _PAIR_LIMITED else None)
