"""The instance and its accounts. Users, tokens and inboxes have modules of their own."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.event import EventType
from frontdesk.domain.scope import Scope
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_a, _n = t.accounts, t.instance

_FACT = Statement(sa.select(_n.c.value).where(_n.c.key == P("key")))
_CLAIM = Statement(insert(_n).values(key=P("key"), value=P("value")).on_conflict_do_nothing())
_ADD = Statement(
    insert(_a).values(
        id=P("id"), name=P("name"), time_zone=P("time_zone"), language=P("language"), settings=P("settings"),
        simulated=P("simulated"), created_at=db_now(),
    )
)  # fmt: skip
_START_LOG = Statement(insert(t.account_log).values(account_id=P("id"), head=0, tail=0))
_GET = Statement(sa.select(_a).where(_a.c.id == P("id")))
_LOCKED = Statement(sa.select(_a).where(_a.c.id == P("id")).with_for_update(key_share=True))
_ALL = Statement(sa.select(_a.c.id).order_by(_a.c.id))
_CHANGE = Statement(
    sa.update(_a)
    .where(_a.c.id == P("account"))
    .values(name=P("name"), time_zone=P("time_zone"), language=P("language"), settings=P("settings"))
)


def fact(tx: ReadTx, key: str) -> str | None:
    """A fact about the instance, such as its `mode`; None if it is not known yet."""
    found: str | None = tx.scalar(_FACT, key=key)
    return found


def claim_fact(tx: Tx, key: str, value: str) -> bool:
    """State a fact that nobody stated before; says whether it was free."""
    return bool(tx.run(_CLAIM, key=key, value=value))


def add(
    tx: Tx, account_id: UUID, name: str, *, time_zone: str, language: str, simulated: bool = False
) -> None:
    """Add an account with an empty log."""
    tx.run(
        _ADD,
        id=account_id,
        name=name,
        time_zone=time_zone,
        language=language,
        settings={},
        simulated=simulated,
    )
    tx.run(_START_LOG, id=account_id)


def get(tx: ReadTx, scope: Scope) -> Row:
    """The caller's account."""
    return tx.one(_GET, id=scope.account_id)


def all_ids(tx: ReadTx) -> list[UUID]:
    """Every account of the instance, the oldest first; for maintenance, which has no caller."""
    return [row.id for row in tx.rows(_ALL)]


def change(tx: Tx, scope: Scope, values: dict[str, Any]) -> Row:
    """Change name, time_zone, language or settings of the caller's account."""
    old = tx.one(_LOCKED, id=scope.account_id)
    names = ("name", "time_zone", "language", "settings")
    tx.run(
        _CHANGE, account=scope.account_id, **{name: values.get(name, getattr(old, name)) for name in names}
    )
    tx.emit(scope.account_id, EventType.ACCOUNT_UPDATED, subject_id=scope.account_id)
    return tx.one(_GET, id=scope.account_id)
