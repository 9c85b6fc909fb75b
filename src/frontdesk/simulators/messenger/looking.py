"""How a message of the platform looks on a phone: its object read into the common `Look`. Pure."""

from typing import Any, Literal

from frontdesk.simulators.base import Look, LookChoice, LookFile, LookLink, PhoneMessage

_Kind = Literal["image", "audio", "video", "document", "sticker"]
FILE_KINDS: dict[str, _Kind] = {
    "image": "image",
    "audio": "audio",
    "video": "video",
    "file": "document",
    "story_mention": "image",
}
"""Types of attachment, by what the page draws."""


def look_of(message: PhoneMessage) -> Look:
    """The look of a message: its words, files, and buttons to press."""
    body = message.body if isinstance(message.body, dict) else {}
    files = tuple(_file(each) for each in message.facts.get("files", ()))
    template = _template(body)
    is_ours = message.sender == "business"
    replies = [each for each in body.get("quick_replies") or () if isinstance(each, dict)]
    buttons = [each for each in template.get("buttons") or () if isinstance(each, dict)]
    head = {"story_reply": "Answers your story", "story_mention": "Mentions you in a story"}.get(message.type)
    return Look(
        text=str(body.get("text") or template.get("text") or ("" if files else message.shown)),
        head=head or "",
        files=files,
        choices=tuple(_choice(each, message.id) for each in [*replies, *buttons] if _is_choice(each))
        if is_ours
        else (),
        links=tuple(
            LookLink(str(each.get("title")), str(each["url"])) for each in buttons if each.get("url")
        ),
    )


def _file(told: dict[str, Any]) -> LookFile:
    kind = "sticker" if told.get("is_sticker") else FILE_KINDS.get(str(told.get("type")), "document")
    return LookFile(kind, id=told.get("id"), filename=told.get("filename"), mime=told.get("mime"))


def _template(body: dict[str, Any]) -> dict[str, Any]:
    attachment = body.get("attachment")
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    return payload if isinstance(payload, dict) and "template_type" in payload else {}


def _is_choice(option: dict[str, Any]) -> bool:
    return option.get("content_type") == "text" or option.get("type") == "postback"


def _choice(option: dict[str, Any], message_id: str) -> LookChoice:
    title, payload = str(option.get("title", "")), str(option.get("payload", ""))
    if option.get("type") == "postback":
        return LookChoice(title, {"type": "postback", "title": title, "payload": payload})
    action = {"type": "button_reply", "id": payload, "title": title, "reply_to": message_id}
    return LookChoice(title, action)
