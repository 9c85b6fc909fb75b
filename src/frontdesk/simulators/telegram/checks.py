"""Checking what bots send, method by method, as the Bot API does. Raises BotError in its words."""

from collections.abc import Callable
from typing import Any

from frontdesk.simulators.base import StoredFile
from frontdesk.simulators.telegram import payloads
from frontdesk.simulators.telegram.errors import bad
from frontdesk.simulators.telegram.looking import FILE_FIELDS

Fields = dict[str, Any]
Made = tuple[str, Fields]
"""The kind of message a phone shows, and the fields of the message that the Bot API answers with."""
MAX_TEXT, MAX_CAPTION, MAX_CALLBACK_BYTES = 4096, 1024, 64


def made_of(method: str, fields: Fields, file: StoredFile | None) -> Made:
    """What a send makes. Raises BotError."""
    if method in FILE_METHODS:
        kind, body = _file(FILE_METHODS[method], fields, file)
    else:
        kind, body = _PLAIN[method](fields)
    keyboard = fields.get("reply_markup")
    if keyboard is not None:
        body["reply_markup"] = _keyboard(keyboard)
    return kind, body


def _text(fields: Fields) -> Made:
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad("message text is empty")
    if len(text) > MAX_TEXT:
        raise bad("message is too long")
    return "text", {"text": text}


def _file(field: str, fields: Fields, file: StoredFile | None) -> Made:
    if file is None:
        raise bad(f"there is no {field} in the request")
    body: Fields = {field: payloads.file(field, file)}
    caption = fields.get("caption")
    if isinstance(caption, str) and caption:
        if len(caption) > MAX_CAPTION:
            raise bad("message caption is too long")
        body["caption"] = caption
    return FILE_FIELDS[field], body


def _location(fields: Fields) -> Made:
    return "location", {"location": _point(fields)}


def _venue(fields: Fields) -> Made:
    if not fields.get("title") or not fields.get("address"):
        raise bad("title and address must be non-empty")
    point = _point(fields)
    venue = {"location": point, "title": str(fields["title"]), "address": str(fields["address"])}
    return "location", {"venue": venue, "location": point}


def _point(fields: Fields) -> Fields:
    try:
        return {"latitude": float(fields["latitude"]), "longitude": float(fields["longitude"])}
    except (KeyError, TypeError, ValueError) as error:
        raise bad("can't parse location") from error


def _contact(fields: Fields) -> Made:
    names = ("phone_number", "first_name", "last_name")
    card = {name: str(fields[name]) for name in names if fields.get(name)}
    if "phone_number" not in card or "first_name" not in card:
        raise bad("phone number and first name must be non-empty")
    return "contacts", {"contact": card}


def _poll(fields: Fields) -> Made:
    options = fields.get("options")
    if not fields.get("question") or not isinstance(options, list) or not 1 <= len(options) <= 12:
        raise bad("poll must have a question and up to 12 options")
    # An option is an object, or its words alone, as older bots send it.
    words = [str(each.get("text") if isinstance(each, dict) else each) for each in options]
    texts = [
        {"persistent_id": str(place), "text": each, "voter_count": 0} for place, each in enumerate(words)
    ]
    poll = {"id": "1", "question": str(fields["question"]), "options": texts, "total_voter_count": 0}
    poll |= {"is_closed": False, "is_anonymous": True, "type": "regular", "allows_multiple_answers": False}
    return "poll", {"poll": poll | {"allows_revoting": True, "members_only": False}}


def _keyboard(keyboard: Any) -> Fields:
    rows = keyboard.get("inline_keyboard") if isinstance(keyboard, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse inline keyboard")
    for button in (button for row in rows for button in row):
        if not isinstance(button, dict) or not button.get("text"):
            raise bad("text buttons are unallowed in the inline keyboard")
        pressed = button.get("callback_data")
        if pressed is None and not button.get("url"):
            raise bad("text buttons are unallowed in the inline keyboard")
        if pressed is not None and not 1 <= len(str(pressed).encode()) <= MAX_CALLBACK_BYTES:
            raise bad("BUTTON_DATA_INVALID")
    return {"inline_keyboard": rows}


FILE_METHODS = {
    "sendPhoto": "photo",
    "sendVideo": "video",
    "sendAnimation": "animation",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendDocument": "document",
    "sendSticker": "sticker",
}
_PLAIN: dict[str, Callable[[Fields], Made]] = {
    "sendMessage": _text,
    "sendLocation": _location,
    "sendVenue": _venue,
    "sendContact": _contact,
    "sendPoll": _poll,
}
SENDS = frozenset({*FILE_METHODS, *_PLAIN})
