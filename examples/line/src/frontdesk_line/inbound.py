"""Hooks in Frontdesk's words. Pure. One event that cannot be read never takes its neighbours along."""

from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.errors import Malformed
from frontdesk_line import payloads as p

SCHEME = "line"
"""The scheme of LINE's ids of users, groups and rooms."""
_FILES = {"image": c.Image, "video": c.Video, "audio": c.Audio, "file": c.Document}


def parse_body(body: bytes) -> list[i.InboundEvent]:
    """Everything a hook says, in order.

    Raises:
        Malformed: It is not LINE's shape.
    """
    try:
        hook = p.Hook.model_validate_json(body)
    except ValidationError as error:
        raise Malformed("the body is not a hook of LINE", field="events") from error
    return [_read(raw, hook.destination) for raw in hook.events]


def _read(raw: dict[str, Any], bot: str | None) -> i.InboundEvent:
    try:
        event = p.Event.model_validate(raw)
        at = None if event.timestamp is None else datetime.fromtimestamp(event.timestamp / 1000, UTC)
    except (ValidationError, ValueError, OverflowError, OSError) as error:
        reason = f"an event that cannot be read: {error}"[:500]
        return i.Ignored(account_ref=bot, reason=reason, extra={"raw": raw})
    chat = event.source.chat
    if event.message is not None and chat is not None:
        return i.MessageReceived(
            at=at,
            account_ref=bot,
            source_id=event.message.id,
            party=i.Party((i.Address(SCHEME, chat),)),
            thread_key=f"{SCHEME}:{chat}",
            content=_content(event.message, raw),
            extra={} if event.source.user_id in (None, chat) else {"member": event.source.user_id},
        )
    if event.unsend is not None:
        return i.MessageDeleted(at=at, account_ref=bot, target_source_id=event.unsend.message_id)
    return i.Ignored(at=at, account_ref=bot, reason=f"an event of type {event.type[:80]}")


def _content(message: p.Message, raw: dict[str, Any]) -> c.Content:
    try:
        if message.type == "text" and message.text:
            return c.Text(body=message.text)
        if message.type in _FILES:
            content: c.Content = _FILES[message.type](media=_media(message))
            return content
        if message.type == "location" and message.latitude is not None and message.longitude is not None:
            return c.Location(
                latitude=message.latitude,
                longitude=message.longitude,
                name=message.title,
                address=message.address,
            )
    except ValidationError as error:
        return c.Unsupported(source_kind=message.type[:80], reason=str(error)[:500], raw=raw)
    return c.Unsupported(source_kind=message.type[:80], raw=raw)


def _media(message: p.Message) -> c.Media:
    """The file by LINE's id, or by its address where LINE does not hold it."""
    holder = message.content_provider
    if holder is not None and holder.type == "external":
        return c.Media(url=holder.original_content_url)
    return c.Media(source_media_id=message.id, filename=message.file_name, size=message.file_size)
