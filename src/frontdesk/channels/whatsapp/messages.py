"""Messages of a hook in our words: received, echoed, edited, taken back; notices of the customer. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from frontdesk.channels.whatsapp import payloads as p
from frontdesk.channels.whatsapp.content import read_content, unsupported
from frontdesk.channels.whatsapp.parties import Frame, Other, addresses, text
from frontdesk.channels.whatsapp.payloads import read_time
from frontdesk.channels.whatsapp.report_payloads import Error
from frontdesk.domain import inbound as i
from frontdesk.domain.foreign import UNREADABLE, known
from frontdesk.domain.message import NO_CONTEXT, Direction, MessageContext, Referral, ReferredProduct

_Raw = Mapping[str, Any]
_INCOMING, _OUTGOING = Direction.INCOMING, Direction.OUTGOING


def read_message(raw: Any, frame: Frame) -> i.InboundEvent:
    """What a customer sent. Raises one of `foreign.UNREADABLE` when nothing says who."""
    kind = raw.get("type")
    if kind == "system":
        return _system(raw, frame)
    sender = frame.find(raw.get("from"), raw.get("from_user_id"))
    if sender is None:
        msg = "nothing says who sent it"
        raise ValueError(msg)
    extra = {} if sender.given is None else {"sender": sender.given}
    if kind in _AMENDMENTS:
        return _amendment(kind, raw, frame, sender, extra)
    if kind == "request_welcome":
        return i.Ignored(
            reason="the chat was opened", at=p.read_time(raw.get("timestamp")), account_ref=frame.account_ref
        )
    return _received(raw, frame, sender, _INCOMING, extra)


def read_echo(raw: Any, frame: Frame) -> i.InboundEvent:
    """What our side wrote elsewhere, such as in the business app."""
    recipient = frame.find(text(raw.get("to")), text(raw.get("to_user_id")))
    if recipient is None:
        msg = "nothing says to whom it was sent"
        raise ValueError(msg)
    kind = raw.get("type")
    if kind in _AMENDMENTS:
        return _amendment(kind, raw, frame, recipient, _to(raw, recipient))
    return _received(raw, frame, recipient, _OUTGOING, _to(raw, recipient))


def _to(raw: _Raw, recipient: Other) -> dict[str, Any]:
    to = recipient.given or recipient.party.addresses[0].value
    return known(sender=text(raw.get("from")), recipient=to)


def _received(
    raw: _Raw, frame: Frame, other: Other, direction: Direction, extra: dict[str, Any]
) -> i.MessageReceived:
    context = NO_CONTEXT
    if "context" in raw or "referral" in raw or "errors" in raw:
        context = _context(raw)
    try:
        content, shown = read_content(raw)
    except UNREADABLE as error:
        content, shown = unsupported(raw, _why(error)), None
    if shown:
        extra |= shown
    thread_key, source_id, group = other.thread_key, raw.get("id"), raw.get("group_id")
    if group:
        extra["chat"] = text(group)
        thread_key = f"group:{extra['chat']}"
    # Calling the class by keyword costs three times this, and messages come by the thousand.
    received: Any = object.__new__(i.MessageReceived)
    received.at = read_time(raw.get("timestamp"))
    received.account_ref = frame.account_ref
    received.extra = extra
    received.source_id = (
        source_id if source_id.__class__ is str and 0 < len(source_id) <= p.MAX_ID else text(source_id)
    )
    received.party = other.party
    received.thread_key = thread_key
    received.content = content
    received.context = context
    received.direction = direction
    received.author_name = None
    received.answer_to = None
    received.answers = ()
    received.topic = None
    received.takes_leave = None
    made: i.MessageReceived = received
    return made


_AMENDMENTS = frozenset({"edit", "revoke"})


def _amendment(kind: str, raw: _Raw, frame: Frame, other: Other, extra: dict[str, Any]) -> i.InboundEvent:
    told = p.Amendment.model_validate(raw[kind])
    at, source_id = p.read_time(raw.get("timestamp")), text(raw.get("id"))
    if kind == "revoke":
        return i.MessageDeleted(
            at=at,
            account_ref=frame.account_ref,
            extra=extra,
            target_source_id=told.original_message_id,
            source_id=source_id,
            party=other.party,
        )
    new = told.message or {}
    try:
        content, shown = read_content(new)
    except UNREADABLE as error:
        content, shown = unsupported(new, _why(error)), None
    return i.MessageEdited(
        at=at,
        account_ref=frame.account_ref,
        extra=extra | (shown or {}),
        target_source_id=told.original_message_id,
        content=content,
        source_id=source_id,
        party=other.party,
    )


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no {error}"
    return " ".join(str(error).split())[:1000]


# --- what surrounds a message -------------------------------------------------------------------------------


def _context(raw: _Raw) -> MessageContext:
    """What surrounds a message; a part that cannot be read is left out, the message stays."""
    told: dict[str, Any] = {}
    for name, reading in _READ.items():
        if raw.get(name):
            try:
                told |= reading(raw[name])
            except UNREADABLE:
                continue
    return MessageContext(**told)


def _quoted(raw: Any) -> dict[str, Any]:
    context = p.Context.model_validate(raw)
    product = context.referred_product
    told: dict[str, Any] = {
        "reply_to_source_id": context.id or None,
        "forwarded": bool(context.forwarded or context.frequently_forwarded),
        "frequently_forwarded": bool(context.frequently_forwarded),
    }
    if product is not None:
        told["referred_product"] = ReferredProduct(
            catalog_id=product.catalog_id or "", sku=product.product_retailer_id or ""
        )
    return told


def _referral(raw: Any) -> dict[str, Any]:
    told = p.Referral.model_validate(raw)
    fields = told.model_dump(exclude={"image_url", "video_url"})
    return {"referral": Referral(**fields, media_url=told.image_url or told.video_url)}


def _errors(raw: Any) -> dict[str, Any]:
    errors = [Error.model_validate(each) for each in raw]
    return {
        "errors": tuple(
            {"code": each.code, "title": each.title, "message": each.message, "details": each.details}
            for each in errors
        )
    }


_READ: dict[str, Callable[[Any], dict[str, Any]]] = {
    "context": _quoted,
    "referral": _referral,
    "errors": _errors,
}


# --- notices about the customer -----------------------------------------------------------------------------


def _system(raw: _Raw, frame: Frame) -> i.AddressChanged:
    """A new number or user id brings new addresses; a new identity (a new phone, say) brings none."""
    told = p.System.model_validate(raw.get("system") or {})
    sender = frame.find(raw.get("from"), raw.get("from_user_id"))
    before, new_id = text(raw.get("from")) or told.customer, told.wa_id or told.new_wa_id
    new = addresses(new_id, told.user_id)
    if told.previous_user_id:
        old: i.Address | None = i.Address("whatsapp_user", told.previous_user_id)
    else:
        old = i.Address("whatsapp", before) if before else None
    return i.AddressChanged(
        at=p.read_time(raw.get("timestamp")),
        account_ref=frame.account_ref,
        source_id=text(raw.get("id")),
        old=old,
        new=new,
        text=told.body,
        system_type=told.type,
        extra=known(
            sender=before or told.previous_user_id,
            sender_name=sender.party.name if sender else None,
            new_sender=new[0].value if new else None,
        ),
    )
