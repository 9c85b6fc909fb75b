"""Messages of an update in our words: who, where, what, in answer to what. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontdesk.channels.telegram import payloads as p
from frontdesk.channels.telegram.addresses import Place
from frontdesk.channels.telegram.content import Read, read_content, unsupported
from frontdesk.domain import inbound as i
from frontdesk.domain.foreign import MAX_WORDS, UNREADABLE, Raw, known, part
from frontdesk.domain.message import NO_CONTEXT, Direction, MessageContext


@dataclass(frozen=True, slots=True)
class Update:
    """One update: its number, its kind, the object it carries."""

    id: str | None
    kind: str
    value: Raw

    @property
    def extra(self) -> dict[str, Any]:
        """What every event of it tells besides."""
        told = known(update_id=self.id, update_kind=self.kind)
        return told | ({} if self.kind == "message" else {"via": self.kind})

    @property
    def event_id(self) -> str | None:
        """Its own id, against redeliveries of what has no message of its own."""
        return None if self.id is None else f"update:{self.id}"


def read_message(update: Update) -> i.InboundEvent:
    """A new message, or what happened to a chat."""
    message = update.value
    place, extra = _where(message), update.extra | _shown(message)
    if place is None:
        return i.Ignored(reason="nothing says in which chat", extra=extra)
    service = next((name for name in message if name in SERVICES), None)
    if service is not None:
        return _service(update, service, place, extra)
    content, shown = _content(message)
    is_ours, name = _is_ours(message, place), _name(message.get("chat"))
    extra |= shown | _surroundings(message)
    if is_ours:
        extra["recipient"] = place.chat
    message_id = p.read_id(message.get("message_id"))
    return i.MessageReceived(
        at=p.read_time(message.get("date")),
        source_id=place.source_id(message_id) if message_id else update.event_id,
        party=i.Party(place.addresses, name),
        thread_key=place.thread_key,
        content=content,
        context=_context(message, place),
        direction=Direction.OUTGOING if is_ours else Direction.INCOMING,
        author_name=_author_name(message),
        extra=extra,
    )


def read_edit(update: Update) -> i.InboundEvent:
    """A message with new content. It keeps its id, so the update's own tells a redelivery from a change."""
    message = update.value
    place, message_id = _where(message), p.read_id(message.get("message_id"))
    extra = update.extra | _shown(message)
    if place is None or message_id is None:
        return i.Ignored(reason="nothing says which message was edited", extra=extra)
    content, shown = _content(message)
    edited_at = p.read_time(message.get("edit_date"))
    extra |= shown | _surroundings(message) | {"target": message_id}
    if edited_at is not None:
        extra["edited_at"] = edited_at.isoformat()
    return i.MessageEdited(
        at=p.read_time(message.get("date")),
        target_source_id=place.source_id(message_id),
        content=content,
        source_id=update.event_id,
        party=i.Party(place.addresses, _name(message.get("chat"))),
        extra=extra,
    )


def _content(message: Raw) -> Read:
    try:
        return read_content(message)
    except UNREADABLE as error:
        return unsupported(message, " ".join(str(error).split())), {}


def _where(message: Raw) -> Place | None:
    chat = p.read_id(part(message, "chat").get("id"))
    if chat is None:
        return None
    topic = p.read_id(message.get("message_thread_id")) if message.get("is_topic_message") is True else None
    return Place(chat, topic, business_of(message))


def business_of(message: Raw) -> str | None:
    """The business connection a message came by."""
    return p.read_id(message.get("business_connection_id"))


def _is_ours(message: Raw, place: Place) -> bool:
    """Whether the owner of a business account wrote it, by hand or by a program, in a chat with somebody."""
    if place.business is None:
        return False
    sender = p.read_id(part(message, "from").get("id"))
    return "sender_business_bot" in message or (sender is not None and sender != place.chat)


def sender_of(message: Raw) -> Raw:
    """Who wrote it: a user, a chat that speaks for its members, or the channel itself."""
    return part(message, "from") or part(message, "sender_chat") or part(message, "chat")


