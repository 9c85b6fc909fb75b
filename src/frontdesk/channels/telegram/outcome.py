"""What became of a call: Telegram's answers, and what the network did, as results that decide what is next.

Source: core.telegram.org, "Telegram Bot API", making requests and ResponseParameters; "Bots FAQ", limits.
"""

from datetime import timedelta

from frontdesk.channels.telegram.addresses import Place
from frontdesk.channels.telegram.bot import Bot, parameters_of, retry_after
from frontdesk.channels.telegram.payloads import read_id
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import Response
from frontdesk.ports.channel import Exchange, Failed, SendResult, Sent, Unknown
from frontdesk.ports.outcome import MAX_WAIT

_NOT_STARTED = ("chat not found", "initiate conversation", "peer_id_invalid", "user not found")
_GONE = ("blocked by the user", "user is deactivated", "bot was kicked", "bot is not a member")


def result_of(bot: Bot, link: str, place: Place | None, answer: Response, exchange: Exchange) -> SendResult:
    """What the answer to a call means. `place`: where a message was to appear; None if it makes none."""
    told = answer.json_object()
    if not answer.is_success or told.get("ok") is not True:
        return failure_of(bot, link, answer, exchange)
    if place is None:
        return Sent(source_id=None, exchange=exchange)
    result = told.get("result")
    message_id = read_id(result.get("message_id")) if isinstance(result, dict) else None
    if message_id is None:
        return Unknown(code="no_message_id", message="Telegram's answer names no message.", exchange=exchange)
    chat = result.get("chat") if isinstance(result, dict) else None
    own = read_id(chat.get("id")) if isinstance(chat, dict) else None
    return Sent(
        source_id=Place(own or place.chat, business=place.business).source_id(message_id), exchange=exchange
    )


def failure_of(bot: Bot, link: str, answer: Response, exchange: Exchange | None) -> Failed | Unknown:
    """What an answer that is no success means."""
    told, status = answer.json_object(), answer.status_code
    number = told.get("error_code")
    code = number if isinstance(number, int) and not isinstance(number, bool) else status
    words = bot.hidden(told.get("description") or f"Telegram answered with status {status}.")
    if code == 429:
        wait = timedelta(seconds=retry_after(told) or 0)
        retry_at = utc_now() + min(wait, MAX_WAIT) if wait else None
        return Failed(code="429", message=words, retryable=True, retry_at=retry_at, exchange=exchange)
    if code in (401, 404):
        return Failed(code=str(code), message=words, retryable=False, auth_expired=True, exchange=exchange)
    if code >= 500 or code in (200, 408):
        return Unknown(code=f"http_{code}", message=words, exchange=exchange)
    said = words.lower()
    if any(sign in said for sign in _GONE):
        message = f"The customer has blocked the bot or left, and must start it again at {link}. ({words})"
        return Failed(code="blocked", message=message[:500], retryable=False, exchange=exchange)
    if any(sign in said for sign in _NOT_STARTED):
        message = f"The customer must start the bot first: ask them to open {link} and press Start. ({words})"
        return Failed(code="not_started", message=message[:500], retryable=False, exchange=exchange)
    return Failed(code=str(code), message=words, retryable=False, exchange=exchange)


def moved_to(answer: Response) -> str | None:
    """The new id of a group that became a supergroup, where that is why nothing was sent."""
    found = read_id(parameters_of(answer.json_object()).get("migrate_to_chat_id"))
    return None if answer.is_success else found
