"""Our messages as the bodies of Web API calls. Pure.

Source: docs.slack.dev, "chat.postMessage", "Block Kit: blocks" and "Message metadata" (2026).
"""

from typing import Any

from frontdesk.channels.slack.markup import escaped
from frontdesk.channels.slack.messages import METADATA
from frontdesk.channels.slack.places import destination, split_message
from frontdesk.domain import content as c
from frontdesk.domain.errors import UnsupportedByChannel
from frontdesk.ports.channel import OutboundMessage

Body = dict[str, Any]

FILES = ("image", "audio", "video", "document")
KINDS_OUT = frozenset({*FILES, "text", "location", "reaction", "interactive"})
MAX_TEXT = 12_000
"""Slack cuts a text off at 40,000 characters of its own writing, in which one sign may take five."""
_BLOCK_TEXT = 3000


def destination_of(message: OutboundMessage) -> tuple[str, str | None]:
    """Channel (or user) and thread of a message.

    In a direct message the answered message's thread is taken: elsewhere the address names it.

    Raises:
        UnsupportedByChannel: It is not Slack's address.
    """
    found = destination(message.to)
    if found is None:
        raise UnsupportedByChannel(f"Slack cannot reach an address of scheme {message.to.scheme}", field="to")
    channel, thread = found
    if thread is None and message.reply_to_source_id is not None:
        answered = split_message(message.reply_to_source_id)
        if answered is not None:
            return answered[0] if channel.startswith(("U", "W")) else channel, answered[1].partition("#")[0]
    return channel, thread


def post_body(message: OutboundMessage) -> Body:
    """The body of `chat.postMessage`; its metadata carries our delivery id, which Slack tells again.

    Raises:
        UnsupportedByChannel: Slack has no such message.
    """
    channel, thread = destination_of(message)
    text, blocks = _words(message.content)
    body: Body = {"channel": channel, "text": escaped(text)}
    if thread is not None:
        body["thread_ts"] = thread
    if blocks:
        body["blocks"] = blocks
    is_unfolded = isinstance(message.content, c.Text) and message.content.preview_url
    metadata = {"event_type": METADATA, "event_payload": {"delivery_id": str(message.delivery_id)}}
    return body | {"unfurl_links": is_unfolded, "unfurl_media": is_unfolded, "metadata": metadata}


def reaction_target(message: OutboundMessage, reaction: c.Reaction) -> Body:
    """Channel and timestamp of the message to react to.

    Raises:
        UnsupportedByChannel: It is not known to Slack.
    """
    found = split_message(message.target_source_id or reaction.target_source_id or "")
    if found is None:
        raise UnsupportedByChannel("the message to react to is not known to Slack", field="content.target_id")
    return {"channel": found[0], "timestamp": found[1].partition("#")[0]}


def caption_of(content: c.Content) -> str | None:
    """The words that go with a file, as Slack writes them."""
    caption = getattr(content, "caption", None)
    return escaped(caption) if caption else None


def _words(content: c.Content) -> tuple[str, list[Body]]:
    """The text of a message, and its blocks if it needs any."""
    match content:
        case c.Text():
            return content.body, []
        case c.Location():
            place = f"{content.latitude},{content.longitude}"
            named = [part for part in (content.name, content.address) if part]
            link = (
                content.url
                or f"https://www.openstreetmap.org/?mlat={content.latitude}&mlon={content.longitude}"
            )
            return "\n".join([*(named or [place]), link]), []
        case c.Interactive():
            return _choices(content)
        case _:
            raise UnsupportedByChannel(
                f"Slack cannot send content of kind {content.kind}", field="content.kind"
            )


def _choices(content: c.Interactive) -> tuple[str, list[Body]]:
    text = "\n".join(part for part in (content.header, content.body, content.footer) if part)
    elements: list[Body]
    match content.type:
        case "buttons":
            elements = [
                {"type": "button", "action_id": f"button_{n}", "value": each.id, "text": _plain(each.title)}
                for n, each in enumerate(content.buttons)
            ]
        case "cta_url":
            link = {"type": "button", "action_id": "link", "url": content.url}
            elements = [link | {"text": _plain(content.button or "Open")}]
        case "list":
            elements = [_select(content)]
        case _:
            raise UnsupportedByChannel(
                f"Slack cannot send an interactive message of type {content.type}", field="content.type"
            )
    words = {"type": "mrkdwn", "text": escaped(text)[:_BLOCK_TEXT]}
    return text, [{"type": "section", "text": words}, {"type": "actions", "elements": elements}]


def _select(content: c.Interactive) -> Body:
    options = [
        {"text": _plain(row.title), "value": row.id[:150]}
        | ({"description": _plain(row.description)} if row.description else {})
        for section in content.sections
        for row in section.rows
    ]
    placeholder = _plain(content.button or "Choose")
    return {"type": "static_select", "action_id": "list", "placeholder": placeholder, "options": options}


def _plain(text: str) -> Body:
    return {"type": "plain_text", "text": text[:75]}
