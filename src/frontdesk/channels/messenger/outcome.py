"""What became of a send: Graph's answers, and what the network did, as results that decide what happens next.

Source: developers.facebook.com, Messenger Platform, "Error codes" (2026).
"""

from frontdesk.channels.messenger.graph import error_of
from frontdesk.kit.http import Response
from frontdesk.ports.channel import Exchange, Failed, SendResult, Sent, Unknown
from frontdesk.ports.outcome import retry_at

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
    message_id = answer.json_object().get("message_id")
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
        later = retry_at(answer)
        return Failed(code=code, message=message, retryable=True, retry_at=later, exchange=exchange)
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
