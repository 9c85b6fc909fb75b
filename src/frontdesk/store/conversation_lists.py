"""The lists of conversations and their counts. One statement for each combination of filters, made once."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.scope import Scope
from frontdesk.store import tables as t
from frontdesk.store.conversations import READ
from frontdesk.store.message_changes import TAKEN_BACK
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx
from frontdesk.store.types import Instant

P = sa.bindparam
_c = t.conversations
_RESOLVED: sa.ColumnElement[str] = sa.literal_column("'resolved'")
_IS_TALK = _c.c.preview_kind.is_distinct_from(sa.literal_column(f"'{TAKEN_BACK}'"))
"""Where all that was said was taken back before it left, there is nothing to list."""

Status = Literal["open", "pending", "snoozed", "resolved", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which conversations, in which order.

    Attributes:
        assignee: An agent's id, "none" for those of nobody, or None for all.
        after: The last row of the page before: (instant, id).
    """

    status: Status = "open"
    assignee: UUID | Literal["none"] | None = None
    inbox_id: UUID | None = None
    contact_id: UUID | None = None
    thread_id: UUID | None = None
    participants_id: UUID | None = None
    unread: bool = False
    oldest_first: bool = False
    after: tuple[datetime, UUID] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class _Shape:
    """What of a filter changes the text of its statement."""

    status: Status
    assignee: Literal["id", "none"] | None
    by_inbox: bool
    by_contact: bool
    by_thread: bool
    by_participants: bool
    unread: bool
    oldest_first: bool
    after: bool
    by_inboxes: bool


def page(tx: ReadTx, scope: Scope, wanted: Filter) -> list[Row]:
    """One page of the conversations that the scope may see, as `conversations.get` gives them.

    Open, pending and snoozed ones are in order of their last message, resolved ones of their resolution, all
    together of their opening.
    """
    params: dict[str, Any] = {"account_id": scope.account_id, "limit": wanted.limit}
    if isinstance(wanted.assignee, UUID):
        params["assignee_id"] = wanted.assignee
    for name in ("inbox_id", "contact_id", "thread_id", "participants_id"):
        if getattr(wanted, name) is not None:
            params[name] = getattr(wanted, name)
    if wanted.status in ("pending", "snoozed", "open"):
        params["status"] = wanted.status
    if scope.inbox_ids is not None:
        params["inbox_ids"] = sorted(scope.inbox_ids)
    if wanted.after is not None:
        params["after_at"], params["after_id"] = wanted.after
        if wanted.status == "all":
            del params["after_at"]
    return tx.rows(_statement(_shape(scope, wanted)), **params)


def instant_of(row: Row, status: Status) -> datetime:
    """The instant by which a row is ordered in its list, for the next page's `after`."""
    if status == "resolved":
        at: datetime = row.resolved_at
        return at
    opened: datetime = row.opened_at if status == "all" else row.last_message_at
    return opened


def _shape(scope: Scope, wanted: Filter) -> _Shape:
    return _Shape(
        wanted.status,
        "id" if isinstance(wanted.assignee, UUID) else wanted.assignee,
        wanted.inbox_id is not None,
        wanted.contact_id is not None,
        wanted.thread_id is not None,
        wanted.participants_id is not None,
        wanted.unread,
        wanted.oldest_first,
        wanted.after is not None,
        scope.inbox_ids is not None,
    )


@lru_cache(maxsize=512)
def _statement(shape: _Shape) -> Statement:
    query = READ.where(_c.c.account_id == P("account_id"), _IS_TALK, *_status(shape), *_conditions(shape))
    if shape.status == "all":
        columns: list[Any] = [_c.c.id]
        values: list[Any] = [P("after_id", type_=_c.c.id.type)]
    else:
        at = _c.c.resolved_at if shape.status == "resolved" else _c.c.last_message_at
        columns, values = [at, _c.c.id], [P("after_at", type_=Instant()), P("after_id", type_=_c.c.id.type)]
    if shape.after:
        row, last = sa.tuple_(*columns), sa.tuple_(*values)
        query = query.where(row > last if shape.oldest_first else row < last)
    order = [column.asc() if shape.oldest_first else column.desc() for column in columns]
    return Statement(query.order_by(*order).limit(P("limit")))


