"""Contacts as people read and change them. How they come to be and are found by address: identities.py."""

import functools
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.event import EventType
from frontdesk.domain.scope import Scope
from frontdesk.kit.phone import digits_of
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx, Tx

P = sa.bindparam
_c, _d, _t, _i, _v = t.contacts, t.identities, t.threads, t.inboxes, t.conversations
_MUTABLE = ("name", "language", "country", "attributes")

_GET = Statement(sa.select(_c).where(_c.c.account_id == P("account_id"), _c.c.id == P("id")))
_LOCK = Statement(
    sa.select(_c)
    .where(_c.c.account_id == P("account_id"), _c.c.id == P("id"))
    .with_for_update(key_share=True)
)
_CHANGE = Statement(
    sa.update(_c)
    .where(_c.c.account_id == P("account"), _c.c.id == P("contact"))
    .values({**{name: P(name) for name in _MUTABLE}, "version": _c.c.version + 1})
)
_IDENTITIES = Statement(
    sa.select(_d.c.contact_id, _d.c.scheme, _d.c.address, _d.c.verified)
    .where(_d.c.account_id == P("account_id"), _d.c.contact_id.in_(P("ids", expanding=True)))
    .order_by(_d.c.created_at, _d.c.scheme, _d.c.address)
)


@functools.lru_cache
def _heard(*, limited: bool) -> Statement:
    heard = sa.select(_t.c.contact_id, sa.func.max(_v.c.last_incoming_at).label("at"))
    heard = heard.join_from(_t, _v, _v.c.thread_id == _t.c.id)
    heard = heard.where(_t.c.account_id == P("account_id"), _t.c.contact_id.in_(P("ids", expanding=True)))
    if limited:
        heard = heard.where(_t.c.inbox_id.in_(P("inbox_ids", expanding=True)))
    return Statement(heard.group_by(_t.c.contact_id))


_NAME = Statement(
    sa.update(_c)
    .where(_c.c.id == P("id"), _c.c.account_id == P("account_id"), _c.c.name.is_(None))
    .values(name=P("name"), version=_c.c.version + 1)
)
_TOUCH = Statement(
    sa.update(_c)
    .where(_c.c.id == P("id"), _c.c.account_id == P("account_id"), _c.c.first_touch.is_(None))
    .values(first_touch=P("first_touch"), version=_c.c.version + 1)
)
_BRIEF = Statement(
    sa.select(_c.c.id, _c.c.name, _c.c.verified, _c.c.language, _c.c.version).where(
        _c.c.id == P("id"), _c.c.account_id == P("account_id")
    )
)
_NEXT_VERSION = Statement(
    sa.update(_c)
    .where(_c.c.id == P("id"), _c.c.account_id == P("account_id"))
    .values(version=_c.c.version + 1)
)
_VERSION = Statement(sa.select(_c.c.version).where(_c.c.id == P("id")))
_SOURCES = Statement(
    sa.select(
        _t.c.id, _t.c.scheme, _t.c.address, _t.c.created_at, _t.c.inbox_id, _i.c.name.label("inbox_name"),
        _i.c.channel,
    )
    .join_from(_t, _i, _i.c.id == _t.c.inbox_id)
    .where(_t.c.account_id == P("account_id"), _t.c.contact_id == P("contact_id"))
    .order_by(_t.c.id)
    .limit(100)
)  # fmt: skip


@functools.lru_cache
def _page(*, searched: bool, limited: bool) -> Statement:
    query = sa.select(_c).where(_c.c.account_id == P("account_id"), _c.c.id < P("before"), ~is_merged())
    if searched:
        by_address = sa.exists().where(
            _d.c.contact_id == _c.c.id,
            _d.c.account_id == P("account_id"),
            sa.func.lower(_d.c.address).like(P("pattern"), escape="\\")
            | _d.c.address.like(P("digits"), escape="\\"),
        )
        query = query.where(sa.func.lower(_c.c.name).like(P("pattern"), escape="\\") | by_address)
    if limited:
        query = query.where(seen_in_inboxes())
    return Statement(query.order_by(_c.c.id.desc()).limit(P("limit")))


def is_merged() -> sa.ColumnElement[bool]:
    """The contact of the row was merged into another one."""
    merges = t.contact_merges
    return sa.exists().where(merges.c.merged_id == _c.c.id, merges.c.undone_at.is_(None))


def seen_in_inboxes() -> sa.ColumnElement[bool]:
    """The contact of the row wrote to one of the `inbox_ids`."""
    return sa.exists().where(
        _t.c.contact_id == _c.c.id,
        _t.c.account_id == P("account_id"),
        _t.c.inbox_id.in_(P("inbox_ids", expanding=True)),
    )


_SEES = Statement(
    sa.select(_c.c.id).where(_c.c.account_id == P("account_id"), _c.c.id == P("id"), seen_in_inboxes())
)


