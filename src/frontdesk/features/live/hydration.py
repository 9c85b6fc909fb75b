"""From the log to frames: events with what they are about, written out once per audience."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from frontdesk.domain.event import EventType
from frontdesk.features.conversations.reads import ConversationRead, MessageRead
from frontdesk.features.conversations.views import Views, for_visitor
from frontdesk.features.live.cursors import LiveCursors
from frontdesk.features.live.frames import EventRead, Frame, write
from frontdesk.kit.clock import utc_now
from frontdesk.store import conversations, events, timeline
from frontdesk.store.engine import Store
from frontdesk.store.tx import ReadTx, Row

_MESSAGES = ("message.", "delivery.", "attachment.")
_VISITOR_DIRECTIONS = ("incoming", "outgoing")
_CONTENT_CHANGED = frozenset(
    {
        EventType.MESSAGE_RECEIVED,
        EventType.MESSAGE_CREATED,
        EventType.MESSAGE_EDITED,
        EventType.MESSAGE_DELETED,
        EventType.MESSAGE_REACTED,
        EventType.ATTACHMENT_STORED,
        EventType.ATTACHMENT_FAILED,
        EventType.ATTACHMENT_CHECKED,
    }
)
_STATUS_CHANGED = frozenset(
    {
        EventType.CONVERSATION_OPENED,
        EventType.CONVERSATION_RESOLVED,
        EventType.CONVERSATION_REOPENED,
        EventType.CONVERSATION_SNOOZED,
        EventType.CONVERSATION_PENDING,
    }
)


class Hydration:
    """Reads pages of an account's log as frames."""

    def __init__(self, store: Store, views: Views, cursors: LiveCursors) -> None:
        self._store, self._views, self._cursors = store, views, cursors

    async def bounds(self, account_id: UUID) -> tuple[int, int]:
        """The log's tail and head."""
        return await self._store.read(
            lambda tx: (events.tail(tx, account_id), events.head(tx, account_id)), snapshot=True
        )

    async def frames(self, account_id: UUID, after: int, limit: int) -> list[Frame]:
        """The frames of the next events after a position, in order; fewer than `limit` is all there is.

        What an event is about is shown as it is now, which may be later than the event. So no snapshot is
        needed: who reads a thing before its change hears of the change by the next event.
        """
        return await self._store.read(lambda tx: self._read(tx, account_id, after, limit))

    def _read(self, tx: ReadTx, account_id: UUID, after: int, limit: int) -> list[Frame]:
        rows = events.page(tx, account_id, after, limit)
        if not rows:
            return []
        talks = _ids(row.conversation_id for row in rows)
        said = _ids(row.subject_id for row in rows if row.type.startswith(_MESSAGES))
        talk_rows = conversations.many(tx, account_id, talks)
        now = utc_now()  # the database would be asked anew for each page
        shown = {key: self._views.conversation(row, now) for key, row in talk_rows.items()}
        begun_by = {key: row.contact_id for key, row in talk_rows.items()}
        found = list(timeline.many(tx, account_id, said).values())
        messages = dict(zip((row.id for row in found), self._views.messages(tx, found), strict=True))
        return [self._frame(row, shown, messages, begun_by) for row in rows]

    def _frame(
        self,
        row: Row,
        talks: dict[UUID, ConversationRead],
        messages: dict[UUID, MessageRead],
        begun_by: dict[UUID, UUID],
    ) -> Frame:
        talk = talks.get(row.conversation_id) if row.conversation_id else None
        message = messages.get(row.subject_id) if row.subject_id else None
        event: dict[str, Any] = {**event_read(row)}
        if talk is not None:
            event["conversation"] = talk
        if message is not None:
            event["message"] = message
        cursor = self._cursors.of_agent(row.account_id, row.position)
        agent = write("event", cursor=cursor, event=event)
        if talk is None:
            return Frame(row.position, agent)
        contact_id, visitor = begun_by[talk["id"]], None
        if _is_for_visitor(row.type, message):
            visitor = partial(self._write_for_visitor, row, talk, message, contact_id)
        return Frame(row.position, agent, talk["inbox"]["id"], contact_id, visitor)

    def _write_for_visitor(
        self, row: Row, talk: ConversationRead, message: MessageRead | None, contact_id: UUID
    ) -> str:
        told = _for_visitor(row.type, row.seq, talk, message)
        return write(cursor=self._cursors.of_visitor(contact_id, row.position), **told)


def event_read(row: Row) -> EventRead:
    """An event as readers of the log get it: ids and facts, no content."""
    return {
        "position": row.position,
        "type": row.type,
        "at": row.at,
        "conversation_id": row.conversation_id,
        "subject_id": row.subject_id,
        "seq": row.seq,
        "facts": row.facts or {},
    }


def _is_for_visitor(type_: str, message: MessageRead | None) -> bool:
    if message is not None:
        return message["direction"] in _VISITOR_DIRECTIONS
    return type_ in _STATUS_CHANGED or type_ == EventType.CONVERSATION_READ


def _for_visitor(
    type_: str, seq: int | None, talk: ConversationRead, message: MessageRead | None
) -> dict[str, Any]:
    if message is None:
        if type_ == EventType.CONVERSATION_READ:
            return {"type_": "seen", "conversation_id": talk["id"], "seq": seq}
        return {"type_": "conversation", "status": talk["status"]}
    if type_ in _CONTENT_CHANGED:
        return {"type_": "message", "message": for_visitor(message, talk["read_seq"])}
    return {"type_": "status", "message_id": message["id"], "status": message["status"]}


def _ids(values: Any) -> Sequence[UUID]:
    return sorted({value for value in values if value is not None})
