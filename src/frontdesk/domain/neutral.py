"""Events in the neutral form that `frontdesk parse` prints: a flat object each, the same for every channel.

Absent means null. `extra` of an event holds what only its provider has; what it says of a field below counts
more than what our own words give, since it is the provider's own writing.
"""

from datetime import datetime
from typing import Any

from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.message import Direction, MessageContext

Neutral = dict[str, Any]

_TOP = frozenset(
    {"sender", "sender_name", "recipient", "new_sender", "chat", "thread", "text", "location", "payload"}
    | {"event", "external_id", "target", "reply_to", "edited_at", "media_group_id", "sender_is_bot"}
    | {"member", "new_status", "old_status", "emoji", "challenge"}
)
_STATUS_WORDS = frozenset(
    {"queued", "sent", "deferred", "delivered", "read", "played", "opened", "clicked", "failed", "bounced"}
    | {"deleted", "complained", "unsubscribed", "resubscribed"}
)


def neutral(event: i.InboundEvent) -> Neutral:
    """The event as the parser prints it: JSON values only, without what is absent."""
    told = _told(event)
    extra = dict(event.extra)
    told["account"] = event.account_ref
    if event.at is not None:
        told["timestamp"] = _time(event.at)
    for name in _TOP & extra.keys():
        told[name] = extra.pop(name)
    if "kind" in extra:
        told["kind"] = extra.pop("kind")
    if "sub_kind" in extra and "kind" in told:
        told["kind"] = f"{str(told['kind']).split('.')[0]}.{extra.pop('sub_kind')}"
    if "sha256" in extra and told.get("media"):
        told["media"][0]["sha256"] = extra.pop("sha256")
    extra.update(told.pop("extra", {}))
    told["extra"] = extra
    return {name: value for name, value in told.items() if value is not None and value not in ({}, [])}


def _told(event: i.InboundEvent) -> Neutral:
    match event:
        case i.MessageReceived():
            return _message(event)
        case i.MessageEdited():
            told = {"event": "edit", "external_id": event.source_id, "target": event.target_source_id}
            return told | _party(event.party) | _content(event.content)
        case i.MessageDeleted():
            told = {"event": "delete", "external_id": event.source_id, "target": event.target_source_id}
            return told | _party(event.party)
        case i.StatusReported():
            return _status(event)
        case i.AddressChanged():
            return {
                "event": "system",
                "external_id": event.source_id,
                "sender": event.old.value if event.old else None,
                "new_sender": event.new[0].value if event.new else None,
                "text": event.text,
                "extra": {"system_type": event.system_type},
            }
        case _:
            return _rarer(event)


def _rarer(
    event: i.SeenUpTo
    | i.CallReported
    | i.AccountNoticed
    | i.ProviderErrorReported
    | i.AgentReplied
    | i.Ignored,
) -> Neutral:
    match event:
        case i.SeenUpTo():
            return {"event": "status", "status": str(event.status)} | _party(event.party)
        case i.CallReported():
            told: Neutral = {"event": "call", "external_id": event.source_id, "call_event": event.event}
            told["extra"] = {
                "duration_seconds": event.duration_seconds,
                "call_direction": str(event.direction),
            }
            return told | _party(event.party)
        case i.AccountNoticed():
            return {"event": "account_event", "field": event.field_name, "detail": event.detail}
        case i.ProviderErrorReported():
            told = {"event": "provider_error", "error_code": event.code, "text": event.title}
            return told | {"extra": {"detail": event.detail}}
        case i.AgentReplied():
            told = {"event": "message", "external_id": event.source_id, "thread": event.thread}
            return told | _party(event.party) | _content(event.contents[0])
        case i.Ignored():
            return {"event": "ignored", "extra": {"reason": event.reason}}


def _message(event: i.MessageReceived) -> Neutral:
    is_echo = event.direction is Direction.OUTGOING
    told: Neutral = {"event": "message", "external_id": event.source_id}
    if is_echo:
        told |= {"direction": "outbound", "recipient": _main(event.party)}
    else:
        told |= _party(event.party)
    told |= _context(event.context)
    if isinstance(event.content, c.Reaction):
        emoji = event.content.emoji
        told |= {"event": "reaction", "target": event.content.target_source_id, "emoji": emoji}
        return told | {"removed": None if emoji else True}
    content = _content(event.content)
    return told | content | {"extra": told.get("extra", {}) | content.get("extra", {})}


