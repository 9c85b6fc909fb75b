"""A Telegram message's content in our words. Pure.

What cannot be read raises one of `foreign.UNREADABLE`; the caller keeps the message as unsupported.
"""

from collections.abc import Callable
from typing import Any

from frontdesk.channels.telegram import payloads as p
from frontdesk.domain import content as c
from frontdesk.domain.foreign import MAX_WORDS, Raw, known, part

Extra = dict[str, Any]
Read = tuple[c.Content, Extra]
"""The content, and what only the parser's output tells of it."""


def kind_of(message: Raw) -> str | None:
    """The field that says what a message is; None when it is of no kind we know."""
    return next((name for name in _READERS if message.get(name) is not None), None)


def read_content(message: Raw) -> Read:
    """The content of a message object."""
    kind = kind_of(message)
    if kind is None:
        return unsupported(message, None), {}
    return _READERS[kind](message)


def unsupported(message: Raw, reason: str | None) -> c.Unsupported:
    """A message kept whole because it is of no kind we know, or says it in a way we cannot read."""
    named = kind_of(message) or next((name for name in message if name not in _FRAME), None)
    return c.Unsupported(
        source_kind=named[:1024] if named else None,
        reason=reason[:1024] if reason else None,
        raw=dict(message),
    )


_FRAME_WORDS = """
    message_id from chat date edit_date sender_chat message_thread_id is_topic_message reply_to_message
    business_connection_id media_group_id forward_origin via_bot has_protected_content entities
    author_signature caption caption_entities sender_boost_count is_from_offline reply_markup effect_id"""
_FRAME = frozenset(_FRAME_WORDS.split())
"""Fields of a message that say nothing of its kind."""


def _text(message: Raw) -> Read:
    preview = not part(message, "link_preview_options").get("is_disabled", False)
    return c.Text(body=message["text"], preview_url=preview and "://" in message["text"]), {}


def _caption(message: Raw) -> str | None:
    caption = message.get("caption")
    return caption if isinstance(caption, str) and caption else None


def _media(raw: Any, mime: str | None = None) -> c.Media:
    file = p.File.model_validate(raw)
    return c.Media(
        source_media_id=file.file_id,
        mime=file.mime_type or mime,
        filename=file.file_name,
        size=file.file_size,
    )


def _photo(message: Raw) -> Read:
    """The size with most pixels; Telegram makes every photo a JPEG."""
    sizes = [p.File.model_validate(size) for size in message["photo"]]
    largest = max(sizes, key=lambda size: ((size.width or 0) * (size.height or 0), size.file_size or 0))
    return c.Image(media=_media(largest.model_dump(), "image/jpeg"), caption=_caption(message)), {}


def _video(message: Raw) -> Read:
    return c.Video(media=_media(message["video"]), caption=_caption(message)), {}


def _animation(message: Raw) -> Read:
    media = _media(message["animation"])
    return c.Video(media=media, caption=_caption(message)), {"kind": "animation"}


def _video_note(message: Raw) -> Read:
    media = _media(message["video_note"], "video/mp4")
    return c.Video(media=media, caption=_caption(message)), {"kind": "video_note"}


def _live_photo(message: Raw) -> Read:
    return c.Video(media=_media(message["live_photo"]), caption=_caption(message)), {}


def _audio(message: Raw) -> Read:
    return c.Audio(media=_media(message["audio"]), caption=_caption(message)), {}


def _voice(message: Raw) -> Read:
    return c.Audio(media=_media(message["voice"]), voice=True, caption=_caption(message)), {}


def _document(message: Raw) -> Read:
    return c.Document(media=_media(message["document"]), caption=_caption(message)), {}


def _sticker(message: Raw) -> Read:
    file = p.File.model_validate(message["sticker"])
    mime = "video/webm" if file.is_video else "application/x-tgsticker" if file.is_animated else "image/webp"
    media = _media(message["sticker"], mime)
    emoji = message["sticker"].get("emoji")
    return c.Sticker(media=media, animated=file.is_animated or file.is_video), known(sticker_emoji=emoji)