def get(tx: ReadTx, scope: Scope, contact_id: UUID) -> Row:
    """A contact of the account that the caller may see: one who wrote to an inbox of theirs."""
    if scope.inbox_ids is not None:
        tx.one(_SEES, account_id=scope.account_id, id=contact_id, inbox_ids=sorted(scope.inbox_ids))
    return tx.one(_GET, account_id=scope.account_id, id=contact_id)


def page(tx: ReadTx, scope: Scope, search: str | None, before: UUID, limit: int) -> list[Row]:
    """Contacts, the newest first, those before one; `search` looks into names and addresses.

    A phone number, or a part of one, may be written with spaces and signs.
    """
    params: dict[str, Any] = {"account_id": scope.account_id, "before": before, "limit": limit}
    if search:
        params["pattern"] = f"%{_escaped(search.lower())}%"
        digits = digits_of(search)
        params["digits"] = f"%{digits}%" if digits else params["pattern"]
    if scope.inbox_ids is not None:
        params["inbox_ids"] = sorted(scope.inbox_ids)
    return tx.rows(_page(searched=bool(search), limited=scope.inbox_ids is not None), **params)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def identities(tx: ReadTx, scope: Scope, contact_ids: list[UUID]) -> dict[UUID, list[Row]]:
    """The addresses (scheme, address, verified) of contacts, the oldest first."""
    found: dict[UUID, list[Row]] = {contact_id: [] for contact_id in contact_ids}
    if contact_ids:
        for row in tx.rows(_IDENTITIES, account_id=scope.account_id, ids=contact_ids):
            found[row.contact_id].append(row)
    return found


def last_heard(tx: ReadTx, scope: Scope, contact_ids: list[UUID]) -> dict[UUID, datetime]:
    """When contacts wrote last, by what the caller may see; those who never wrote are not in it."""
    if not contact_ids:
        return {}
    params: dict[str, Any] = {"account_id": scope.account_id, "ids": contact_ids}
    if scope.inbox_ids is not None:
        params["inbox_ids"] = sorted(scope.inbox_ids)
    rows = tx.rows(_heard(limited=scope.inbox_ids is not None), **params)
    return {row.contact_id: row.at for row in rows if row.at is not None}


def sources(tx: ReadTx, scope: Scope, contact_id: UUID) -> list[Row]:
    """Where the contact writes: threads with their inbox and address, the oldest first, at most 100."""
    get(tx, scope, contact_id)
    rows = tx.rows(_SOURCES, account_id=scope.account_id, contact_id=contact_id)
    return [row for row in rows if scope.inbox_ids is None or row.inbox_id in scope.inbox_ids]


def change(tx: Tx, scope: Scope, contact_id: UUID, values: dict[str, Any]) -> Row:
    """Change name, language, country or attributes of a contact."""
    get(tx, scope, contact_id)
    old = tx.one(_LOCK, account_id=scope.account_id, id=contact_id)
    new = {name: values.get(name, getattr(old, name)) for name in _MUTABLE}
    tx.run(_CHANGE, account=scope.account_id, contact=contact_id, **new)
    facts = {"version": old.version + 1}
    tx.emit(scope.account_id, EventType.CONTACT_UPDATED, subject_id=contact_id, facts=facts)
    return tx.one(_GET, account_id=scope.account_id, id=contact_id)


def brief(tx: ReadTx, account_id: UUID, contact_id: UUID) -> Row:
    """A contact's id, name, verified, language and version.

    Raises:
        NotFound: The account has no such contact.
    """
    return tx.one(_BRIEF, id=contact_id, account_id=account_id)


def fill_name(tx: Tx, account_id: UUID, contact_id: UUID, words: str) -> bool:
    """Name a contact that has no name yet, and say whether that was so; whoever asks tells the log."""
    return bool(tx.run(_NAME, id=contact_id, account_id=account_id, name=words))


def name(tx: Tx, account_id: UUID, contact_id: UUID, words: str) -> None:
    """Name a contact that has no name yet."""
    if fill_name(tx, account_id, contact_id, words):
        updated(tx, account_id, contact_id)


def remember_first_touch(tx: Tx, account_id: UUID, contact_id: UUID, touch: dict[str, object]) -> None:
    """Keep where the contact came from, if nothing is kept yet."""
    if tx.run(_TOUCH, id=contact_id, account_id=account_id, first_touch=touch):
        updated(tx, account_id, contact_id)


def updated(tx: Tx, account_id: UUID, contact_id: UUID) -> None:
    """Tell the log that a contact changed."""
    version = tx.scalar(_VERSION, id=contact_id)
    tx.emit(account_id, EventType.CONTACT_UPDATED, subject_id=contact_id, facts={"version": version})


def changed(tx: Tx, account_id: UUID, contact_id: UUID) -> None:
    """Count a new version of a contact whose addresses changed, and tell the log."""
    tx.run(_NEXT_VERSION, id=contact_id, account_id=account_id)
    updated(tx, account_id, contact_id)
