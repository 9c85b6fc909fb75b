"""Dead letters: jobs that will not be tried again unless somebody says so, with reason and payload."""

from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.errors import Conflict
from frontdesk.domain.event import EventType
from frontdesk.kit.ids import uuid7
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_d = t.dead_letters

_ADD = Statement(
    sa.insert(_d).values(
        id=P("id"),
        account_id=P("account_id"),
        queue=P("queue"),
        key=P("key"),
        payload=P("payload"),
        attempts=P("attempts"),
        reason=P("reason"),
        failed_at=db_now(),
    )
)
_GET = Statement(sa.select(_d).where(_d.c.id == P("id"), _d.c.account_id == P("account_id")))
_PAGE = Statement(
    sa.select(_d)
    .where(_d.c.account_id == P("account_id"), _d.c.id < P("before"))
    .order_by(_d.c.id.desc())
    .limit(P("limit"))
)
_REPLAYED = Statement(
    sa.update(_d)
    .where(_d.c.id == P("id"), _d.c.account_id == P("account_id"), _d.c.replayed_at.is_(None))
    .values(replayed_at=db_now())
)


def add(tx: Tx, queue: str, key: UUID, job: Row, reason: str) -> UUID:
    """Keep a job that was taken out of its lane; the id of the dead letter. Called by jobs.bury."""
    letter = uuid7()
    tx.run(
        _ADD,
        id=letter,
        account_id=job.account_id,
        queue=queue,
        key=key,
        payload=job.payload,
        attempts=job.attempts + 1,
        reason=reason,
    )
    tx.emit(job.account_id, EventType.DEAD_LETTER_ADDED, subject_id=letter, facts={"queue": queue})
    return letter


def get(tx: ReadTx, account_id: UUID, letter_id: UUID) -> Row:
    """One dead letter: all columns of the table.

    Raises:
        NotFound: The account has no such dead letter.
    """
    return tx.one(_GET, id=letter_id, account_id=account_id)


def page(tx: ReadTx, account_id: UUID, before: UUID | None = None, limit: int = 50) -> list[Row]:
    """An account's dead letters, newest first, older than the one with id `before`."""
    newest = UUID(int=(1 << 128) - 1)
    return tx.rows(_PAGE, account_id=account_id, before=before or newest, limit=limit)


def take(tx: Tx, account_id: UUID, letter_id: UUID) -> Row:
    """Mark a dead letter as replayed and give it. Called by jobs.replay.

    Raises:
        NotFound: The account has no such dead letter.
        Conflict: It was replayed already.
    """
    letter = get(tx, account_id, letter_id)
    if not tx.run(_REPLAYED, id=letter_id, account_id=account_id):
        raise Conflict("This dead letter was replayed already.")
    tx.emit(account_id, EventType.DEAD_LETTER_REPLAYED, subject_id=letter_id, facts={"queue": letter.queue})
    return letter
