"""Hooks in our words: messages that came in, and statuses of those that went out. Pure.

Source: twilio.com, "Twilio's request to your incoming message webhook URL", "Outbound message status in
status callbacks", "WhatsApp-specific parameters" (2026).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from pydantic_core import from_json

from frontdesk.channels.twilio_sms.content import read_contents
from frontdesk.channels.twilio_sms.parties import addresses_of
from frontdesk.domain import inbound as i
from frontdesk.domain.errors import Malformed
from frontdesk.domain.foreign import without_nul
from frontdesk.domain.message import NO_CONTEXT, DeliveryStatus, MessageContext, Pricing, Referral
from frontdesk.ports.channel import RawRequest

Fields = Mapping[str, str]

DELIVERY = "delivery"
"""The part of the callback's address that carries our delivery id."""
_STATUSES = {
    "accepted": (DeliveryStatus.SENT, "queued"),
    "scheduled": (DeliveryStatus.SENT, "queued"),
    "queued": (DeliveryStatus.SENT, "queued"),
    "sending": (DeliveryStatus.SENT, "queued"),
    "sent": (DeliveryStatus.SENT, "sent"),
    "delivered": (DeliveryStatus.DELIVERED, "delivered"),
    "read": (DeliveryStatus.READ, "read"),
    "undelivered": (DeliveryStatus.FAILED, "failed"),
    "failed": (DeliveryStatus.FAILED, "failed"),
    "canceled": (DeliveryStatus.FAILED, "failed"),
}
_LEAVES = {"STOP": True, "START": False}
"""What Twilio's Advanced Opt-Out makes of a customer's word."""
_RESOURCE = {
    "sid": "MessageSid",
    "status": "MessageStatus",
    "from": "From",
    "to": "To",
    "error_code": "ErrorCode",
    "error_message": "ErrorMessage",
    "price": "Price",
    "price_unit": "PriceUnit",
    "num_segments": "NumSegments",
}
"""What a hook calls the fields of a Message resource."""
_INCOMING = frozenset({"", "received", "receiving"})
_MAX_FIELDS = 1000


def parse_request(request: RawRequest) -> list[i.InboundEvent]:
    """Everything a hook says.

    Raises:
        Malformed: It is no form of Twilio's.
    """
    fields = read_fields(request)
    sid = fields.get("MessageSid") or fields.get("SmsMessageSid") or fields.get("SmsSid")
    if not sid or len(sid) > 512:
        raise Malformed("the form names no message", field="MessageSid")
    status = (fields.get("MessageStatus") or fields.get("SmsStatus") or "").lower()
    if status not in _INCOMING:
        return [_status(request, fields, sid, status)]
    return _messages(fields, sid)


