"""Updates in our words. Pure. One update is one thing that happened, except deletions of several messages.

Source: core.telegram.org, "Telegram Bot API", Update.
"""

from collections.abc import Callable, Sequence
from typing import Any

from frontdesk.channels.telegram import payloads as p
from frontdesk.channels.telegram.addresses import Place
from frontdesk.channels.telegram.messages import Update, business_of, name_of, read_edit, read_message
from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.errors import Malformed
from frontdesk.domain.foreign import MAX_WORDS, UNREADABLE, Raw, known, part, read_object
from frontdesk.domain.message import MessageContext


def parse_body(body: bytes) -> list[i.InboundEvent]:
    """Everything an update says.

    Raises:
        Malformed: It is no JSON object, or none of an update.
    """
    told = read_object(body)
    update_id = p.read_id(told.get("update_id"))
    kind = next((name for name, value in told.items() if isinstance(value, dict)), None)
    if update_id is None and kind not in _READERS:
        raise Malformed("the body is no update", field="update_id")
    if kind is None:
        return [i.Ignored(reason="nothing in it", extra=known(update_id=update_id))]
    update = Update(update_id, kind, told[kind])
    try:
        found = _READERS.get(kind, _ignore)(update)
    except UNREADABLE as error:
        reason = f"the {kind} cannot be read: {' '.join(str(error).split())}"[:1000]
        found = i.Ignored(reason=reason, extra=update.extra)
    return list(found) if isinstance(found, Sequence) else [found]


def _ignore(update: Update) -> i.InboundEvent:
    return i.Ignored(reason=f"an update of kind {update.kind}", extra=update.extra)


def _callback(update: Update) -> i.InboundEvent:
    """A button of ours was pressed. Without a message it is of an inline result, in a chat unknown to us."""
    told = update.value
    sender, message = part(told, "from"), part(told, "message")
    sender_id, query_id = p.read_id(sender.get("id")), p.read_id(told.get("id"))
    if sender_id is None or query_id is None:
        return i.Ignored(reason="nothing says who pressed what", extra=update.extra)
    chat, target = p.read_id(part(message, "chat").get("id")), p.read_id(message.get("message_id"))
    payload = next(
        (each for name in ("data", "game_short_name") if isinstance(each := told.get(name), str)), ""
    )
    place = Place(chat or sender_id, _topic(message), business_of(message))
    title = _button(message, payload) or payload or "A button"
    is_private = chat is None or chat == sender_id
    name = name_of(sender if is_private else part(message, "chat"))
    return i.MessageReceived(
        source_id=f"callback:{query_id}",
        party=i.Party(place.addresses, name),
        thread_key=place.thread_key,
        content=c.Interactive(type="button_reply", id=payload[:MAX_WORDS], title=title[:MAX_WORDS]),
        context=MessageContext(reply_to_source_id=place.source_id(target) if target else None),
        author_name=None if is_private else name_of(sender),
        extra=update.extra
        | {"event": "callback", "external_id": query_id, "sender": sender_id, "payload": payload or None}
        | known(sender_name=name_of(sender), target=target, chat=chat, reply_to=target),
    )


def _topic(message: Raw) -> str | None:
    return p.read_id(message.get("message_thread_id")) if message.get("is_topic_message") is True else None


def _button(message: Raw, payload: str) -> str | None:
    """The words on the button with this payload."""
    rows = part(message, "reply_markup").get("inline_keyboard")
    for row in rows if isinstance(rows, list) else ():
        for button in row if isinstance(row, list) else ():
            if isinstance(button, dict) and button.get("callback_data") == payload:
                words = button.get("text")
                return words if isinstance(words, str) else None
    return None


