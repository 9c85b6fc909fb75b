"""Which inbox, thread and channel a conversation is in: it never changes, so it is kept in memory.

`last_incoming_at` is kept too: it only grows, so an open window stays open; a closed one is read anew.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from frontdesk.domain.errors import Busy, Conflict, NotFound
from frontdesk.domain.scope import Scope
from frontdesk.kit.coalesce import Coalescer, Full
from frontdesk.store import conversations
from frontdesk.store.engine import Store
from frontdesk.store.tx import ReadTx, Row

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
    """Finds places, from memory where it can; what many ask for at once is read at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[UUID, Place] = {}
        self._reads: Coalescer[tuple[UUID, UUID], Row | None] = Coalescer(self._read_all, lanes=2)

    async def get(self, scope: Scope, conversation_id: UUID, *, anew: bool = False) -> Place:
        """The place of a conversation that the scope may see.

        Raises:
            NotFound: There is none, or not for this caller.
            Conflict: Its inbox was deleted.
            Busy: Too many ask.
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
        try:
            row = await self._reads.submit((scope.account_id, conversation_id))
        except Full:
            raise Busy("Too many requests wait for the database.") from None
        if row is None:
            raise NotFound("There is no such conversation.")
        if row.inbox_deleted_at is not None:
            raise Conflict("The inbox of this conversation was deleted.")
        place = place_of(row)
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[conversation_id] = place
        return place

    async def _read_all(self, asked: Sequence[tuple[UUID, UUID]]) -> list[Row | None]:
        """The rows that are asked for by account and conversation, in order; None where there is none."""
        of_account: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for account_id, conversation_id in asked:
            of_account[account_id].add(conversation_id)

        def query(tx: ReadTx) -> dict[tuple[UUID, UUID], Row]:
            return {
                (account_id, row.id): row
                for account_id, ids in of_account.items()
                for row in conversations.places(tx, account_id, sorted(ids)).values()
            }

        found = await self._store.read(query)
        return [found.get(each) for each in asked]


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
