"""Hooks in our words. Pure. One event that cannot be read never takes its neighbours along."""

from typing import Any

from pydantic import ValidationError

from frontdesk.channels.api import payloads as p
from frontdesk.domain import inbound as i
from frontdesk.domain.content import Content, Reaction, Unsupported, content_adapter
from frontdesk.domain.errors import Malformed
from frontdesk.domain.foreign import read_object
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import NO_CONTEXT, DeliveryStatus, Direction, MessageContext
from frontdesk.kit.phone import e164

PERSON, THREAD = "external", "external_thread"
"""The schemes of your ids of people and of threads."""
_OUR_IDS = frozenset({"attachment_id", "target_id"})
_OURS_ONLY = frozenset({"activity", "reaction"})


def parse_body(body: bytes) -> list[i.InboundEvent]:
    """Everything a hook says: one event, or `{"events": […]}`.

    Raises:
        Malformed: It is neither.
    """
    told = read_object(body)
    events = told.get("events", [told] if "type" in told else None)
    if not isinstance(events, list):
        raise Malformed("the body has neither a type nor a list of events", field="events")
    return [_read(event) for event in events]


def _read(raw: Any) -> i.InboundEvent:
    kind = raw.get("type") if isinstance(raw, dict) else None
    shape = p.SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        return i.Ignored(reason=f"an event of type {str(kind)[:80]}")
    try:
        return _told(shape.model_validate(raw))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        return i.Ignored(reason=f"a {kind} cannot be read: {where}: {first['msg']}"[:500], extra={"raw": raw})


def _told(event: p.Event) -> i.InboundEvent:
    match event:
        case p.Message():
            return _message(event)
        case p.Reaction():
            content = Reaction(emoji=event.emoji or None, target_source_id=event.target)
            extra = {} if event.emoji else {"removed": True}
            return _received(event, content, extra)
        case p.Edit():
            return i.MessageEdited(
                at=event.at, target_source_id=event.target, content=_content(event.content)
            )
        case p.Delete():
            return i.MessageDeleted(at=event.at, target_source_id=event.target)
        case p.Status():
            return _status(event)


def _message(event: p.Message) -> i.MessageReceived:
    found = _received(event, _content(event.content), {})
    if event.direction == "outgoing":
        found.direction = Direction.OUTGOING  # type: ignore[misc]
    if event.reply_to:
        found.context = MessageContext(reply_to_source_id=event.reply_to)  # type: ignore[misc]
    return found


def _received(event: p.Message | p.Reaction, content: Content, extra: dict[str, Any]) -> i.MessageReceived:
    party = _party(event.sender)
    main = party.addresses[0]
    thread = Address(THREAD, event.thread) if event.thread else None
    where = thread or main
    return i.MessageReceived(
        at=event.at,
        extra=extra | ({"thread": event.thread} if event.thread else {}),
        source_id=event.id,
        party=party,
        thread_key=f"{where.scheme}:{where.value}",
        content=content,
        context=NO_CONTEXT,
        answer_to=thread,
    )


def _party(person: p.Person) -> i.Party:
    addresses = [Address(PERSON, person.id)]
    number = e164(person.phone) if person.phone else None
    if number:
        addresses.append(Address("phone", number))
    if person.email:
        addresses.append(Address("email", person.email.lower()))
    return i.Party(tuple(addresses), person.name or None)


def _content(raw: dict[str, Any]) -> Content:
    """The content as this API has it everywhere; what is none is kept whole."""
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind in _OURS_ONLY:
        return Unsupported(source_kind=str(kind)[:80], raw=raw)
    try:
        return content_adapter.validate_python(_without_ours(raw))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        return Unsupported(source_kind=kind[:1024], reason=reason[:1024], raw=raw)


def _without_ours(value: Any) -> Any:
    """Without ids of the desk's own: nobody outside may point at a file or a message by them."""
    if isinstance(value, dict):
        return {name: _without_ours(part) for name, part in value.items() if name not in _OUR_IDS}
    return [_without_ours(part) for part in value] if isinstance(value, list) else value


def _status(event: p.Status) -> i.InboundEvent:
    source_id = event.id or (str(event.delivery_id) if event.delivery_id else None)
    if source_id is None:
        return i.Ignored(reason="a status needs id or delivery_id")
    problem = event.error or p.Problem()
    is_failure = event.status is DeliveryStatus.FAILED
    return i.StatusReported(
        at=event.at,
        source_id=source_id,
        status=event.status,
        provider_status=str(event.status),
        error_code=problem.code if is_failure else None,
        error_title=problem.message if is_failure else None,
        delivery_id=event.delivery_id,
    )
