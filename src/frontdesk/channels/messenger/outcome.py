"""What became of a send: Graph's answers, and what the network did, as results that decide what happens next.

Source: developers.facebook.com, Messenger Platform, "Error codes" (2026).
"""

from datetime import timedelta

from frontdesk.channels.messenger.graph import body_of, error_of
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import ConnectFailed, HttpFailed, Refused, Response
from frontdesk.ports.channel import Exchange, Failed, SendResult, Sent, Unknown

RATE_LIMITED = frozenset({4, 17, 32, 613, 80006})
AUTH_EXPIRED = frozenset({0, 102, 104, 190})
UNAVAILABLE = frozenset({2, 1200})
_WINDOW = 2018278
_GONE = 551
_WORDS = 500


def result_of(answer: Response, exchange: Exchange) -> SendResult:
    """What Graph's answer to a message means."""
    if not answer.is_success:
        return failure_of(answer, exchange)
    message_id = body_of(answer).get("message_id")
    if isinstance(message_id, str) and message_id:
        return Sent(source_id=message_id, exchange=exchange)
    return Unknown(code="no_message_id", message="Meta's answer names no message.", exchange=exchange)


def failure_of(answer: Response, exchange: Exchange | None) -> Failed | Unknown:
    """What an answer that is no success means."""
    error, status = error_of(answer), answer.status_code
    number, said = error.get("code"), error.get("message")
    code = str(number) if isinstance(number, int) else f"http_{status}"
    message = said[:_WORDS] if isinstance(said, str) and said else f"Meta answered with status {status}."
    if number in RATE_LIMITED or status == 429:
        wish = answer.headers.get("retry-after", "")
        seconds = int(wish) if wish.isascii() and wish.isdigit() and len(wish) < 6 else None
        retry_at = utc_now() + timedelta(seconds=seconds) if seconds is not None else None
        return Failed(code=code, message=message, retryable=True, retry_at=retry_at, exchange=exchange)
    if number in AUTH_EXPIRED or status == 401:
        return Failed(code=code, message=message, retryable=False, auth_expired=True, exchange=exchange)
    if number in UNAVAILABLE or error.get("is_transient") is True:
        return Failed(code=code, message=message, retryable=True, exchange=exchange)
    if status >= 500 or status == 408:
        return Unknown(code=code, message=message, exchange=exchange)
    if error.get("error_subcode") == _WINDOW:
        code, message = (
            "window_closed",
            f"More than 24 hours have passed since the customer wrote. ({message})",
        )
    elif number == _GONE:
        code, message = "unreachable", f"The customer cannot be written to any more. ({message})"
    return Failed(code=code, message=message[:_WORDS], retryable=False, exchange=exchange)


def result_of_failure(failure: HttpFailed, exchange: Exchange) -> Failed | Unknown:
    """What a request without an answer means: written, it may have been taken."""
    match failure:
        case ConnectFailed():
            message = f"Meta was not reached: {failure}"[:_WORDS]
            return Failed(code="not_reached", message=message, retryable=True, exchange=exchange)
        case Refused():
            message = str(failure)[:_WORDS]
            return Failed(code="refused_by_policy", message=message, retryable=False, exchange=exchange)
        case _:
            message = f"Meta did not answer: {failure}"[:_WORDS]
            return Unknown(code="no_answer", message=message, exchange=exchange)


def harmless(result: Failed | Unknown) -> Failed:
    """Before a message was posted nothing can be doubled: what is unclear may be tried again."""
    if isinstance(result, Failed):
        return result
    return Failed(code=result.code, message=result.message, retryable=True, exchange=result.exchange)
