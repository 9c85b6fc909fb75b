"""Canned responses: prepared answers of one or several messages."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.errors import Conflict, NotFound
from frontdesk.domain.scope import Scope
from frontdesk.kit.ids import uuid7
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_r = t.canned_responses

_ADD = Statement(
    insert(_r)
    .values(
        id=P("id"), account_id=P("account_id"), shortcut=P("shortcut"), title=P("title"),
        messages=P("messages"), created_at=db_now(), changed_at=db_now(),
    )
    .on_conflict_do_nothing()
)  # fmt: skip
_GET = Statement(sa.select(_r).where(_r.c.account_id == P("account_id"), _r.c.id == P("id")))
_BY_SHORTCUT = Statement(
    sa.select(_r.c.id).where(_r.c.account_id == P("account_id"), _r.c.shortcut == P("shortcut"))
)
_PAGE = Statement(
    sa.select(_r)
    .where(
        _r.c.account_id == P("account_id"),
        _r.c.shortcut > P("after"),
        sa.func.lower(_r.c.shortcut + " " + _r.c.title).like(P("pattern"), escape="\\"),
    )
    .order_by(_r.c.shortcut)
    .limit(P("limit"))
)
_REPLACE = Statement(
    sa.update(_r)
    .where(_r.c.account_id == P("account"), _r.c.id == P("response"))
    .values(shortcut=P("shortcut"), title=P("title"), messages=P("messages"), changed_at=db_now())
)
_DELETE = Statement(sa.delete(_r).where(_r.c.account_id == P("account"), _r.c.id == P("response")))


def add(tx: Tx, scope: Scope, shortcut: str, title: str, messages: list[Any]) -> Row:
    """Add a canned response.

    Raises:
        Conflict: The shortcut is taken.
    """
    new = uuid7()
    if not tx.run(
        _ADD, id=new, account_id=scope.account_id, shortcut=shortcut, title=title, messages=messages
    ):
        raise _taken()
    return tx.one(_GET, account_id=scope.account_id, id=new)


def get(tx: ReadTx, scope: Scope, response_id: UUID) -> Row:
    """A canned response of the account."""
    return tx.one(_GET, account_id=scope.account_id, id=response_id)


def page(tx: ReadTx, scope: Scope, search: str | None, after: str, limit: int) -> list[Row]:
    """Canned responses by shortcut, those after one; `search` looks into shortcuts and titles."""
    wanted = (search or "").lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return tx.rows(_PAGE, account_id=scope.account_id, after=after, pattern=f"%{wanted}%", limit=limit)


def replace(
    tx: Tx, scope: Scope, response_id: UUID, *, shortcut: str, title: str, messages: list[Any]
) -> Row:
    """Give a canned response new words.

    Raises:
        Conflict: Another one has the shortcut.
    """
    tx.one(_GET, account_id=scope.account_id, id=response_id)
    owner = tx.scalar(_BY_SHORTCUT, account_id=scope.account_id, shortcut=shortcut)
    if owner not in {None, response_id}:
        raise _taken()
    tx.run(
        _REPLACE,
        account=scope.account_id,
        response=response_id,
        shortcut=shortcut,
        title=title,
        messages=messages,
    )
    return tx.one(_GET, account_id=scope.account_id, id=response_id)


def delete(tx: Tx, scope: Scope, response_id: UUID) -> None:
    """Delete a canned response.

    Raises:
        NotFound: The account has no such one.
    """
    if not tx.run(_DELETE, account=scope.account_id, response=response_id):
        raise NotFound("There is no such canned response.")


def _taken() -> Conflict:
    return Conflict("Another canned response has this shortcut.", field="shortcut")
