"""What became of a send: Twilio's answers, and what the network did, as results that decide what is next.

Source: twilio.com, "Error and warning dictionary", "REST API: Twilio's response" (2026).
"""

from collections.abc import Sequence

from frontdesk.kit.http import Response
from frontdesk.ports.channel import Exchange, Failed, SendResult, Sent, Unknown
from frontdesk.ports.outcome import retry_at

RATE_LIMITED = frozenset({14107, 20429, 30022, 63017, 63018})
UNAVAILABLE = frozenset({20503})
AUTH_EXPIRED = frozenset({20003, 20005, 20006, 20010})
CURES = {
    20003: "Twilio does not accept the account SID and auth token. Copy them anew from the console.",
    20005: "The Twilio account is not active.",
    20429: "Twilio asks to send more slowly.",
    21211: "Twilio does not take it for a phone number.",
    21408: "The account may not send to this country. Allow it under Messaging, Geo permissions.",
    21606: "The sender is not a number of this account that can send such messages.",
    21608: "A trial account sends to verified numbers only.",
    21610: "The customer has unsubscribed with STOP. They can write START to hear from you again.",
    21611: "The sender has too many messages waiting at Twilio.",
    21614: "It is not a mobile number.",
    21617: "The text is longer than 1,600 characters.",
    21620: "Twilio cannot fetch the file: its address is not valid.",
    21656: "The variables do not fit the template.",
    63016: "More than 24 hours have passed since the customer's last message. Send a template.",
}
_WORDS = 500


def result_of(answer: Response, exchange: Exchange) -> SendResult:
    """What Twilio's answer to a send means."""
    if not answer.is_success:
        return failure_of(answer, exchange)
    sid = answer.json_object().get("sid")
    if not isinstance(sid, str) or not sid:
        return Unknown(code="no_message_id", message="Twilio's answer names no message.", exchange=exchange)
    return Sent(source_id=sid, exchange=exchange)


def joined(results: Sequence[SendResult], parts: int) -> SendResult:
    """What became of a message that goes as several: sent if all of them are.

    Where some went out and then one did not, it is unknown, so that nobody repeats what was sent.
    """
    last, sent = results[-1], [each for each in results if isinstance(each, Sent)]
    if parts == 1 or not sent:
        return last
    exchanges = [each.exchange for each in results if each.exchange is not None]
    exchange = Exchange(
        {**exchanges[0].request, "parts": [each.request.get("body") for each in exchanges]},
        {**(exchanges[-1].response or {}), "parts": [each.response for each in exchanges]},
    )
    if isinstance(last, Sent):
        ids = [each.source_id for each in sent if each.source_id is not None]
        return Sent(source_id=ids[0], more_source_ids=tuple(ids[1:]), exchange=exchange)
    words = f"{len(sent)} of {parts} parts were sent. Then: {last.message}"[:_WORDS]
    return Unknown(code="partly_sent", message=words, exchange=exchange)


def failure_of(answer: Response, exchange: Exchange | None) -> Failed | Unknown:
    """What an answer that is no success means."""
    told, status = answer.json_object(), answer.status_code
    number = told.get("code")
    code = str(number) if isinstance(number, int) else f"http_{status}"
    message = _words(number, told.get("message"), status)
    later = retry_at(answer)
    if number in RATE_LIMITED or status == 429:
        return Failed(code=code, message=message, retryable=True, retry_at=later, exchange=exchange)
    if number in AUTH_EXPIRED or status == 401:
        return Failed(code=code, message=message, retryable=False, auth_expired=True, exchange=exchange)
    if number in UNAVAILABLE or status == 503:
        return Failed(code=code, message=message, retryable=True, retry_at=later, exchange=exchange)
    if status >= 500 or status == 408:
        return Unknown(code=code, message=message, exchange=exchange)
    return Failed(code=code, message=message, retryable=False, exchange=exchange)


def _words(number: object, said: object, status: int) -> str:
    cure = CURES.get(number) if isinstance(number, int) else None
    if cure is not None:
        return cure
    return said[:_WORDS] if isinstance(said, str) and said else f"Twilio answered with status {status}."
