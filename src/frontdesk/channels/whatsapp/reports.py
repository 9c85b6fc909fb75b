"""What else a hook reports, in our words: statuses, calls, errors, new user ids. Pure."""

from typing import Any
from uuid import UUID

from frontdesk.channels.whatsapp import report_payloads as p
from frontdesk.channels.whatsapp.parties import Frame, account, addresses, text, thread_key
from frontdesk.channels.whatsapp.payloads import read_time
from frontdesk.domain import inbound as i
from frontdesk.domain.consent import OptOutKind
from frontdesk.domain.foreign import known
from frontdesk.domain.message import DeliveryStatus, Direction, Pricing

_STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
    "deleted": DeliveryStatus.DELIVERED,  # the customer deleted what had come
}


def read_status(raw: Any, frame: Frame) -> i.InboundEvent:
    """Where one of our messages, or calls, stands."""
    told = p.Status.model_validate(raw)
    word = told.status.lower()
    if told.type == "call":
        return _call_status(told, word, frame)
    if word not in _STATUSES:
        return i.Ignored(
            reason=f"status {word}"[:200], at=read_time(told.timestamp), account_ref=frame.account_ref
        )
    error = told.errors[0] if told.errors else None
    is_group = told.recipient_type == "group"
    return i.StatusReported(
        at=read_time(told.timestamp),
        account_ref=frame.account_ref,
        source_id=told.id,
        status=_STATUSES[word],
        provider_status=word,
        recipient=told.recipient_id or told.recipient_user_id,
        error_code=None if error is None or error.code is None else str(error.code),
        error_title=(error.title or error.message) if error else None,
        error_detail=error.details if error else None,
        pricing=_pricing(told),
        delivery_id=_delivery_id(told.biz_opaque_callback_data),
        extra=known(
            opaque=told.biz_opaque_callback_data,
            participant=told.recipient_participant_id or told.recipient_participant_user_id,
            chat=told.recipient_id if is_group else None,
        ),
    )


def _delivery_id(opaque: str | None) -> UUID | None:
    """What our send carried; something else when another program sent by the same number.

    Source: developers.facebook.com, Cloud API, "Messages" and "Webhooks, statuses object" (2026).
    """
    try:
        return UUID(opaque) if opaque else None
    except ValueError:
        return None


def _call_status(told: p.Status, word: str, frame: Frame) -> i.CallReported:
    to = addresses(told.recipient_id, told.recipient_user_id)
    return i.CallReported(
        at=read_time(told.timestamp),
        account_ref=frame.account_ref,
        source_id=told.id,
        party=i.Party(to) if to else None,
        thread_key=thread_key(to) if to else None,
        event=word,
        direction=Direction.OUTGOING,
        extra=known(
            recipient=told.recipient_id or told.recipient_user_id, opaque=told.biz_opaque_callback_data
        ),
    )


def _pricing(status: p.Status) -> Pricing | None:
    """What the message costs. An expired conversation has no more end; free ones say so in `billable`."""
    if status.pricing is None and status.conversation is None:
        return None
    price, talk = status.pricing or p.StatusPricing(), status.conversation or p.StatusConversation()
    ends = read_time(talk.expiration_timestamp)
    return Pricing(
        billable=price.billable,
        model=price.pricing_model,
        category=price.category or (talk.origin.type if talk.origin and status.pricing else None),
        type=price.type,
        expires_at=ends.isoformat() if ends else None,
        conversation_id=talk.id,
    )


def read_call(raw: Any, frame: Frame) -> i.CallReported:
    """A step of a voice call; errors beside it are its own."""
    told = p.Call.model_validate(raw)
    is_ours = (told.direction or "").upper() == "BUSINESS_INITIATED"
    side = "to" if is_ours else "from"
    other = frame.find(text(raw.get(side)), text(raw.get(f"{side}_user_id")))
    return i.CallReported(
        at=read_time(told.timestamp),
        account_ref=frame.account_ref,
        source_id=told.id,
        party=other.party if other else None,
        thread_key=other.thread_key if other else None,
        event=told.event or "unknown",
        direction=Direction.OUTGOING if is_ours else Direction.INCOMING,
        duration_seconds=None if told.duration is None else max(0, int(told.duration)),
        extra=known(
            sender=text(raw.get("from")),
            recipient=told.to,
            opaque=told.biz_opaque_callback_data,
            errors=frame.value.get("errors") or None,
        ),
    )


def read_error(raw: Any, frame: Frame) -> i.ProviderErrorReported:
    """An error that belongs to no message."""
    told = p.Error.model_validate(raw)
    return i.ProviderErrorReported(
        account_ref=frame.account_ref,
        code="unknown" if told.code is None else str(told.code),
        title=told.title or told.message,
        detail=told.details,
    )


def read_user_id(raw: Any, frame: Frame) -> i.AddressChanged:
    """A customer's business-scoped user id was minted anew."""
    told = p.UserIdUpdate.model_validate(raw)
    ids = told.user_id or p.UserIds()
    by_number = i.Address("whatsapp", told.wa_id) if told.wa_id else None
    return i.AddressChanged(
        at=read_time(told.timestamp),
        account_ref=frame.account_ref,
        source_id=None,
        old=i.Address("whatsapp_user", ids.previous) if ids.previous else by_number,
        new=addresses(None, ids.current),
        text=told.detail,
        system_type="user_id_update",
        extra=known(sender=ids.previous or told.wa_id, new_sender=ids.current),
    )


def read_wishes(value: Any) -> tuple[i.Wish, ...]:
    """What customers want no more, or again, of marketing.

    Source: developers.facebook.com, WhatsApp Business Platform, "user_preferences webhook" (2026).
    """
    told = value.get("user_preferences")
    found: list[i.Wish] = []
    for each in told if isinstance(told, list) else ():
        if not isinstance(each, dict) or each.get("category") != "marketing_messages":
            continue
        leaves = {"stop": True, "resume": False}.get(str(each.get("value")).lower())
        if leaves is None:
            continue
        at = read_time(each.get("timestamp"))
        of = addresses(account(each.get("wa_id")), account(each.get("user_id")))
        found += [i.Wish(address, OptOutKind.MARKETING, leaves, at) for address in of]
    return tuple(found)
