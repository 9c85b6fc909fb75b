"""Channel notices: what a provider says about our account, or that went wrong beside any message."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.event import EventType
from frontdesk.domain.scope import Scope
from frontdesk.store import tables as t
from frontdesk.store.inbox_pages import InboxPage
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_n = t.channel_notices

_ADD = Statement(
    insert(_n)
    .values(
        id=P("id"),
        account_id=P("account_id"),
        inbox_id=P("inbox_id"),
        kind=P("kind"),
        code=P("code"),
        title=P("title"),
        detail=P("detail"),
        created_at=db_now(),
    )
    .on_conflict_do_nothing()
)
_PAGE = InboxPage(_n)


def add(
    tx: Tx,
    account_id: UUID,
    inbox_id: UUID,
    notice_id: UUID,
    kind: str,
    *,
    code: str | None = None,
    title: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Keep a notice; the same id twice is kept once."""
    added = tx.run(
        _ADD,
        id=notice_id,
        account_id=account_id,
        inbox_id=inbox_id,
        kind=kind,
        code=code,
        title=title,
        detail=detail,
    )
    if added:
        facts = {"inbox_id": str(inbox_id), "kind": kind}
        tx.emit(account_id, EventType.CHANNEL_ERROR, subject_id=notice_id, facts=facts)


def page(tx: ReadTx, scope: Scope, before: UUID | None = None, limit: int = 50) -> list[Row]:
    """Notices of the caller's inboxes, newest first, older than the one with id `before`."""
    return _PAGE.rows(tx, scope, before, limit)
