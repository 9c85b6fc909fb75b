"""Messages of a hook in our words: received, edited, taken back; and proof of our own. Pure.

Source: docs.slack.dev, "message event" and its subtypes, "Message metadata" (2026).
"""

from uuid import UUID

from frontdesk.channels.slack.content import read_contents
from frontdesk.channels.slack.parties import Frame
from frontdesk.channels.slack.payloads import Raw, part, parts, read_ts, word
from frontdesk.channels.slack.places import is_direct, message_id
from frontdesk.domain import inbound as i
from frontdesk.domain.foreign import known
from frontdesk.domain.message import NO_CONTEXT, DeliveryStatus, MessageContext

METADATA = "frontdesk_delivery"
"""The type of the metadata that our sends carry."""
_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message", "bot_message"})


def read_message(event: Raw, frame: Frame) -> list[i.InboundEvent]:
    """A message, or what became of one."""
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return [_changed(event, frame)]
    if subtype == "message_deleted":
        return [_deleted(event, frame, part(event.get("previous_message")), event.get("deleted_ts"))]
    if word(subtype) not in _WRITTEN:
        told = known(
            system_type=word(subtype), sender=word(event.get("user")), external_id=word(event.get("ts"))
        )
        return [frame.ignored(str(subtype)[:200], event, **told)]
    return _received(event, frame)


def read_mention(event: Raw, frame: Frame) -> list[i.InboundEvent]:
    """A message that names the app. It comes as a message as well; the same id keeps them one."""
    return _received(event, frame, mention=True)


def read_metadata(event: Raw, frame: Frame) -> list[i.InboundEvent]:
    """What our own message carried."""
    channel, ts = word(event.get("channel_id")), word(event.get("message_ts"))
    if channel is None or ts is None or event.get("app_id") != frame.api_app_id:
        return [frame.ignored("metadata of another's", event)]
    return [_proof(event, frame, channel, ts)]


def _received(event: Raw, frame: Frame, **more: object) -> list[i.InboundEvent]:
    channel, ts = word(event.get("channel")), word(event.get("ts"))
    if channel is None or ts is None:
        return [frame.ignored("a message without channel or ts", event)]
    if frame.is_ours(event):
        return _own(event, frame, channel, ts)
    found = frame.writer(event)
    if found is None:
        return [frame.ignored("nothing says who wrote it", event)]
    party, extra = found
    place = frame.place(event, channel, party)
    root = word(event.get("thread_ts"))
    context = NO_CONTEXT
    if root is not None and root != ts and is_direct(channel, word(event.get("channel_type"))):
        context = MessageContext(reply_to_source_id=message_id(channel, root))
    told = frame.facts(event, external_id=ts, thread=root, **extra, **more)
    if isinstance(event.get("text"), str) and event["text"]:
        told["text"] = event["text"]
    source_id = message_id(channel, ts)
    return [
        i.MessageReceived(
            at=read_ts(ts),
            account_ref=frame.team,
            extra=told if n == 0 else known(chat=channel, sender=told.get("sender"), external_id=f"{ts}#{n}"),
            source_id=source_id if n == 0 else f"{source_id}#{n}",
            party=party,
            thread_key=place.thread_key,
            content=content,
            context=context,
            answer_to=place.answer_to,
        )
        for n, content in enumerate(read_contents(event))
    ]


def _own(event: Raw, frame: Frame, channel: str, ts: str) -> list[i.InboundEvent]:
    """Our own message: the proof of a send, or files, whose sending told no `ts`."""
    shared = [] if event.get("metadata") else [word(each.get("id")) for each in parts(event.get("files"))]
    if not shared:
        return [_proof(event, frame, channel, ts)]
    return [
        i.StatusReported(
            at=read_ts(ts),
            account_ref=frame.team,
            extra=frame.facts(event, external_id=ts),
            source_id=message_id(channel, file_id),
            status=DeliveryStatus.DELIVERED,
            provider_status="delivered",
            other_id=message_id(channel, ts),
        )
        for file_id in shared
        if file_id is not None
    ]


def _proof(event: Raw, frame: Frame, channel: str, ts: str) -> i.InboundEvent:
    """Our own message came to be: it settles a send whose answer was lost, and is nothing else."""
    told = part(event.get("metadata"))
    delivery_id = _uuid(part(told.get("event_payload")).get("delivery_id"))
    if told.get("event_type") != METADATA or delivery_id is None:
        return frame.ignored("our own message", event, sender_is_bot=True)
    return i.StatusReported(
        at=read_ts(ts),
        account_ref=frame.team,
        extra=frame.facts(event, external_id=ts),
        source_id=message_id(channel, ts),
        status=DeliveryStatus.DELIVERED,
        provider_status="delivered",
        delivery_id=delivery_id,
    )


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def _changed(event: Raw, frame: Frame) -> i.InboundEvent:
    """New words. Slack tells of unfolded links so too, which change nothing, and of deleted roots."""
    message, before = part(event.get("message")), part(event.get("previous_message"))
    if message.get("subtype") == "tombstone":
        return _deleted(event, frame, before, message.get("ts"))
    channel, target = word(event.get("channel")), word(message.get("ts"))
    is_same = bool(before) and all(before.get(name) == message.get(name) for name in ("text", "files"))
    if channel is None or target is None or is_same or frame.is_ours(message):
        return frame.ignored("nothing changed for us", event)
    found = frame.writer(message)
    extra = found[1] if found else {}
    told = frame.facts(event, external_id=word(event.get("ts")), target=target, **extra)
    told |= known(thread=word(message.get("thread_ts")), text=word(message.get("text")))
    return i.MessageEdited(
        at=read_ts(event.get("ts")),
        account_ref=frame.team,
        extra=told,
        target_source_id=message_id(channel, target),
        content=read_contents(message)[0],
        source_id=f"edit:{message_id(channel, str(event.get('ts')))}",
        party=found[0] if found else None,
    )


def _deleted(event: Raw, frame: Frame, before: Raw, deleted: object) -> i.InboundEvent:
    channel, target = word(event.get("channel")), word(deleted)
    if channel is None or target is None or frame.is_ours(before):
        return frame.ignored("nothing of a customer's was deleted", event)
    found = frame.writer(before)
    told = frame.facts(event, external_id=word(event.get("ts")), target=target, **(found[1] if found else {}))
    return i.MessageDeleted(
        at=read_ts(event.get("ts")),
        account_ref=frame.team,
        extra=told,
        target_source_id=message_id(channel, target),
        source_id=f"delete:{message_id(channel, str(event.get('ts')))}",
        party=found[0] if found else None,
    )
