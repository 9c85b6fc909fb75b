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
from frontdesk.domain.pace import Use
from frontdesk.domain.scope import Scope
from frontdesk.features.conversations.limits import rates_of, uses
from frontdesk.features.conversations.standing import NONE, Standing, quiet_hours_of
from frontdesk.kit.coalesce import Coalescer, Full
from frontdesk.ports.channel import Channel
from frontdesk.store import conversations, opt_outs
from frontdesk.store.engine import WHOLE, Store
from frontdesk.store.tx import ReadTx, Row

KEPT_SECONDS = 30.0
"""An inbox may be deleted meanwhile; it is noticed after so long."""
_MOST = 50_000


_Found = tuple[Row, tuple[Use, ...]]


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
    standing: Standing = NONE


class Places:
    """Finds places, from memory where it can; what many ask for at once is read at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[UUID, Place] = {}
        self._reads: Coalescer[tuple[UUID, UUID], _Found | None] = Coalescer(self._read_all, whole=WHOLE)

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

    def forget(self) -> None:
        """Read all anew: what may be sent changed."""
        self._kept = {}

    async def _read(self, scope: Scope, conversation_id: UUID) -> Place:
        try:
            found = await self._reads.submit((scope.account_id, conversation_id))
        except Full:
            raise Busy("Too many requests wait for the database.") from None
        if found is None:
            raise NotFound("There is no such conversation.")
        row, spent = found
        if row.inbox_deleted_at is not None:
            raise Conflict("The inbox of this conversation was deleted.")
        place = place_of(row, spent)
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[conversation_id] = place
        return place

    async def _read_all(self, asked: Sequence[tuple[UUID, UUID]]) -> list[_Found | None]:
        """The rows, and how much of their limits is used, in the order asked; None where there is none."""
        of_account: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for account_id, conversation_id in asked:
            of_account[account_id].add(conversation_id)

        def query(tx: ReadTx) -> dict[tuple[UUID, UUID], _Found]:
            rows = {
                (account_id, row.id): row
                for account_id, ids in of_account.items()
                for row in conversations.places(tx, account_id, sorted(ids)).values()
            }
            return {key: (row, caps_used(tx, row)) for key, row in rows.items()}

        found = await self._store.read(query)
        return [found.get(each) for each in asked]


def caps_used(tx: ReadTx, row: Row) -> tuple[Use, ...]:
    """How much of the caps of a day is used; the statement runs for inboxes that have some."""
    rates = rates_of(None, row.inbox_settings)
    if not rates.has_caps:
        return ()
    return uses(tx, rates, row.inbox_id, row.thread_id, row.time_zone)


def standing_of(tx: ReadTx, row: Row, channel: Channel | None = None) -> Standing:
    """How the contact of a conversation stands, by a row of `store.conversations.place`."""
    rates = rates_of(channel.capabilities if channel else None, row.inbox_settings)
    used = uses(tx, rates, row.inbox_id, row.thread_id, row.time_zone)
    return Standing(opt_outs.kinds_of(row.refused), quiet_hours_of(row.inbox_settings, row.time_zone), used)


def place_of(row: Row, spent: tuple[Use, ...] = ()) -> Place:
    """The place that a row of `store.conversations.place` tells.

    Args:
        row: Of the conversation.
        spent: How much of the caps of a day is used.
    """
    return Place(
        row.account_id,
        row.inbox_id,
        row.thread_id,
        row.contact_id,
        row.channel,
        row.last_incoming_at,
        time.monotonic() + KEPT_SECONDS,
        Standing(opt_outs.kinds_of(row.refused), quiet_hours_of(row.inbox_settings, row.time_zone), spent),
    )
