"""What became of a send: Graph's answers, and what the network did, as results that decide what happens next.

Source: developers.facebook.com, WhatsApp Business Platform, "Error codes" (2026).
"""

from datetime import datetime, timedelta
from typing import Any

from frontdesk.domain.errors import Invalid
from frontdesk.domain.times import parse_time
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import ConnectFailed, HttpFailed, OutcomeUnknown, Refused, Response, TooLarge
from frontdesk.ports.channel import Exchange, Failed, SendResult, Sent, Unknown

RATE_LIMITED = frozenset({4, 80007, 130429, 131056})
UNAVAILABLE = frozenset({2, 131016, 131057, 133004})
"""Says that Meta did not take the message because it could not just then."""
AUTH_EXPIRED = frozenset({0, 104, 190})
UNKNOWN_FAILURE = frozenset({1, 131000})
"""Says only that something went wrong; with a 5xx the message may have been taken all the same."""
_PAIR_LIMITED = 131056
_PAIR_WAIT = timedelta(seconds=6)
"""One message to the same customer every six seconds."""
_MAX_WAIT = timedelta(days=1)
_WORDS = 500


def result_of(answer: Response, exchange: Exchange) -> SendResult:
    """What Graph's answer to a send means."""
    told = body_of(answer)
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
    retry_at = _retry_at(answer, number)
    if number in RATE_LIMITED or status == 429:
        return Failed(code=code, message=message, retryable=True, retry_at=retry_at, exchange=exchange)
    if number in AUTH_EXPIRED or status == 401:
        return Failed(code=code, message=message, retryable=False, auth_expired=True, exchange=exchange)
    if number in UNAVAILABLE or error.get("is_transient") is True:
        return Failed(code=code, message=message, retryable=True, retry_at=retry_at, exchange=exchange)
    if status >= 500 or status == 408:
        return Unknown(code=code, message=message, exchange=exchange)
    return Failed(code=code, message=message, retryable=number in UNKNOWN_FAILURE, exchange=exchange)


def result_of_failure(failure: HttpFailed, exchange: Exchange) -> SendResult:
    """What a request without an answer means: written, it may have been taken."""
    match failure:
        case OutcomeUnknown():
            return Unknown(
                code="no_answer", message=f"Meta did not answer: {failure}"[:_WORDS], exchange=exchange
            )
        case TooLarge():
            return Unknown(code="answer_too_large", message=str(failure)[:_WORDS], exchange=exchange)
        case ConnectFailed():
            return Failed(
                code="not_reached",
                message=f"Meta was not reached: {failure}"[:_WORDS],
                retryable=True,
                exchange=exchange,
            )
        case Refused():
            return Failed(
                code="refused_by_policy", message=str(failure)[:_WORDS], retryable=False, exchange=exchange
            )
        case _:
            return Unknown(code="no_answer", message=str(failure)[:_WORDS], exchange=exchange)


def body_of(answer: Response) -> dict[str, Any]:
    """The answer's JSON object; empty when it is none."""
    try:
        told = answer.json()
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def error_of(answer: Response) -> dict[str, Any]:
    """Graph's error object; empty when there is none."""
    error = body_of(answer).get("error")
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


def _retry_at(answer: Response, number: object) -> datetime | None:
    """The provider's wish (seconds or an HTTP date, at most a day ahead), or its published limit."""
    now, wish = utc_now(), answer.headers.get("retry-after", "").strip()
    if wish.isascii() and wish.isdigit() and len(wish) < 10:
        return now + min(timedelta(seconds=int(wish)), _MAX_WAIT)
    if wish:
        try:
            return min(parse_time(wish), now + _MAX_WAIT)
        except Invalid:
            pass
    return now + _PAIR_WAIT if number == _PAIR_LIMITED else None