def read_fields(request: RawRequest) -> dict[str, str]:
    """The fields of a hook, of JSON as of a form.

    Raises:
        Malformed: It is neither.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            found = from_json(request.body, allow_inf_nan=False)
            if not isinstance(found, dict):
                raise Malformed("the body is not a JSON object")
            told = {name: str(value) for name, value in found.items() if isinstance(value, str | int | float)}
        else:
            parsed = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
            told = {name: values[0] for name, values in parsed.items()}
    except ValueError as error:
        raise Malformed("the body is not a form", hint=str(error)[:200]) from error
    return {name: without_nul(value) for name, value in told.items()}


def _status(request: RawRequest, fields: Fields, sid: str, word: str) -> i.InboundEvent:
    delivery_id = _delivery_id(request.query.get(DELIVERY))
    found = _reported(fields, sid, word, delivery_id)
    return found or i.Ignored(reason=f"status {word}"[:200], account_ref=_ours(fields.get("From")))


def parse_message(told: Mapping[str, Any]) -> i.StatusReported | None:
    """Where a message stands, as Twilio's Message resource tells it; None where it says nothing of it.

    Source: twilio.com, "Messages resource", "Fetch a Message resource" (2026).
    """
    fields = {hook: str(told[name]) for name, hook in _RESOURCE.items() if told.get(name) is not None}
    sid = fields.get("MessageSid", "")
    return _reported(fields, sid, fields.get("MessageStatus", ""), None) if sid else None


def _reported(fields: Fields, sid: str, word: str, delivery_id: UUID | None) -> i.StatusReported | None:
    if word not in _STATUSES:
        return None
    status, told = _STATUSES[word]
    code = fields.get("ErrorCode")
    return i.StatusReported(
        account_ref=_ours(fields.get("From")),
        extra=_kept(fields, provider_status=word),
        source_id=sid,
        status=status,
        provider_status=told,
        recipient=fields.get("To") or None,
        error_code=code if code and code != "0" else None,
        error_title=fields.get("ErrorMessage") or None,
        error_detail=fields.get("ChannelStatusMessage") or None,
        pricing=_pricing(fields),
        delivery_id=delivery_id,
    )


def _pricing(fields: Fields) -> Pricing | None:
    """What Twilio says it costs, once it knows; a price is told as a negative amount."""
    price, segments = fields.get("Price") or fields.get("MessagePrice"), fields.get("NumSegments", "")
    count = int(segments) if segments.isascii() and segments.isdigit() and len(segments) < 6 else None
    if not price and count is None:
        return None
    return Pricing(
        amount=price.removeprefix("-")[:64] if price else None,
        currency=(fields.get("PriceUnit") or "")[:16] or None,
        segments=count,
    )


def _delivery_id(given: str | None) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        return None


def _messages(fields: Fields, sid: str) -> list[i.InboundEvent]:
    written = fields.get("From") or ""
    if not written or len(written) > 512:
        return [i.Ignored(reason="nothing says who sent it", account_ref=_ours(fields.get("To")))]
    addresses = addresses_of(written, fields.get("ExternalUserId") or None)
    party = i.Party(addresses, (fields.get("ProfileName") or "")[:1024] or None)
    context = _context(fields)
    return [
        i.MessageReceived(
            account_ref=_ours(fields.get("To")),
            extra=_kept(fields, sender=written) if n == 0 else {"sender": written},
            source_id=sid if n == 0 else f"{sid}#{n}",
            party=party,
            thread_key=f"{addresses[0].scheme}:{addresses[0].value}",
            content=content,
            context=context if n == 0 else NO_CONTEXT,
            takes_leave=_LEAVES.get(fields.get("OptOutType", "").upper()) if n == 0 else None,
        )
        for n, content in enumerate(read_contents(fields))
    ]


def _context(fields: Fields) -> MessageContext:
    often = fields.get("FrequentlyForwarded", "").lower() == "true"
    forwarded = often or fields.get("Forwarded", "").lower() == "true"
    answered = (fields.get("OriginalRepliedMessageSid") or "")[:512] or None
    referral = _referral(fields)
    if not (forwarded or answered or referral):
        return NO_CONTEXT
    return MessageContext(
        reply_to_source_id=answered, forwarded=forwarded, frequently_forwarded=often, referral=referral
    )


def _referral(fields: Fields) -> Referral | None:
    """The ad that led here, on WhatsApp."""
    names = {
        "source_id": "ReferralSourceId",
        "source_type": "ReferralSourceType",
        "source_url": "ReferralSourceUrl",
        "headline": "ReferralHeadline",
        "body": "ReferralBody",
        "media_url": "ReferralMediaUrl",
        "ctwa_clid": "ReferralCtwaClid",
    }
    told = {name: fields[key][:1024] for name, key in names.items() if fields.get(key)}
    for name in ("source_url", "media_url"):
        if not told.get(name, "https://").startswith(("https://", "http://")):
            del told[name]
    return Referral(**told) if told else None


def _ours(written: str | None) -> str | None:
    return written[:512] if written else None


def _kept(fields: Fields, **more: Any) -> dict[str, Any]:
    """What only the parser's output tells."""
    names = {"opt_out_type": "OptOutType", "via": "MessagingServiceSid", "num_segments": "NumSegments"}
    found = {name: fields[key] for name, key in names.items() if fields.get(key)}
    return found | more
