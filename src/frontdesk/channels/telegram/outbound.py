"""Our messages as calls of the Bot API. Pure.

Source: core.telegram.org, "Telegram Bot API", available methods (10.3).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from frontdesk.channels.telegram.addresses import BUSINESS, Place, message_of, place_of
from frontdesk.domain import content as c
from frontdesk.domain.errors import UnsupportedByChannel
from frontdesk.kit.http import FileField
from frontdesk.ports.channel import OutboundMessage, ReadMark, TypingMark

Body = dict[str, Any]

KINDS_OUT = frozenset(
    {"text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction"}
    | {"interactive", "poll"}
)
MAX_CAPTION = 1024
MAX_CALLBACK_BYTES = 64
_MEBIBYTE = 1024 * 1024
MAX_BYTES = {
    "image": 10 * _MEBIBYTE,
    "audio": 50 * _MEBIBYTE,
    "video": 50 * _MEBIBYTE,
    "document": 50 * _MEBIBYTE,
    "sticker": 512 * 1024,
}
MIMES = {
    "image": frozenset({"image/jpeg", "image/png", "image/webp"}),
    "audio": frozenset({"audio/mpeg", "audio/mp4", "audio/ogg", "audio/aac", "audio/x-m4a"}),
    "video": frozenset({"video/mp4", "video/quicktime", "video/webm"}),
    "sticker": frozenset({"image/webp", "video/webm", "application/x-tgsticker"}),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: a method, its fields, and a file with the field it goes into."""

    method: str
    body: Body
    field: str | None = None
    file: FileField | None = None


def call_of(message: OutboundMessage) -> Call:
    """The call that sends a message.

    Raises:
        UnsupportedByChannel: Telegram has no such message, or not to such an address.
    """
    place = place_of(message.to)
    if isinstance(message.content, c.Reaction):
        return _reaction(message, message.content, place)
    call = _content(message)
    body = _to(place) | call.body
    answered = message_of(message.reply_to_source_id)
    if answered is not None:
        body["reply_parameters"] = {"message_id": answered[1], "allow_sending_without_reply": True}
    return Call(call.method, body, call.field, call.file)


def typing_call(mark: TypingMark) -> Call:
    """The call that shows typing for up to five seconds."""
    return Call("sendChatAction", _to(place_of(mark.to)) | {"action": "typing"})


def read_call(mark: ReadMark) -> Call | None:
    """The call that tells the customer we have read; only business accounts have such, and pressed buttons.

    A pressed button shows a clock until its press was taken note of.
    """
    if mark.source_id.startswith("callback:"):
        return Call("answerCallbackQuery", {"callback_query_id": mark.source_id.removeprefix("callback:")})
    found = message_of(mark.source_id)
    if mark.to.scheme != BUSINESS or found is None or found[0].business is None:
        return None
    body = {"business_connection_id": found[0].business, "chat_id": _chat(found[0]), "message_id": found[1]}
    return Call("readBusinessMessage", body)


def _chat(place: Place) -> int | str:
    return place.chat if place.chat.startswith("@") else int(place.chat)


def _to(place: Place) -> Body:
    body: Body = {"chat_id": _chat(place)}
    if place.business is not None:
        body["business_connection_id"] = place.business
    if place.topic is not None:
        body["message_thread_id"] = int(place.topic)
    return body


def _content(message: OutboundMessage) -> Call:
    content = message.content
    match content:
        case c.Text():
            options = {"is_disabled": not content.preview_url}
            return Call("sendMessage", {"text": content.body, "link_preview_options": options})
        case c.Image() | c.Video() | c.Document() | c.Audio() | c.Sticker():
            return _media(message, content)
        case c.Interactive():
            return _interactive(content)
        case _:
            return _plain(content)


