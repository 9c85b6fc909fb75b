"""Sealed secrets by owner (an inbox) and name. Nothing here can open one."""

from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import Id, db_now

P = sa.bindparam
_s = t.secrets

_ADD = insert(_s).values(
    account_id=P("account_id"), owner_id=P("owner_id"), name=P("name"), ciphertext=P("ciphertext"),
    changed_at=db_now(),
)  # fmt: skip
_PUT = Statement(
    _ADD.on_conflict_do_update(
        index_elements=["account_id", "owner_id", "name"],
        set_={"ciphertext": _ADD.excluded.ciphertext, "changed_at": _ADD.excluded.changed_at},
    )
)
_OF = Statement(
    sa.select(_s.c.name, _s.c.ciphertext).where(
        _s.c.account_id == P("account_id"), _s.c.owner_id == P("owner_id")
    )
)
_NAMES = Statement(
    sa.select(_s.c.owner_id, _s.c.name).where(
        _s.c.account_id == P("account_id"), _s.c.owner_id.in_(P("owner_ids", expanding=True))
    )
)
_DROP = Statement(sa.delete(_s).where(_s.c.account_id == P("account_id"), _s.c.owner_id == P("owner_id")))
_DROP_ONE = Statement(
    sa.delete(_s).where(
        _s.c.account_id == P("account_id"), _s.c.owner_id == P("owner_id"), _s.c.name == P("name")
    )
)


Key = tuple[UUID, UUID, str]
"""Account, owner, name."""
FIRST: Key = (UUID(int=0), UUID(int=0), "")
"""Before all others."""
_PAGE = Statement(
    sa.select(_s.c.account_id, _s.c.owner_id, _s.c.name, _s.c.ciphertext)
    .where(
        sa.tuple_(_s.c.account_id, _s.c.owner_id, _s.c.name)
        > sa.tuple_(P("account_id", type_=Id()), P("owner_id", type_=Id()), P("name", type_=sa.Text()))
    )
    .order_by(_s.c.account_id, _s.c.owner_id, _s.c.name)
    .limit(P("limit"))
)
_REPLACE = Statement(
    sa.update(_s)
    .where(
        _s.c.account_id == P("of_account"),
        _s.c.owner_id == P("of_owner"),
        _s.c.name == P("of_name"),
        _s.c.ciphertext == P("old"),
    )
    .values(ciphertext=P("new"), changed_at=db_now())
)


def page(tx: ReadTx, after: Key, limit: int) -> list[Row]:
    """Sealed secrets of all accounts in the order of their keys, those after one: for rotation only."""
    return tx.rows(_PAGE, account_id=after[0], owner_id=after[1], name=after[2], limit=limit)


def replace(tx: Tx, key: Key, old: bytes, new: bytes) -> int:
    """Put a sealed text in the place of the one that was read; 0 if it changed meanwhile."""
    return tx.run(_REPLACE, of_account=key[0], of_owner=key[1], of_name=key[2], old=old, new=new)


def put(tx: Tx, account_id: UUID, owner_id: UUID, name: str, ciphertext: bytes) -> None:
    """Keep a sealed secret, in place of an earlier one of the name."""
    tx.run(_PUT, account_id=account_id, owner_id=owner_id, name=name, ciphertext=ciphertext)


def of_owner(tx: ReadTx, account_id: UUID, owner_id: UUID) -> dict[str, bytes]:
    """The sealed secrets of an owner by name."""
    rows = tx.rows(_OF, account_id=account_id, owner_id=owner_id)
    return {row.name: bytes(row.ciphertext) for row in rows}


def names(tx: ReadTx, account_id: UUID, owner_ids: list[UUID]) -> dict[UUID, set[str]]:
    """Which secrets are set, by owner."""
    found: dict[UUID, set[str]] = {owner_id: set() for owner_id in owner_ids}
    if owner_ids:
        for row in tx.rows(_NAMES, account_id=account_id, owner_ids=owner_ids):
            found[row.owner_id].add(row.name)
    return found


def drop(tx: Tx, account_id: UUID, owner_id: UUID, name: str | None = None) -> None:
    """Forget one secret of an owner, or all."""
    if name is None:
        tx.run(_DROP, account_id=account_id, owner_id=owner_id)
    else:
        tx.run(_DROP_ONE, account_id=account_id, owner_id=owner_id, name=name)