def _reaction(update: Update) -> i.InboundEvent:
    """Emoji put on a message or taken back. Those without a character (a custom picture) are left out."""
    told = update.value
    chat, target = p.read_id(part(told, "chat").get("id")), p.read_id(told.get("message_id"))
    who = part(told, "user") or part(told, "actor_chat")
    if chat is None or target is None:
        return i.Ignored(reason="nothing says on which message", extra=update.extra)
    before, after = _emoji(told.get("old_reaction")), _emoji(told.get("new_reaction"))
    if not before and not after:
        return i.Ignored(reason="a reaction without a character", extra=update.extra)
    place = Place(chat)
    fresh = [each for each in after if each not in before] or after
    is_private = p.read_id(who.get("id")) == chat
    content = c.Reaction(emoji=fresh[-1] if fresh else None, target_source_id=place.source_id(target))
    extra = known(chat=chat, sender=p.read_id(who.get("id")), sender_name=name_of(who), target=target)
    return i.MessageReceived(
        at=p.read_time(told.get("date")),
        source_id=update.event_id,
        party=i.Party(place.addresses, name_of(part(told, "chat"))),
        thread_key=place.thread_key,
        content=content,
        author_name=None if is_private else name_of(who),
        extra=update.extra | extra | {"external_id": target},
    )


def _emoji(reactions: Any) -> list[str]:
    found = []
    for each in reactions if isinstance(reactions, list) else ():
        if isinstance(each, dict):
            emoji = "⭐" if each.get("type") == "paid" else each.get("emoji")
            if isinstance(emoji, str) and emoji:
                found.append(emoji[:64])
    return found


def _deleted(update: Update) -> Sequence[i.InboundEvent]:
    """Messages of a business account that were deleted; Telegram tells bots of no others."""
    told = update.value
    chat, ids = p.read_id(part(told, "chat").get("id")), told.get("message_ids")
    found = [each for each in map(p.read_id, ids if isinstance(ids, list) else ()) if each is not None]
    if chat is None or not found:
        return [i.Ignored(reason="nothing says which messages were deleted", extra=update.extra)]
    place = Place(chat, business=business_of(told))
    return [
        i.MessageDeleted(
            target_source_id=place.source_id(each),
            source_id=update.event_id,
            extra=update.extra | {"chat": chat, "target": each},
        )
        for each in found
    ]


def _membership(update: Update) -> i.InboundEvent:
    """Somebody came, left or was blocked; of our own bot: a customer blocked it or started it again."""
    told = update.value
    old, new = part(told, "old_chat_member"), part(told, "new_chat_member")
    member = p.read_id(part(new, "user").get("id")) or p.read_id(part(old, "user").get("id"))
    chat, sender = part(told, "chat"), part(told, "from")
    facts = known(
        member=member,
        new_status=new.get("status"),
        old_status=old.get("status"),
        chat=p.read_id(chat.get("id")),
        chat_type=chat.get("type"),
        sender=p.read_id(sender.get("id")),
        sender_name=name_of(sender),
    )
    return i.AccountNoticed(
        at=p.read_time(told.get("date")),
        field_name=update.kind,
        detail=dict(facts),
        extra=update.extra | facts | {"event": "membership"},
    )


def _connection(update: Update) -> i.InboundEvent:
    """A business account lets the bot speak for it, or no longer."""
    told = update.value
    detail = known(id=p.read_id(told.get("id")), is_enabled=told.get("is_enabled"), rights=told.get("rights"))
    at = p.read_time(told.get("date"))
    return i.AccountNoticed(at=at, field_name=update.kind, detail=detail, extra=update.extra)


_READERS: dict[str, Callable[[Update], i.InboundEvent | Sequence[i.InboundEvent]]] = {
    "message": read_message,
    "edited_message": read_edit,
    "channel_post": read_message,
    "edited_channel_post": read_edit,
    "business_connection": _connection,
    "business_message": read_message,
    "edited_business_message": read_edit,
    "deleted_business_messages": _deleted,
    "message_reaction": _reaction,
    "callback_query": _callback,
    "my_chat_member": _membership,
    "chat_member": _membership,
}
WANTED = tuple(_READERS)
"""The kinds of update we ask Telegram for; reactions and members come only to those who ask."""
