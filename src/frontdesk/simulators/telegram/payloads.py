"""Objects of the Bot API as updates and answers carry them. Pure.

Source: core.telegram.org, "Telegram Bot API", available types (10.3).
"""

from typing import Any

from frontdesk.simulators.base import PhoneMessage, StoredFile
from frontdesk.simulators.telegram.state import Business, Phone

Object = dict[str, Any]


def user(phone: Phone) -> Object:
    """A customer."""
    return {"id": int(phone.id), "is_bot": False, **_names(phone), "username": phone.username}


def chat(phone: Phone) -> Object:
    """The private chat with a customer."""
    return {"id": int(phone.id), **_names(phone), "username": phone.username, "type": "private"}


def bot(business: Business) -> Object:
    """A bot, as everybody sees it."""
    return {
        "id": int(business.id),
        "is_bot": True,
        "first_name": business.name,
        "username": business.address.removeprefix("@"),
    }


def me(business: Business) -> Object:
    """A bot, as it sees itself."""
    return bot(business) | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def message_of(business: Business, phone: Phone, message: PhoneMessage) -> Object:
    """A message of a private chat, whoever wrote it."""
    is_ours = message.sender == "business"
    told: Object = {
        "message_id": int(message.id),
        "from": bot(business) if is_ours else user(phone),
        "chat": chat(phone),
        "date": int(message.at.timestamp()),
    }
    answered = phone.find(message.reply_to) if message.reply_to else None
    if answered is not None:
        told["reply_to_message"] = message_of(business, phone, _without_reply(answered))
    return {**told, **message.facts, **message.body}


def _without_reply(message: PhoneMessage) -> PhoneMessage:
    """A quoted message quotes no other."""
    return PhoneMessage(message.id, message.sender, message.business, message.type, message.body, message.at)


def file(field: str, stored: StoredFile) -> Any:
    """A file inside a message; a photo comes in sizes."""
    told: Object = {
        "file_id": stored.id,
        "file_unique_id": stored.sha256[:16],
        "file_size": len(stored.content),
    }
    if field == "photo":
        return [
            told | {"file_id": f"{stored.id}-s", "width": 90, "height": 67},
            told | {"width": 320, "height": 240},
        ]
    if field == "sticker":
        size = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
        return told | size
    told["mime_type"] = stored.mime.partition(";")[0]
    if field in ("voice", "audio"):
        return told | {"duration": 3} | _named(field, stored)
    if field in ("video", "animation"):
        return told | {"duration": 3, "width": 320, "height": 240} | _named(field, stored)
    return told | _named(field, stored)


def _named(field: str, stored: StoredFile) -> Object:
    return {"file_name": stored.filename} if stored.filename and field != "voice" else {}


def _names(phone: Phone) -> Object:
    first, _, last = phone.name.partition(" ")
    return {"first_name": first, **({"last_name": last} if last else {})}