def _status(shape: _Shape) -> list[Any]:
    if shape.status == "all":
        return []
    if shape.status == "resolved":
        return [_c.c.status == _RESOLVED]
    return [_c.c.status != _RESOLVED, _c.c.status == P("status")]


def _conditions(shape: _Shape) -> list[Any]:
    out: list[Any] = []
    if shape.assignee is not None:
        out.append(
            _c.c.assignee_id.is_(None) if shape.assignee == "none" else _c.c.assignee_id == P("assignee_id")
        )
    if shape.by_inbox:
        out.append(_c.c.inbox_id == P("inbox_id"))
    if shape.by_contact:
        out.append(
            _c.c.thread_id.in_(sa.select(t.threads.c.id).where(t.threads.c.contact_id == P("contact_id")))
        )
    if shape.by_thread:
        out.append(_c.c.thread_id == P("thread_id"))
    if shape.by_participants:
        alias = t.thread_participants
        threads = sa.select(alias.c.thread_id).where(
            alias.c.account_id == P("account_id"), alias.c.participants_id == P("participants_id")
        )
        out.append(_c.c.thread_id.in_(threads))
    if shape.unread:
        out.append(_c.c.unread > 0)
    if shape.by_inboxes:
        out.append(_c.c.inbox_id.in_(P("inbox_ids", expanding=True)))
    return out


def counts(tx: ReadTx, scope: Scope) -> dict[str, int]:
    """How many conversations are open, mine, unassigned, pending, snoozed, resolved and unread.

    `mine`, `unassigned` and `unread` count open ones only.
    """
    params: dict[str, Any] = {"account_id": scope.account_id, "me": scope.user_id or scope.actor_id}
    if scope.inbox_ids is not None:
        params["inbox_ids"] = sorted(scope.inbox_ids)
    row = tx.one(_counts(scope.inbox_ids is not None), **params)
    del params["me"]
    resolved = tx.scalar(_resolved(scope.inbox_ids is not None), **params)
    names = ("open", "mine", "unassigned", "pending", "snoozed", "unread")
    return {**{name: int(row[n] or 0) for n, name in enumerate(names)}, "resolved": int(resolved)}


@lru_cache(maxsize=2)
def _counts(by_inboxes: bool) -> Statement:  # noqa: FBT001 - the key of a cache
    is_open = _c.c.status == sa.literal_column("'open'")

    def when(*conditions: Any) -> Any:
        return sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0))

    query = sa.select(
        when(is_open).label("open"),
        when(is_open, _c.c.assignee_id == P("me")).label("mine"),
        when(is_open, _c.c.assignee_id.is_(None)).label("unassigned"),
        when(_c.c.status == sa.literal_column("'pending'")).label("pending"),
        when(_c.c.status == sa.literal_column("'snoozed'")).label("snoozed"),
        when(is_open, _c.c.unread > 0).label("unread"),
    ).where(_c.c.account_id == P("account_id"), _IS_TALK, _c.c.status != _RESOLVED)
    if by_inboxes:
        query = query.where(_c.c.inbox_id.in_(P("inbox_ids", expanding=True)))
    return Statement(query)


@lru_cache(maxsize=2)
def _resolved(by_inboxes: bool) -> Statement:  # noqa: FBT001 - the key of a cache
    """They may be very many, so they are counted by their index alone, also the rare one without talk."""
    query = (
        sa.select(sa.func.count())
        .select_from(_c)
        .where(_c.c.account_id == P("account_id"), _c.c.status == _RESOLVED)
    )
    if by_inboxes:
        query = query.where(_c.c.inbox_id.in_(P("inbox_ids", expanding=True)))
    return Statement(query)
