"""Events as the platform's hooks carry them, and the envelope around them. Pure.

Source: developers.facebook.com, Messenger Platform, "Webhook events reference"; Instagram Messaging,
"Webhooks" (2026).
"""

from collections.abc import Callable, Sequence
from typing import Any

from frontdesk.simulators.base import Hook, PhoneMessage
from frontdesk.simulators.messenger.state import Business, Phone

Object = dict[str, Any]

FIELD_OF = {
    "message": "messages",
    "postback": "messaging_postbacks",
    "reaction": "message_reactions",
    "message_edit": "message_edits",
    "delivery": "message_deliveries",
    "read": "message_reads",
    "referral": "messaging_referrals",
    "echo": "message_echoes",
}
"""Which subscribed field each kind of event belongs to."""
REACTIONS = {
    "❤": "love",
    "👍": "like",
    "👎": "dislike",
    "😆": "smile",
    "😂": "smile",
    "😮": "wow",
    "😢": "sad",
    "😠": "angry",
}
"""Meta's names of reactions; any other emoji is `other`."""


def event(
    business: Business, phone: Phone, at: int, kind: str, value: Object, *, is_echo: bool = False
) -> Object:
    """One event between a customer and a page."""
    sides = ({"id": phone.id}, {"id": business.account_id})
    sender, recipient = reversed(sides) if is_echo else sides
    return {"sender": sender, "recipient": recipient, "timestamp": at, kind: value}


def hook_of(
    business: Business,
    phone: Phone,
    about: str,
    told: Object,
    on_taken: Callable[[], None] | None = None,
) -> Hook:
    """An event on its way, with the field it belongs to."""
    kind = next(name for name in told if name not in {"sender", "recipient", "timestamp"})
    field = FIELD_OF["echo" if told[kind].get("is_echo") else kind]
    value = {"account": business.account_id, "field": field, "event": told}
    return Hook(business.id, phone.id, (about,), value, on_taken)


def envelope(kind: str, hooks: Sequence[Hook], shape: str) -> Object:
    """One request's body: an entry for each event, or by the shape `values` one for all of an account."""
    entries: list[Object] = []
    for hook in hooks:
        account, told = hook.value["account"], hook.value["event"]
        if shape == "values" and entries and entries[-1]["id"] == account:
            entries[-1]["messaging"].append(told)
        else:
            entries.append({"id": account, "time": told["timestamp"], "messaging": [told]})
    return {"object": kind, "entry": entries}


def message_object(business: Business, message: PhoneMessage) -> Object:
    """A message's own object: its id, words, answered message, and files by their addresses."""
    told: Object = {"mid": message.id}
    body = message.body if isinstance(message.body, dict) else {}
    if body.get("text"):
        told["text"] = body["text"]
    if body.get("quick_reply"):
        told["quick_reply"] = body["quick_reply"]
    if message.reply_to is not None:
        told["reply_to"] = {"mid": message.reply_to}
    if message.type == "story_reply":
        told["reply_to"] = {"story": body["story"]}
    attachments = [attachment(business, each) for each in message.facts.get("files", ())]
    if attachments:
        told["attachments"] = attachments
    template = body.get("attachment")
    if isinstance(template, dict) and template.get("type") == "template":
        told["attachments"] = [template]
    if message.type == "unsupported":
        told["is_unsupported"] = True
    return told


def attachment(business: Business, file: Object) -> Object:
    """A file as hooks name it: its address needs no token."""
    payload: Object = {"url": file_url(business, file["id"])}
    if file.get("is_sticker"):
        payload["sticker_id"] = 369239263222822
    return {"type": file["type"], "payload": payload}


def file_url(business: Business, file_id: str) -> str:
    """Where a file is."""
    return f"{business.files_at}/cdn/{file_id}"


def delivered(business: Business, phone: Phone, message_ids: Sequence[str], at: int) -> Object:
    """These messages arrived."""
    return event(business, phone, at, "delivery", {"mids": list(message_ids), "watermark": at})


def read(
    business: Business, phone: Phone, message_id: str, watermark: int, at: int, *, by_id: bool
) -> Object:
    """Everything until then was read; on Instagram the last message is named."""
    return event(business, phone, at, "read", {"mid": message_id} if by_id else {"watermark": watermark})


def reaction(message_id: str, emoji: str) -> Object:
    """An emoji on a message; none takes it back."""
    if not emoji:
        return {"mid": message_id, "action": "unreact"}
    name = REACTIONS.get(emoji.removesuffix("\ufe0f"), "other")
    return {"mid": message_id, "action": "react", "reaction": name, "emoji": emoji}


def edited(message: PhoneMessage) -> Object:
    """A message with its new words."""
    return {"mid": message.id, "text": message.shown, "num_edit": message.facts["edits"]}