def _plain(content: c.Content) -> Call:
    """Content that needs nothing beside itself."""
    match content:
        case c.Location() if content.name or content.address:
            place = {"latitude": content.latitude, "longitude": content.longitude}
            named = {"title": content.name or content.address, "address": content.address or content.name}
            return Call("sendVenue", place | named)
        case c.Location():
            return Call("sendLocation", {"latitude": content.latitude, "longitude": content.longitude})
        case c.Contacts():
            return _contact(content)
        case c.Poll():
            options = [{"text": option} for option in content.options]
            return Call("sendPoll", {"question": content.question, "options": options})
        case _:
            raise UnsupportedByChannel(
                f"Telegram cannot send content of kind {content.kind}", field="content.kind"
            )


def _contact(content: c.Contacts) -> Call:
    if len(content.cards) != 1:
        raise UnsupportedByChannel("Telegram sends one contact card at a time", field="content.cards")
    card = content.cards[0]
    if not card.phones:
        raise UnsupportedByChannel("Telegram needs a phone number on a contact card", field="content.cards")
    body = {"phone_number": card.phones[0].number, "first_name": card.first_name or card.name}
    return Call("sendContact", body | ({"last_name": card.last_name} if card.last_name else {}))


_METHODS = {
    "image": ("sendPhoto", "photo"),
    "video": ("sendVideo", "video"),
    "audio": ("sendAudio", "audio"),
    "document": ("sendDocument", "document"),
    "sticker": ("sendSticker", "sticker"),
}


def _media(message: OutboundMessage, content: c.Image | c.Video | c.Document | c.Audio | c.Sticker) -> Call:
    method, field = _METHODS[content.kind]
    if isinstance(content, c.Audio) and content.voice:
        method, field = "sendVoice", "voice"
    caption = None if isinstance(content, c.Sticker) else content.caption
    if caption and len(caption) > MAX_CAPTION:
        raise UnsupportedByChannel(
            f"A caption on Telegram has {MAX_CAPTION} characters at most.",
            field="content.caption",
            hint="Send the text as its own message.",
        )
    body: Body = {"caption": caption} if caption else {}
    file = message.file
    if file is not None:
        name = content.media.filename or file.filename or "file"
        return Call(method, body, field, (name, file.content, file.mime))
    if message.url is not None:
        return Call(method, {field: message.url, **body})
    raise UnsupportedByChannel("there is no file to send", field="content.media")


def _reaction(message: OutboundMessage, content: c.Reaction, place: Place) -> Call:
    target = message_of(message.target_source_id or content.target_source_id)
    if target is None:
        raise UnsupportedByChannel(
            "the message to react to is not known to Telegram", field="content.target_id"
        )
    if place.business is not None:
        raise UnsupportedByChannel("a bot cannot react for a business account", field="content.kind")
    reaction = [{"type": "emoji", "emoji": content.emoji}] if content.emoji else []
    body = {"chat_id": _chat(target[0]), "message_id": target[1], "reaction": reaction}
    return Call("setMessageReaction", body)


def _interactive(content: c.Interactive) -> Call:
    rows = _ROWS.get(content.type)
    if rows is None:
        raise UnsupportedByChannel(
            f"Telegram cannot send an interactive message of type {content.type}", field="content.type"
        )
    text = "\n\n".join(part for part in (content.header, content.body, content.footer) if part)
    keyboard = {"inline_keyboard": [[button] for button in rows(content)]}
    return Call("sendMessage", {"text": text, "reply_markup": keyboard})


def _pressed(choice: c.Choice) -> Mapping[str, str]:
    if len(choice.id.encode()) > MAX_CALLBACK_BYTES:
        raise UnsupportedByChannel(
            f"The id of a button on Telegram has {MAX_CALLBACK_BYTES} bytes at most.", field="content.buttons"
        )
    return {"text": choice.title, "callback_data": choice.id}


_ROWS: dict[str, Callable[[c.Interactive], list[Mapping[str, Any]]]] = {
    "buttons": lambda content: [_pressed(choice) for choice in content.buttons],
    "list": lambda content: [_pressed(row) for section in content.sections for row in section.rows],
    "cta_url": lambda content: [{"text": content.button, "url": content.url}],
}
