"""Hooks in our words: every entry, change, message, status, call and error of a body, in order. Pure.

What cannot be read never takes its neighbours along: it stays as an unsupported message, or as an event that
says why it was passed over.
"""

from collections.abc import Callable, Mapping
from typing import Any

from frontdesk.channels.whatsapp import payloads as p
from frontdesk.channels.whatsapp.messages import read_echo, read_message
from frontdesk.channels.whatsapp.parties import Frame, account
from frontdesk.channels.whatsapp.reports import read_call, read_error, read_status, read_user_id, read_wishes
from frontdesk.domain.errors import Malformed
from frontdesk.domain.foreign import UNREADABLE, read_object
from frontdesk.domain.inbound import AccountNoticed, Ignored, InboundEvent

INEXISTENT = "inexistent"
"""Why a body without a single change is ignored."""
_FRAME = frozenset({"messaging_product", "metadata", "contacts"})
_LISTS: dict[str, Callable[[Any, Frame], InboundEvent]] = {
    "messages": read_message,
    "message_echoes": read_echo,
    "statuses": read_status,
    "calls": read_call,
    "user_id_update": read_user_id,
    "errors": read_error,
}


def parse_body(body: bytes) -> list[InboundEvent]:
    """Everything a hook's body says.

    Raises:
        Malformed: It is no JSON object with a list of entries.
    """
    entries = read_object(body).get("entry")
    if not isinstance(entries, list):
        raise Malformed("the body has no list of entries", field="entry")
    events: list[InboundEvent] = []
    for entry in entries:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        if not isinstance(changes, list):
            events.append(Ignored(reason="an entry without changes"))
            continue
        for change in changes:
            _read_change(change, entry, events)
    return events or [Ignored(reason=INEXISTENT)]


def _read_change(change: Any, entry: Mapping[str, Any], events: list[InboundEvent]) -> None:
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(value, dict):
        events.append(Ignored(reason="a change without a value"))
        return
    frame = Frame(value)
    before = len(events)
    for name, items in value.items():
        if name not in _LISTS or not items or (name == "errors" and "calls" in value):
            continue
        read_one = _LISTS[name]
        for item in items if isinstance(items, list) else [items]:
            try:
                events.append(read_one(item, frame))
            except UNREADABLE as error:
                events.append(_passed_over(name, item, frame, error))
    if len(events) == before:
        events.append(_notice(change.get("field"), value, entry, frame))


def _passed_over(name: str, item: Any, frame: Frame, error: Exception) -> Ignored:
    reason = f"one of {name} cannot be read: {' '.join(str(error).split())}"[:1000]
    return Ignored(reason=reason, account_ref=frame.account_ref, extra={"raw": item})


def _notice(field: Any, value: dict[str, Any], entry: Mapping[str, Any], frame: Frame) -> InboundEvent:
    """What is told about the account, or nothing at all."""
    if not isinstance(field, str) or field == "messages":
        is_empty = not set(value) - _FRAME
        return Ignored(reason="nothing in it" if is_empty else "unknown", account_ref=frame.account_ref)
    return AccountNoticed(
        at=p.read_time(entry.get("time")),
        account_ref=frame.account_ref or account(entry.get("id")),
        field_name=field[:1024],
        detail=value,
        wishes=read_wishes(value),
    )
