"""From the account's log to what is posted: pages of lines, in the log's order. Posts nothing itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from frontdesk.domain.content import content_adapter
from frontdesk.domain.event import EventType
from frontdesk.domain.preview import shortened
from frontdesk.domain.transcript import has_file, words_of
from frontdesk.ports.mirror import Post
from frontdesk.store import conversations, events, mirrors, timeline
from frontdesk.store.tx import ReadTx, Row

PAGE = 100
OPEN = "Open at the desk"
_NEW = frozenset({EventType.MESSAGE_RECEIVED, EventType.MESSAGE_CREATED})
_TROUBLE = {
    EventType.DELIVERY_FAILED: "Not delivered",
    EventType.DELIVERY_UNKNOWN: "It is not known whether this was delivered",
}
_SAID = {
    EventType.MESSAGE_RECEIVED: "",
    EventType.MESSAGE_CREATED: " answered",
    EventType.MESSAGE_EDITED: " edited",
    EventType.MESSAGE_DELETED: " deleted",
}
_SHOWN = frozenset({*_SAID, *_TROUBLE})
_SPOKEN = ("incoming", "outgoing")


@dataclass(frozen=True, slots=True)
class Line:
    """A post and its place in the log."""

    position: int
    conversation_id: UUID
    post: Post


@dataclass(frozen=True, slots=True)
class LogPage:
    """What a page of the log has to show, up to which position it goes, and whether it is the last."""

    lines: tuple[Line, ...]
    position: int
    is_last: bool


def read_page(tx: ReadTx, account_id: UUID, inbox_id: UUID, after: int, desk_url: str) -> LogPage:
    """What happened after a position: what customers and agents said; never notes and activities.

    Left out is what was written in the inbox's own threads, for it stands there.
    """
    rows = events.page(tx, account_id, max(after, events.tail(tx, account_id)), PAGE)
    shown = [row for row in rows if row.type in _SHOWN and row.subject_id is not None]
    messages = timeline.many(tx, account_id, sorted({row.subject_id for row in shown}))
    talks = conversations.many(tx, account_id, sorted({each.conversation_id for each in messages.values()}))
    there = mirrors.replied(tx, account_id, inbox_id, sorted(messages))
    lines = _lines(shown, messages, talks, there, inbox_id, desk_url)
    return LogPage(tuple(lines), rows[-1].position if rows else after, len(rows) < PAGE)


def _lines(  # noqa: PLR0917 - what was read, and where it is shown
    shown: Sequence[Row],
    messages: Mapping[UUID, Row],
    talks: Mapping[UUID, Row],
    there: set[UUID],
    inbox_id: UUID,
    desk_url: str,
) -> list[Line]:
    found = []
    for row in shown:
        message = messages.get(row.subject_id)
        talk = talks.get(message.conversation_id) if message is not None else None
        if message is None or talk is None or message.direction not in _SPOKEN:
            continue
        if row.type in _NEW and message.id in there:
            continue
        found.append(Line(row.position, talk.id, _post(row, message, talk, inbox_id, desk_url)))
    return found


def _post(row: Row, message: Row, talk: Row, inbox_id: UUID, desk_url: str) -> Post:
    url = f"{desk_url}/inbox/all/{talk.id}"
    customer = talk.contact_name or talk.address
    content = content_adapter.validate_json(message.content)
    words, has_more = words_of(content), has_file(content)
    if row.type in _TROUBLE:
        head = _TROUBLE[EventType(row.type)]
        words = f"“{shortened(words)}”" + (f": {message.delivery_error}" if message.delivery_error else "")
    else:
        writer = customer if message.direction == "incoming" else "The desk"
        head = f"{message.author_name or writer}{_SAID[EventType(row.type)]}"
    if message.deleted_at is not None and row.type not in _TROUBLE:
        words, has_more = "" if row.type == EventType.MESSAGE_DELETED else "[deleted]", False
    return Post(
        key=uuid5(inbox_id, str(row.position)),
        at=row.at,
        head=head,
        text=words,
        links=((OPEN, url),) if has_more else (),
        subject=f"{customer} · {talk.inbox_name}",
        url=url,
    )