def _party(party: i.Party | None) -> Neutral:
    if party is None:
        return {}
    user_id = next((each.value for each in party.addresses if each.scheme.endswith("_user")), None)
    return {"sender": _main(party), "sender_user_id": user_id, "sender_name": party.name}


def _main(party: i.Party) -> str | None:
    return party.addresses[0].value if party.addresses else None


def _context(context: MessageContext) -> Neutral:
    told: Neutral = {
        "reply_to": context.reply_to_source_id,
        "forwarded": True if context.forwarded or context.frequently_forwarded else None,
    }
    if context.referral is not None:
        told["referral"] = context.referral.model_dump(exclude_none=True)
    if context.referred_product is not None:
        told["referred_product"] = context.referred_product.model_dump()
    if context.errors:
        told["extra"] = {"error_code": context.errors[0].get("code")}
    return told


def _status(event: i.StatusReported) -> Neutral:
    told = event.provider_status
    price = event.pricing
    return {
        "event": "status",
        "external_id": event.source_id,
        "status": told if told in _STATUS_WORDS else str(event.status),
        "recipient": event.recipient,
        "error_code": event.error_code,
        "reason": event.error_detail or event.error_title,
        "extra": {}
        if price is None
        else {
            "pricing_category": price.category,
            "billable": price.billable,
            "provider_conversation_id": price.conversation_id,
        },
    }


def _content(content: c.Content) -> Neutral:
    told: Neutral = {"kind": content.kind}
    match content:
        case c.Text():
            told["text"] = content.body
        case c.Image() | c.Video() | c.Document() | c.Audio() | c.Sticker():
            told |= _file(content)
        case c.Location():
            told["location"] = content.model_dump(exclude={"kind"}, exclude_none=True)
        case c.Contacts():
            told["contacts"] = [_card(card) for card in content.cards]
        case c.Interactive():
            told |= _interactive(content)
        case c.Button():
            told |= {"text": content.text, "payload": content.payload}
        case c.Order():
            items = [item.model_dump(exclude_none=True) for item in content.items]
            told |= {"text": content.text, "order": {"catalog_id": content.catalog_id, "items": items}}
        case _:
            told |= _rarer_content(content)
    return told


def _rarer_content(content: c.Content) -> Neutral:
    match content:
        case c.Email():
            return _email(content)
        case c.Poll():
            return {"text": content.question}
        case c.Template():
            return {"text": content.body}
        case c.Unsupported():
            return {"extra": {"source_kind": content.source_kind, "reason": content.reason}}
        case _:
            return {}


def _email(content: c.Email) -> Neutral:
    shown = {"filename", "mime", "size"}
    files = [each.model_dump(include=shown, exclude_none=True) for each in content.attachments]
    told: Neutral = {"text": content.text, "html": content.html, "subject": content.subject}
    return told | {"to": list(content.to), "cc": list(content.cc), "attachments": files}


def _file(content: c.Image | c.Video | c.Document | c.Audio | c.Sticker) -> Neutral:
    caption = getattr(content, "caption", None)
    media = content.media
    told = {
        "id": media.source_media_id,
        "url": media.url,
        "mime": media.mime,
        "filename": media.filename,
        "sha256": media.sha256,
        "size": media.size,
        "caption": caption,
        "animated": content.animated if isinstance(content, c.Sticker) else None,
    }
    kind = "voice" if isinstance(content, c.Audio) and content.voice else content.kind
    files = [{name: value for name, value in told.items() if value is not None}]
    return {"kind": kind, "text": caption, "media": files}


def _card(card: c.ContactCard) -> Neutral:
    told = card.model_dump(mode="json", exclude={"phones"}, exclude_none=True)
    told["phones"] = [phone.number for phone in card.phones]
    told["wa_ids"] = [phone.wa_id for phone in card.phones if phone.wa_id]
    return {name: value for name, value in told.items() if value not in ([], ())}


def _interactive(content: c.Interactive) -> Neutral:
    return {
        "kind": f"interactive.{content.type}",
        "text": content.title or content.body,
        "payload": content.id,
        "description": content.description,
        "form": content.form,
    }


def _time(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
