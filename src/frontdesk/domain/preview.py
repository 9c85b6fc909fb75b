"""One line of text that stands for a message in a list. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from frontdesk.domain.content import Content, content_adapter

MAX_PREVIEW = 120
"""Characters of a preview, the ellipsis included."""
_LOOK_AT = 8 * MAX_PREVIEW

_Say = Callable[[Any], str | None]
_WORDS: dict[str, _Say] = {
    "text": lambda text: text.body,
    "image": lambda image: image.caption,
    "video": lambda video: video.caption,
    "audio": lambda audio: audio.caption,
    "document": lambda document: document.caption or document.media.filename,
    "location": lambda location: location.name or location.address,
    "contacts": lambda contacts: ", ".join(card.name for card in contacts.cards),
    "interactive": lambda interactive: interactive.title or interactive.body,
    "button": lambda button: button.text,
    "order": lambda order: order.text,
    "template": lambda template: template.body or f"Template: {template.name}",
    "email": lambda email: email.subject or email.text,
    "poll": lambda poll: poll.question,
    "activity": lambda activity: activity.text or activity.activity,
}
_LABELS: dict[str, _Say] = {
    "image": lambda _: "Photo",
    "audio": lambda audio: "Voice message" if audio.voice else "Audio",
    "contacts": lambda _: "Contact",
    "reaction": lambda reaction: f"Reacted {reaction.emoji}" if reaction.emoji else "Reaction removed",
    "interactive": lambda interactive: "Form" if interactive.type == "flow_reply" else "Choice",
    "email": lambda _: "E-mail",
    "unsupported": lambda _: "Unsupported message",
}


def preview_of(content: Content) -> str:
    """What a list shows of this content: its words, else what it is; 120 characters, cut at a word."""
    say = _WORDS.get(content.kind)
    words = shortened(say(content) or "") if say else ""
    if words:
        return words
    label = _LABELS.get(content.kind)
    return (label(content) if label else None) or content.kind.capitalize()


def preview_of_json(content: str | Mapping[str, Any] | None) -> str:
    """The preview of stored content; empty when there is none."""
    if not content:
        return ""
    if isinstance(content, str):
        return preview_of(content_adapter.validate_json(content))
    return preview_of(content_adapter.validate_python(content))


def shortened(text: str, limit: int = MAX_PREVIEW) -> str:
    """Text on one line of at most `limit` characters; what is longer ends at a word, with an ellipsis."""
    line = " ".join(text[:_LOOK_AT].split())
    if len(line) <= limit and len(text) <= _LOOK_AT:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ")
    if line[limit - 1 : limit] not in {"", " "} and space >= limit // 2:
        cut = cut[:space]
    return f"{cut.rstrip()}…"