def _location(message: Raw) -> Read:
    point = p.Location.model_validate(message["location"])
    return c.Location(latitude=point.latitude, longitude=point.longitude), {}


def _venue(message: Raw) -> Read:
    venue = p.Venue.model_validate(message["venue"])
    point = venue.location
    return c.Location(
        latitude=point.latitude, longitude=point.longitude, name=venue.title, address=venue.address
    ), {}


def _contact(message: Raw) -> Read:
    card = p.Contact.model_validate(message["contact"])
    name = " ".join(word for word in (card.first_name, card.last_name) if word)
    phones = (c.CardPhone(number=card.phone_number),) if card.phone_number else ()
    made = c.ContactCard(
        name=(name or card.phone_number or "Contact")[:MAX_WORDS],
        first_name=card.first_name,
        last_name=card.last_name,
        phones=phones,
    )
    return c.Contacts(cards=(made,)), {}


def _poll(message: Raw) -> Read:
    poll = p.Poll.model_validate(message["poll"])
    options = tuple(option.text for option in poll.options if option.text)
    return c.Poll(question=poll.question[:MAX_WORDS], options=options), {}


def _dice(message: Raw) -> Read:
    dice = p.Dice.model_validate(message["dice"])
    return c.Text(body=f"{dice.emoji or '🎲'} {dice.value}"), {"kind": "dice"}


def _checklist(message: Raw) -> Read:
    told = p.Checklist.model_validate(message["checklist"])
    lines = [f"{'☑' if task.completion_date else '☐'} {task.text}" for task in told.tasks]
    return c.Text(body="\n".join([told.title, *lines])), {"kind": "checklist", "text": told.title or None}


def _rich_message(message: Raw) -> Read:
    """Its words, block by block, where it has some."""
    words = "\n".join(filter(None, (_words(block) for block in message["rich_message"]["blocks"])))
    extra = {"kind": "rich_message"}
    return (c.Text(body=words), extra) if words.strip() else (unsupported(message, None), extra)


def _words(value: Any, depth: int = 0) -> str:
    """The text inside nested rich text."""
    if isinstance(value, str):
        return value
    if depth > 20:
        return ""
    if isinstance(value, list):
        words = [_words(each, depth + 1) for each in value]
        return (
            "".join(words) if any(isinstance(each, str) for each in value) else " ".join(filter(None, words))
        )
    if not isinstance(value, dict):
        return ""
    inner = [
        value[name] for name in ("title", "text", "caption", "cells", "items", "blocks") if name in value
    ]
    return " ".join(filter(None, (_words(each, depth + 1) for each in inner)))


def _web_app_data(message: Raw) -> Read:
    told = part(message, "web_app_data")
    data, button = str(told["data"]), told.get("button_text")
    title = button[:MAX_WORDS] if isinstance(button, str) else None
    content = c.Interactive(type="other", title=title, body=data)
    return content, {"kind": "web_app_data", "payload": data} | known(button_text=title)


def _kept(kind: str) -> Callable[[Raw], Read]:
    """Kinds that have no likeness in our words; shown as such, with their caption."""

    def read(message: Raw) -> Read:
        text = _caption(message) or part(message, kind).get("title")
        return unsupported(message, None), {"kind": kind} | known(text=text)

    return read


_READERS: dict[str, Callable[[Raw], Read]] = {
    "animation": _animation,  # before document, which is set beside it
    "venue": _venue,  # before location, which is set beside it
    "live_photo": _live_photo,  # before photo, which is set beside it
    "text": _text,
    "photo": _photo,
    "video": _video,
    "video_note": _video_note,
    "audio": _audio,
    "voice": _voice,
    "document": _document,
    "sticker": _sticker,
    "location": _location,
    "contact": _contact,
    "poll": _poll,
    "dice": _dice,
    "checklist": _checklist,
    "rich_message": _rich_message,
    "web_app_data": _web_app_data,
    "story": _kept("story"),
    "game": _kept("game"),
    "paid_media": _kept("paid_media"),
}
