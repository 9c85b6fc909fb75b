"""Inboxes: the configured channels of accounts. Their secrets are in secrets.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.event import EventType
from frontdesk.domain.scope import Scope
from frontdesk.kit.ids import uuid7
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_i = t.inboxes
_MUTABLE = ("name", "config", "reopen_policy", "greeting", "settings", "time_zone", "state", "state_reason")
_LIVE = _i.c.deleted_at.is_(None)

_OF_CHANNELS = Statement(
    sa.select(_i.c.id, _i.c.account_id, _i.c.channel, _i.c.config)
    .where(_i.c.channel.in_(P("channels", expanding=True)), _i.c.deleted_at.is_(None))
    .order_by(_i.c.id)
)
_ADD = Statement(
    insert(_i).values(
        id=P("id"), account_id=P("account_id"), channel=P("channel"), name=P("name"), config=P("config"),
        public_key=P("public_key"), state=P("state"), reopen_policy=P("reopen_policy"),
        greeting=P("greeting"), settings=P("settings"), time_zone=P("time_zone"),
        simulated_origin=P("simulated_origin"), created_at=db_now(),
    )
)  # fmt: skip
_GET = Statement(sa.select(_i).where(_i.c.account_id == P("account_id"), _i.c.id == P("id"), _LIVE))
_LOCK = Statement(
    sa.select(_i)
    .where(_i.c.account_id == P("account_id"), _i.c.id == P("id"), _LIVE)
    .with_for_update(key_share=True)
)
_FIND = Statement(sa.select(_i).where(_i.c.id == P("id"), _LIVE))
_BY_KEY = Statement(sa.select(_i).where(_i.c.public_key == P("public_key"), _LIVE))
_PAGE = Statement(
    sa.select(_i)
    .where(_i.c.account_id == P("account_id"), _i.c.id > P("after"), _LIVE)
    .order_by(_i.c.id)
    .limit(P("limit"))
)
_CHANGE = Statement(
    sa.update(_i)
    .where(_i.c.account_id == P("account"), _i.c.id == P("inbox"))
    .values({name: P(name) for name in _MUTABLE})
)
_DELETE = Statement(
    sa.update(_i)
    .where(_i.c.account_id == P("account"), _i.c.id == P("inbox"), _LIVE)
    .values(deleted_at=db_now())
)
_ANY = Statement(
    sa.select(_i.c.id)
    .where(_LIVE, (_i.c.simulated_origin.is_not(None)) == P("simulated", type_=sa.Boolean()))
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInbox:
    """An inbox to add; `config` is validated and holds no secret."""

    channel: str
    name: str
    config: dict[str, Any]
    public_key: str
    state: str
    reopen_policy: str
    greeting: dict[str, str] | None = None
    settings: dict[str, Any] | None = None
    time_zone: str | None = None
    simulated_origin: str | None = None


def add(tx: Tx, scope: Scope, new: NewInbox) -> Row:
    """Add an inbox to the caller's account."""
    inbox_id = uuid7()
    tx.run(
        _ADD,
        id=inbox_id,
        account_id=scope.account_id,
        channel=new.channel,
        name=new.name,
        config=new.config,
        public_key=new.public_key,
        state=new.state,
        reopen_policy=new.reopen_policy,
        greeting=new.greeting,
        settings=new.settings,
        time_zone=new.time_zone,
        simulated_origin=new.simulated_origin,
    )
    tx.emit(scope.account_id, EventType.INBOX_CREATED, subject_id=inbox_id)
    return tx.one(_GET, account_id=scope.account_id, id=inbox_id)


def get(tx: ReadTx, scope: Scope, inbox_id: UUID) -> Row:
    """An inbox of the caller's account that the caller may see.

    Raises:
        NotFound: There is none, or not for this caller.
    """
    if scope.inbox_ids is not None and inbox_id not in scope.inbox_ids:
        inbox_id = UUID(int=0)
    return tx.one(_GET, account_id=scope.account_id, id=inbox_id)


def lock(tx: Tx, scope: Scope, inbox_id: UUID) -> Row:
    """As `get`, and nobody else changes it until the commit."""
    get(tx, scope, inbox_id)
    return tx.one(_LOCK, account_id=scope.account_id, id=inbox_id)


def find(tx: ReadTx, inbox_id: UUID) -> Row | None:
    """An inbox by id alone, for hooks and workers, which have no caller."""
    return tx.first(_FIND, id=inbox_id)


def of_channels(tx: ReadTx, channels: Sequence[str]) -> list[Row]:
    """Every account's inboxes of some channels (id, account_id, channel, config), for workers."""
    return tx.rows(_OF_CHANNELS, channels=list(channels)) if channels else []


def by_public_key(tx: ReadTx, public_key: str) -> Row | None:
    """The inbox that a widget names."""
    return tx.first(_BY_KEY, public_key=public_key)


def page(tx: ReadTx, scope: Scope, after: UUID, limit: int) -> list[Row]:
    """Inboxes of the account by id, those after one, that the caller may see."""
    rows = tx.rows(_PAGE, account_id=scope.account_id, after=after, limit=limit)
    return [row for row in rows if scope.inbox_ids is None or row.id in scope.inbox_ids]


def change(tx: Tx, scope: Scope, inbox_id: UUID, values: dict[str, Any]) -> Row:
    """Change an inbox of the account; channel, key and the mark of a simulated one never change."""
    old = lock(tx, scope, inbox_id)
    new = {name: values.get(name, getattr(old, name)) for name in _MUTABLE}
    tx.run(_CHANGE, account=scope.account_id, inbox=inbox_id, **new)
    tx.emit(scope.account_id, EventType.INBOX_UPDATED, subject_id=inbox_id)
    return tx.one(_GET, account_id=scope.account_id, id=inbox_id)


def delete(tx: Tx, scope: Scope, inbox_id: UUID) -> None:
    """Delete an inbox; its conversations stay."""
    get(tx, scope, inbox_id)
    tx.run(_DELETE, account=scope.account_id, inbox=inbox_id)
    tx.emit(scope.account_id, EventType.INBOX_UPDATED, subject_id=inbox_id)


def has_any(tx: ReadTx, *, simulated: bool) -> bool:
    """Whether the instance has a simulated (or a real) inbox."""
    return tx.first(_ANY, simulated=simulated) is not None
