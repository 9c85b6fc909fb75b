"""The attempts of deliveries: every try to send a message, when it began and how it ended."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.deliveries import Delivery
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_a = t.delivery_attempts

_ADD = Statement(
    insert(_a).values(
        id=P("id"),
        account_id=P("account_id"),
        delivery_id=P("delivery_id"),
        number=P("number"),
        started_at=db_now(),
    )
)
_END = Statement(
    sa.update(_a)
    .where(_a.c.id == P("attempt"), _a.c.account_id == P("account_id"))
    .values(
        outcome=P("outcome"),
        error_code=P("error_code"),
        error=P("error"),
        request=P("request"),
        response=P("response"),
        finished_at=db_now(),
    )
)
_OF_DELIVERY = Statement(
    sa.select(_a)
    .where(_a.c.delivery_id == P("delivery_id"), _a.c.account_id == P("account_id"))
    .order_by(_a.c.number, _a.c.id)
)
_LAST = Statement(
    sa.select(_a.c.started_at)
    .where(_a.c.delivery_id == P("delivery_id"))
    .order_by(_a.c.number.desc())
    .limit(P("count"))
)
_NUMBER = Statement(sa.select(sa.func.count()).select_from(_a).where(_a.c.delivery_id == P("delivery_id")))


def begin(tx: Tx, delivery: Delivery, attempt_id: UUID) -> None:
    """Note that a try begins; written before the provider is called."""
    tx.run(
        _ADD,
        id=attempt_id,
        account_id=delivery.account_id,
        delivery_id=delivery.id,
        number=tx.scalar(_NUMBER, delivery_id=delivery.id) + 1,
    )


def end(
    tx: Tx,
    account_id: UUID,
    attempt_id: UUID,
    outcome: str,
    *,
    error_code: str | None = None,
    error: str | None = None,
    request: dict[str, Any] | None = None,
    response: dict[str, Any] | None = None,
) -> None:
    """Note how a try ended, with the redacted exchange."""
    tx.run(
        _END,
        attempt=attempt_id,
        account_id=account_id,
        outcome=outcome,
        error_code=error_code,
        error=error,
        request=request,
        response=response,
    )


def of_delivery(tx: ReadTx, account_id: UUID, delivery_id: UUID) -> list[Row]:
    """Every try of a delivery, in order."""
    return tx.rows(_OF_DELIVERY, account_id=account_id, delivery_id=delivery_id)


def round_began_at(tx: ReadTx, delivery_id: UUID, attempts_so_far: int) -> datetime | None:
    """When the first of the last so many tries began."""
    rows = tx.rows(_LAST, delivery_id=delivery_id, count=attempts_so_far)
    return rows[-1].started_at if rows else None
