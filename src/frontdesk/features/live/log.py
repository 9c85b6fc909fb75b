"""The account's log by pages, for programs that poll: the live line's events and cursors, without content."""

from typing_extensions import TypedDict

from frontdesk.domain.errors import Conflict, Malformed
from frontdesk.domain.scope import Scope
from frontdesk.features.live.cursors import LiveCursors
from frontdesk.features.live.frames import EventRead
from frontdesk.features.live.hydration import event_read
from frontdesk.store import conversations, events
from frontdesk.store.engine import Store
from frontdesk.store.tx import ReadTx, Row


class EventPage(TypedDict):
    """Events in ascending order of position; `next_cursor` goes on behind them, also on the live line."""

    items: list[EventRead]
    next_cursor: str


class CursorExpired(Conflict):
    """The log no longer reaches back to this cursor; fetch anew and go on from the live line's cursor."""

    code = "cursor_expired"


async def read_log(
    store: Store, cursors: LiveCursors, scope: Scope, after: str | None, limit: int
) -> EventPage:
    """The next events behind a cursor that this caller may see; from the log's beginning without one.

    Raises:
        Malformed: The cursor is not one of this account.
        CursorExpired: The log was emptied past it.
    """
    position = 0 if after is None else cursors.agent_position(scope.account_id, after)
    if position is None:
        raise Malformed("This is no cursor of the log.", field="after")
    start = position

    def query(tx: ReadTx) -> tuple[list[Row], int]:
        tail = events.tail(tx, scope.account_id)
        if after is not None and start < tail:
            raise CursorExpired("The log no longer reaches back to this cursor.", field="after")
        rows = events.page(tx, scope.account_id, max(start, tail), limit)
        return _visible(tx, scope, rows), rows[-1].position if rows else start

    rows, last = await store.read(query, snapshot=True)
    items: list[EventRead] = [event_read(row) for row in rows]
    return {"items": items, "next_cursor": cursors.of_agent(scope.account_id, last)}


def _visible(tx: ReadTx, scope: Scope, rows: list[Row]) -> list[Row]:
    if scope.inbox_ids is None:
        return rows
    ids = sorted({row.conversation_id for row in rows if row.conversation_id is not None})
    talks = conversations.many(tx, scope.account_id, ids)
    seen = {key for key, row in talks.items() if row.inbox_id in scope.inbox_ids}
    return [row for row in rows if row.conversation_id in seen]