def name_of(who: Raw) -> str | None:
    """The name somebody, or a chat, goes by."""
    names = [who.get(name) for name in ("first_name", "last_name")]
    full = " ".join(name for name in names if isinstance(name, str) and name)
    found = full or who.get("title") or who.get("username")
    return found[:MAX_WORDS] if isinstance(found, str) and found else None


def _name(chat: Any) -> str | None:
    return name_of(chat) if isinstance(chat, dict) else None


def _author_name(message: Raw) -> str | None:
    """Who of a group it was; in a private chat that is the contact."""
    is_private = part(message, "chat").get("type") == "private"
    return None if is_private else name_of(sender_of(message))


def _shown(message: Raw) -> dict[str, Any]:
    """What the parser's output tells of a message in Telegram's own ids."""
    sender, chat = sender_of(message), part(message, "chat")
    return known(
        external_id=p.read_id(message.get("message_id")),
        chat=p.read_id(chat.get("id")),
        chat_type=chat.get("type"),
        sender=p.read_id(sender.get("id")),
        sender_name=name_of(sender),
        sender_is_bot=True if sender.get("is_bot") is True else None,
    )


def _surroundings(message: Raw) -> dict[str, Any]:
    quoted = part(message, "reply_to_message")
    return known(
        thread=p.read_id(message.get("message_thread_id")),
        media_group_id=p.read_id(message.get("media_group_id")),
        reply_to=p.read_id(quoted.get("message_id")),
        business_connection_id=business_of(message),
    )


_FORWARDED = ("forward_origin", "forward_date", "forward_from", "forward_from_chat", "forward_sender_name")


def _context(message: Raw, place: Place) -> MessageContext:
    quoted, topic = part(message, "reply_to_message"), p.read_id(message.get("message_thread_id"))
    quoted_id = p.read_id(quoted.get("message_id"))
    is_root = quoted_id is not None and (quoted_id == topic or "forum_topic_created" in quoted)
    answered = None if quoted_id is None or is_root else place.source_id(quoted_id)
    forwarded = any(message.get(name) is not None for name in _FORWARDED)
    if answered is None and not forwarded:
        return NO_CONTEXT
    return MessageContext(reply_to_source_id=answered, forwarded=forwarded)


def _service(update: Update, service: str, place: Place, extra: Mapping[str, Any]) -> i.InboundEvent:
    """What happened to a chat; a group that became a supergroup goes by a new id from now on."""
    told, at = {**extra, "event": "system", "system_type": service}, p.read_time(update.value.get("date"))
    new_id = p.read_id(update.value.get(service)) if service == "migrate_to_chat_id" else None
    if new_id is None:
        return i.Ignored(reason=f"service message {service}", at=at, extra=told)
    return i.AddressChanged(
        at=at,
        source_id=update.event_id,
        old=Place(place.chat).addresses[0],
        new=Place(new_id).addresses,
        text="The group became a supergroup.",
        system_type=service,
        extra={"text": None, **told},
    )


_SERVICE_WORDS = """
    new_chat_members left_chat_member chat_owner_left chat_owner_changed new_chat_title new_chat_photo
    delete_chat_photo group_chat_created supergroup_chat_created channel_chat_created
    message_auto_delete_timer_changed migrate_to_chat_id migrate_from_chat_id pinned_message invoice
    successful_payment refunded_payment users_shared user_shared chat_shared gift unique_gift
    gift_upgrade_sent connected_website write_access_allowed passport_data proximity_alert_triggered
    boost_added chat_background_set checklist_tasks_done checklist_tasks_added direct_message_price_changed
    forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened
    general_forum_topic_hidden general_forum_topic_unhidden giveaway_created giveaway giveaway_winners
    giveaway_completed managed_bot_created paid_message_price_changed poll_option_added poll_option_deleted
    suggested_post_approved suggested_post_approval_failed suggested_post_declined suggested_post_paid
    suggested_post_refunded video_chat_scheduled video_chat_started video_chat_ended
    video_chat_participants_invited voice_chat_scheduled voice_chat_started voice_chat_ended
    voice_chat_participants_invited"""
SERVICES = frozenset(_SERVICE_WORDS.split())
"""Fields by which Telegram tells in a message what happened to a chat, rather than what somebody said."""
