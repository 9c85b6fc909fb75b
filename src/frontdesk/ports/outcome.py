"""What it means that no answer came to a send, and how long an answer asks to wait: one rule for all.

Nothing here names a concrete channel; what the words of one provider mean stays in its own folder.
"""

from datetime import datetime, timedelta

from frontdesk.domain.errors import Invalid
from frontdesk.domain.times import parse_time
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import ConnectFailed, HttpFailed, OutcomeUnknown, Refused, Response, TooLarge
from frontdesk.ports.channel import Exchange, Failed, Unknown

MAX_WAIT = timedelta(days=1)
"""No provider's wish holds a send longer."""
MAX_MESSAGE = 500
"""Characters of an error's words that are kept."""


def unanswered(
    provider: str, failure: HttpFailed, exchange: Exchange, *, words: str | None = None
) -> Failed | Unknown:
    """What a request without an answer means: once written it may have been taken, and is never repeated.

    Args:
        provider: Its name as people know it.
        failure: What the network did.
        exchange: What the delivery log keeps.
        words: The failure's own words, where those hold something secret and were rewritten.
    """
    said = str(failure) if words is None else words
    match failure:
        case ConnectFailed():
            message = f"{provider} was not reached: {said}"[:MAX_MESSAGE]
            return Failed(code="not_reached", message=message, retryable=True, exchange=exchange)
        case Refused():
            message = said[:MAX_MESSAGE]
            return Failed(code="refused_by_policy", message=message, retryable=False, exchange=exchange)
        case OutcomeUnknown():
            message = f"{provider} did not answer: {said}"[:MAX_MESSAGE]
            return Unknown(code="no_answer", message=message, exchange=exchange)
        case TooLarge():
            return Unknown(code="answer_too_large", message=said[:MAX_MESSAGE], exchange=exchange)
        case _:
            return Unknown(code="no_answer", message=said[:MAX_MESSAGE], exchange=exchange)


def before_sending(result: Failed | Unknown) -> Failed:
    """The result of a step before the message itself: nothing can be doubled, so it may be tried again."""
    if isinstance(result, Failed):
        return result
    return Failed(code=result.code, message=result.message, retryable=True, exchange=result.exchange)


def retry_at(answer: Response) -> datetime | None:
    """When the answer's Retry-After wants to be asked again: seconds or an HTTP date, at most a day ahead.

    Source: RFC 9110, "Retry-After".
    """
    now, wish = utc_now(), answer.headers.get("retry-after", "").strip()
    if wish.isascii() and wish.isdigit() and len(wish) < 10:
        return now + min(timedelta(seconds=int(wish)), MAX_WAIT)
    try:
        return min(parse_time(wish), now + MAX_WAIT) if wish else None
    except Invalid:
        return None
