"""Contacts that resemble one: by an address in another spelling, or by the same name. No rules here."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.scope import Scope
from frontdesk.store import tables as t
from frontdesk.store.contacts import is_merged, seen_in_inboxes
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx

P = sa.bindparam
_c, _i = t.contacts, t.identities
_MOST = 50


@lru_cache(maxsize=4)
def _like(by: str, limited: bool) -> Statement:  # noqa: FBT001 - the key of a cache
    query = sa.select(_c).where(_c.c.account_id == P("account_id"), _c.c.id != P("contact_id"), ~is_merged())
    if by == "address":
        owners = sa.select(_i.c.contact_id).where(
            _i.c.account_id == P("account_id"),
            sa.func.lower(_i.c.address).in_(P("spellings", expanding=True)),
        )
        query = query.where(_c.c.id.in_(owners))
    else:
        query = query.where(sa.func.lower(_c.c.name) == sa.func.lower(P("name")))
    if limited:
        query = query.where(seen_in_inboxes())
    return Statement(query.order_by(_c.c.id.desc()).limit(_MOST))


def by_address(tx: ReadTx, scope: Scope, contact_id: UUID, spellings: Sequence[str]) -> list[Row]:
    """Other contacts with an address that is spelt so, in any case; at most 50."""
    return _rows(tx, scope, "address", contact_id, spellings=list(spellings)) if spellings else []


def by_name(tx: ReadTx, scope: Scope, contact_id: UUID, name: str | None) -> list[Row]:
    """Other contacts of the same name, in any case; at most 50."""
    return _rows(tx, scope, "name", contact_id, name=name) if name else []


def _rows(tx: ReadTx, scope: Scope, by: str, contact_id: UUID, **params: Any) -> list[Row]:
    limited = scope.inbox_ids is not None
    if scope.inbox_ids is not None:
        params["inbox_ids"] = sorted(scope.inbox_ids)
    return tx.rows(_like(by, limited), account_id=scope.account_id, contact_id=contact_id, **params)
