"""How much was sent of late: one row per inbox, and one per thread, which is an inbox with one customer.

`full_at` is when the bucket of a pace is full again; `used` counts the messages of `day`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.statement import Statement, insert
from frontdesk.store.tx import ReadTx, Row, Tx

P = sa.bindparam
_p = t.sending_paces

_MANY = Statement(
    sa.select(_p).where(_p.c.subject_id.in_(P("ids", expanding=True))).order_by(_p.c.subject_id)
)
_LOCK = Statement(
    sa.select(_p)
    .where(_p.c.subject_id.in_(P("ids", expanding=True)))
    .order_by(_p.c.subject_id)
    .with_for_update(key_share=True)
)
_BEGIN = Statement(
    insert(_p).values(subject_id=P("subject_id"), account_id=P("account_id")).on_conflict_do_nothing()
)
_SAVE = Statement(
    sa.update(_p)
    .where(_p.c.subject_id == P("subject"))
    .values(full_at=P("full_at"), day=P("day"), used=P("used"))
)


@dataclass(slots=True)
class Spent:
    """What an inbox or a thread has sent of late."""

    subject_id: UUID
    full_at: datetime | None = None
    day: str | None = None
    used: int = 0

    def used_on(self, day: str) -> int:
        """How many went on a day."""
        return self.used if self.day == day else 0


def many(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, Spent]:
    """What these have sent; those that sent nothing are there too."""
    rows = tx.rows(_MANY, ids=sorted(set(ids))) if ids else []
    return {each: Spent(each) for each in ids} | {row.subject_id: _spent(row) for row in rows}


def lock(tx: Tx, account_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Spent]:
    """As `many`, and nobody else changes them until the commit. They come after deliveries in lock order."""
    wanted = sorted(set(ids))
    rows = tx.rows(_LOCK, ids=wanted)
    if len(rows) < len(wanted):
        for each in wanted:
            tx.run(_BEGIN, subject_id=each, account_id=account_id)
        rows = tx.rows(_LOCK, ids=wanted)
    return {row.subject_id: _spent(row) for row in rows}


def save(tx: Tx, spent: Spent) -> None:
    """Write what was locked back."""
    tx.run(_SAVE, subject=spent.subject_id, full_at=spent.full_at, day=spent.day, used=spent.used)


def _spent(row: Row) -> Spent:
    return Spent(row.subject_id, row.full_at, row.day, row.used)
