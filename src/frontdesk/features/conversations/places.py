"""Which inbox, thread and channel a conversation is in: it never changes, so it is kept in memory.

`last_incoming_at` is kept too: it only grows, so an open window stays open; a closed one is read anew.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from frontdesk.domain.errors import Conflict, NotFound
from frontdesk.domain.scope import Scope
from frontdesk.store import conversations
from frontdesk.store.engine import Store
from frontdesk.store.tx import Row

KEPT_SECONDS = 30.0
"""An inbox may be deleted meanwhile; it is noticed after so long."""
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is."""

    account_id: UUID
    inbox_id: UUID
    thread_id: UUID
    contact_id: UUID
    channel: str
    last_incoming_at: datetime | None
    until: float


class Places:
    """Finds places, from memory where it can."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[UUID, Place] = {}

    async def get(self, scope: Scope, conversation_id: UUID, *, anew: bool = False) -> Place:
        """The place of a conversation that the scope may see.

        Raises:
            NotFound: There is none, or not for this caller.
            Conflict: Its inbox was deleted.
        """
        place = self._kept.get(conversation_id)
        if anew or place is None or place.until < time.monotonic():
            place = await self._read(scope, conversation_id)
        if (
            place.account_id != scope.account_id
            or (scope.inbox_ids is not None and place.inbox_id not in scope.inbox_ids)
            or (scope.contact_id is not None and place.contact_id != scope.contact_id)
        ):
            raise NotFound("There is no such conversation.")
        return place

    async def _read(self, scope: Scope, conversation_id: UUID) -> Place:
        row = await self._store.read(lambda tx: conversations.place(tx, scope.account_id, conversation_id))
        if row is None:
            raise NotFound("There is no such conversation.")
        if row.inbox_deleted_at is not None:
            raise Conflict("The inbox of this conversation was deleted.")
        place = place_of(row)
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[conversation_id] = place
        return place


def place_of(row: Row) -> Place:
    """The place that a row of `store.conversations.place` tells."""
    return Place(
        row.account_id,
        row.inbox_id,
        row.thread_id,
        row.contact_id,
        row.channel,
        row.last_incoming_at,
        time.monotonic() + KEPT_SECONDS,
    )
