"""Our messages as bodies of the Send API. Pure.

Source: developers.facebook.com, Messenger Platform, "Send API", "Quick replies", "Sender actions" (2026).
"""

from collections.abc import Mapping
from typing import Any

from frontdesk.channels.messenger.messages import MARK
from frontdesk.domain import content as c
from frontdesk.domain.errors import UnsupportedByChannel
from frontdesk.domain.inbound import Address
from frontdesk.ports.channel import OutboundMessage, ReadMark, TypingMark

Body = dict[str, Any]

FILE_TYPES = {"image": "image", "video": "video", "audio": "audio", "document": "file"}
"""Kinds with a file, by the platform's names for them."""
MAX_QUICK_REPLIES = 13
_MAX_TITLE = 20
_HEARTS = frozenset({"❤", "❤️"})


def recipient(to: Address, scheme: str) -> Body:
    """Whom a request is about.

    Raises:
        UnsupportedByChannel: The address is of another channel.
    """
    if to.scheme != scheme:
        raise UnsupportedByChannel(f"This channel cannot reach an address of scheme {to.scheme}", field="to")
    return {"recipient": {"id": to.value}}


def bodies(message: OutboundMessage, scheme: str, attachment_id: str | None) -> list[Body]:
    """The bodies that send a message, in order: a file and its caption are two.

    Raises:
        UnsupportedByChannel: The platform has no such message.
    """
    to = recipient(message.to, scheme)
    if isinstance(message.content, c.Reaction):
        return [to | _reaction(message, message.content)]
    frame = to | {"messaging_type": "RESPONSE"}
    if message.reply_to_source_id:
        frame["reply_to"] = {"mid": message.reply_to_source_id}
    made = [_message(message.content, attachment_id)]
    caption = getattr(message.content, "caption", None)
    if caption:
        made.append({"text": caption})
    own = {"metadata": f"{MARK}{message.delivery_id}"}
    return [
        (frame if n == 0 else to | {"messaging_type": "RESPONSE"}) | {"message": each | own}
        for n, each in enumerate(made)
    ]


def mark_body(mark: ReadMark | TypingMark, scheme: str) -> Body:
    """The body that shows typing, or that we have read."""
    action = "mark_seen" if isinstance(mark, ReadMark) else "typing_on"
    return recipient(mark.to, scheme) | {"sender_action": action}


def _message(content: c.Content, attachment_id: str | None) -> Body:
    match content:
        case c.Text():
            return {"text": content.body}
        case c.Interactive():
            return _interactive(content)
        case c.Image() | c.Video() | c.Audio() | c.Document() if attachment_id is not None:
            kind = FILE_TYPES[content.kind]
            return {"attachment": {"type": kind, "payload": {"attachment_id": attachment_id}}}
        case c.Image() | c.Video() | c.Audio() | c.Document():
            raise UnsupportedByChannel("there is no file to send", field="content.media")
        case _:
            raise UnsupportedByChannel(
                f"This channel cannot send content of kind {content.kind}", field="content.kind"
            )


def _reaction(message: OutboundMessage, content: c.Reaction) -> Body:
    """Instagram has a heart, and that only."""
    target = message.target_source_id or content.target_source_id
    if target is None:
        raise UnsupportedByChannel("the message to react to is not known to Meta", field="content.target_id")
    if content.emoji is None:
        return {"sender_action": "unreact", "payload": {"message_id": target}}
    if content.emoji not in _HEARTS:
        raise UnsupportedByChannel("Here a reaction is a heart (❤)", field="content.emoji")
    return {"sender_action": "react", "payload": {"message_id": target, "reaction": "love"}}


def _interactive(content: c.Interactive) -> Body:
    text = "\n\n".join(part for part in (content.header, content.body, content.footer) if part)
    match content.type:
        case "buttons":
            return {"text": text, "quick_replies": _quick_replies(content.buttons)}
        case "list":
            rows = tuple(row for section in content.sections for row in section.rows)
            return {"text": text, "quick_replies": _quick_replies(rows)}
        case "cta_url":
            button: Mapping[str, Any] = {
                "type": "web_url",
                "url": content.url,
                "title": _title(content.button),
            }
            payload = {"template_type": "button", "text": text, "buttons": [button]}
            return {"attachment": {"type": "template", "payload": payload}}
        case _:
            raise UnsupportedByChannel(
                f"This channel cannot send an interactive message of type {content.type}",
                field="content.type",
            )


def _quick_replies(choices: tuple[c.Choice, ...]) -> list[Body]:
    if len(choices) > MAX_QUICK_REPLIES:
        raise UnsupportedByChannel(
            f"Here a message has {MAX_QUICK_REPLIES} choices at most", field="content.buttons"
        )
    return [
        {"content_type": "text", "title": _title(choice.title), "payload": choice.id} for choice in choices
    ]


def _title(words: str | None) -> str:
    """A button's words; longer ones would be cut by Meta without a word."""
    if words is not None and len(words) > _MAX_TITLE:
        raise UnsupportedByChannel(
            f"A button here has {_MAX_TITLE} characters at most", field="content.buttons"
        )
    return words or ""
