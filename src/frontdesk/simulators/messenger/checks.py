"""Whether the body of a send is one that Meta takes, and the message it makes.

Source: developers.facebook.com, Messenger Platform, "Send API", "Quick replies", "Button template" (2026).
"""

from typing import Any

from frontdesk.simulators.base import PhoneMessage
from frontdesk.simulators.messenger.errors import GraphError, wrong
from frontdesk.simulators.messenger.platforms import Platform
from frontdesk.simulators.messenger.state import Business, Phone, State

MESSAGING_TYPES = frozenset({"RESPONSE", "UPDATE", "MESSAGE_TAG"})
FILE_TYPES = frozenset({"image", "audio", "video", "file"})
_ACTIONS = frozenset({"typing_on", "typing_off", "mark_seen"})
_MAX_QUICK_REPLIES, _MAX_METADATA, _MAX_BUTTONS, _MAX_BUTTON_TEXT = 13, 1000, 3, 640

Object = dict[str, Any]


def check_action(platform: Platform, body: Object) -> str:
    """The sender action that a body asks for. Raises GraphError."""
    action = str(body["sender_action"])
    known = _ACTIONS | ({"react", "unreact"} if platform.takes_reactions else set())
    if action not in known:
        raise wrong(f"Param sender_action must be one of {{{', '.join(sorted(known)).upper()}}}")
    if "message" in body:
        raise wrong("A request has a message or a sender action, not both.")
    return action


def check_reaction(phone: Phone, body: Object) -> tuple[str, str]:
    """The message to react to, and the emoji; none takes it back. Raises GraphError."""
    payload = body.get("payload")
    payload = payload if isinstance(payload, dict) else {}
    target = phone.find(str(payload.get("message_id")))
    if target is None:
        raise wrong("Param payload[message_id] is not the id of a message of this conversation.")
    if body["sender_action"] == "unreact":
        return target.id, ""
    if payload.get("reaction") != "love":
        raise wrong("Param payload[reaction] must be love.")
    return target.id, "❤"


def made_of(state: State, platform: Platform, business: Business, phone: Phone, body: Object) -> PhoneMessage:
    """The message that a checked body makes. Raises GraphError."""
    _check_frame(body)
    told: Object = body["message"]
    kind, files, shown = _content(state, platform, told)
    message = PhoneMessage(state.message_id(), "business", business.id, kind, told, state.now(), shown=shown)
    message.facts["files"] = files
    answered = body.get("reply_to") or told.get("reply_to")
    if answered is not None:
        mid = answered.get("mid") if isinstance(answered, dict) else None
        if phone.find(str(mid)) is None:
            raise wrong("Param reply_to[mid] is not the id of a message of this conversation.")
        message.reply_to = str(mid)
    return message


def _check_frame(body: Object) -> None:
    told, kind = body.get("message"), body.get("messaging_type", "RESPONSE")
    if not isinstance(told, dict) or not told:
        raise wrong("param message must be non-empty.")
    if kind not in MESSAGING_TYPES:
        raise wrong(f"Param messaging_type must be one of {{{', '.join(sorted(MESSAGING_TYPES))}}}")
    if kind == "MESSAGE_TAG" and not body.get("tag"):
        raise wrong("Param tag is required with the messaging type MESSAGE_TAG.")
    metadata = told.get("metadata")
    if metadata is not None and not (isinstance(metadata, str) and len(metadata) <= _MAX_METADATA):
        raise wrong(f"Length of param message[metadata] must be less than or equal to {_MAX_METADATA}")


def _content(state: State, platform: Platform, told: Object) -> tuple[str, list[Object], str]:
    """The type of a message, its files, and its words."""
    text, given = told.get("text"), told.get("attachment")
    _check_quick_replies(told.get("quick_replies"))
    if given is not None:
        if text is not None:
            raise wrong("A message has a text or an attachment, not both.")
        return _attachment(state, given if isinstance(given, dict) else {})
    if not isinstance(text, str) or not text:
        raise wrong("param message must be non-empty.")
    if len(text) > platform.max_text:
        raise wrong(f"Length of param message[text] must be less than or equal to {platform.max_text}")
    return "text", [], text


def _check_quick_replies(replies: Any) -> None:
    if replies is None:
        return
    if not isinstance(replies, list) or not 0 < len(replies) <= _MAX_QUICK_REPLIES:
        raise wrong(f"Param message[quick_replies] must have 1 to {_MAX_QUICK_REPLIES} elements")
    for reply in replies:
        kind = reply.get("content_type") if isinstance(reply, dict) else None
        if kind not in {"text", "user_phone_number", "user_email"}:
            raise wrong("Param content_type of a quick reply must be text, user_phone_number or user_email")
        if kind == "text" and not (reply.get("title") and reply.get("payload")):
            raise wrong("A quick reply of text needs a title and a payload")


def _attachment(state: State, given: Object) -> tuple[str, list[Object], str]:
    kind, payload = given.get("type"), given.get("payload")
    payload = payload if isinstance(payload, dict) else {}
    if kind == "template":
        return "template", [], _template(payload)
    if kind not in FILE_TYPES:
        raise wrong("Param message[attachment][type] must be one of {audio, file, image, template, video}")
    stored = state.files.get(str(payload.get("attachment_id")))
    if stored is None:
        raise GraphError(100, "The attachment ID is invalid.", subcode=2018074)
    file = {"type": kind, "id": stored.id, "filename": stored.filename, "mime": stored.mime}
    return ("document" if kind == "file" else str(kind)), [file], ""


def _template(payload: Object) -> str:
    kind, text, buttons = payload.get("template_type"), payload.get("text"), payload.get("buttons")
    if kind != "button":
        raise wrong("This simulator knows the template type button.")
    if not isinstance(text, str) or not 0 < len(text) <= _MAX_BUTTON_TEXT:
        raise wrong(f"Length of param text must be 1 to {_MAX_BUTTON_TEXT}")
    if not isinstance(buttons, list) or not 0 < len(buttons) <= _MAX_BUTTONS:
        raise wrong(f"Param buttons must have 1 to {_MAX_BUTTONS} elements")
    return text
