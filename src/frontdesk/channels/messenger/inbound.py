"""Hooks in our words: every entry and every event of a body, in order. Pure.

What cannot be read never takes its neighbours along.
"""

from collections.abc import Callable
from typing import Any

from frontdesk.channels.messenger import messages, reports
from frontdesk.channels.messenger import payloads as p
from frontdesk.channels.messenger.frames import Events, Frame
from frontdesk.domain import inbound as i
from frontdesk.domain.errors import Malformed
from frontdesk.domain.foreign import MAX_WORDS, UNREADABLE, Raw, read_object


def parse_body(body: bytes, scheme: str) -> list[i.InboundEvent]:
    """Everything a hook's body says; people are addressed by this scheme.

    Raises:
        Malformed: It is no JSON object with a list of entries.
    """
    entries = read_object(body).get("entry")
    if not isinstance(entries, list):
        raise Malformed("the body has no list of entries", field="entry")
    events: list[i.InboundEvent] = []
    for entry in entries:
        if not isinstance(entry, dict):
            events.append(i.Ignored(reason="an entry that is no object"))
            continue
        account_ref = p.read_id(entry.get("id"))
        for name in ("messaging", "standby"):
            items = entry.get(name)
            for raw in items if isinstance(items, list) else ():
                events += _read(scheme, raw, account_ref, is_standby=name == "standby")
        events += _changes(entry, account_ref)
    return events or [i.Ignored(reason="nothing in it")]


def _read(scheme: str, raw: Any, account_ref: str | None, *, is_standby: bool) -> Events:
    if not isinstance(raw, dict):
        return [i.Ignored(reason="an event that is no object", account_ref=account_ref)]
    frame = Frame(scheme, raw, account_ref, is_standby)
    kind = next((name for name in _READERS if isinstance(raw.get(name), dict)), None)
    if kind is None:
        named = next((name for name in raw if name not in ("sender", "recipient", "timestamp")), "nothing")
        return frame.ignored(f"an event of kind {named}")
    try:
        return _READERS[kind](frame, raw[kind])
    except UNREADABLE as error:
        return frame.ignored(f"the {kind} cannot be read: {' '.join(str(error).split())}")


def _changes(entry: Raw, account_ref: str | None) -> Events:
    """What is told about the account: comments, mentions and the like."""
    changes, found = entry.get("changes"), list[i.InboundEvent]()
    for change in changes if isinstance(changes, list) else ():
        field, value = (
            (change.get("field"), change.get("value")) if isinstance(change, dict) else (None, None)
        )
        if not isinstance(field, str):
            found.append(i.Ignored(reason="a change without a field", account_ref=account_ref))
            continue
        detail = value if isinstance(value, dict) else {"value": value}
        notice = i.AccountNoticed(account_ref=account_ref, field_name=field[:MAX_WORDS], detail=detail)
        found.append(notice)
    return found


_READERS: dict[str, Callable[[Frame, Raw], Events]] = {
    "message": messages.message,
    "postback": messages.postback,
    "reaction": messages.reaction,
    "message_edit": messages.edited,
    "delivery": reports.delivered,
    "read": reports.seen,
    "referral": reports.arrived,
}
