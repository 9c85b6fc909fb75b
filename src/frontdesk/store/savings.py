"""Templates that went as plain text because free text was allowed: one row per message, counted exactly."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.scope import Scope
from frontdesk.store import tables as t
from frontdesk.store.statement import Statement, insert
from frontdesk.store.tx import ReadTx, Row, Tx

P = sa.bindparam
_s, _m, _te = t.saved_templates, t.messages, t.templates

_told = sa.select(
    _m.c.id,
    _m.c.account_id,
    _m.c.inbox_id,
    P("name", type_=sa.Text()).label("name"),
    P("language", type_=sa.Text()).label("language"),
    sa.select(_te.c.category)
    .where(_te.c.inbox_id == _m.c.inbox_id, _te.c.name == P("name"), _te.c.language == P("language"))
    .scalar_subquery()
    .label("category"),
    _m.c.created_at,
).where(_m.c.id == P("message"))
_ADD = Statement(
    insert(_s).from_select(
        ["message_id", "account_id", "inbox_id", "name", "language", "category", "saved_at"], _told
    )
)
_COUNTS = Statement(
    sa.select(_s.c.inbox_id, _s.c.name, _s.c.language, _s.c.category, sa.func.count().label("n"))
    .where(_s.c.account_id == P("account_id"), _s.c.saved_at >= P("since"), _s.c.saved_at < P("until"))
    .group_by(_s.c.inbox_id, _s.c.name, _s.c.language, _s.c.category)
    .order_by(_s.c.inbox_id, _s.c.name, _s.c.language, _s.c.category)
)


def add(tx: Tx, message_id: UUID, name: str, language: str) -> None:
    """Count a message that was appended in this change instead of a template."""
    tx.run(_ADD, message=message_id, name=name, language=language)


def counts(tx: ReadTx, scope: Scope, since: datetime, until: datetime) -> list[Row]:
    """Templates saved in `since <= t < until`: inbox_id, name, language, category, n."""
    rows = tx.rows(_COUNTS, account_id=scope.account_id, since=since, until=until)
    return [row for row in rows if scope.inbox_ids is None or row.inbox_id in scope.inbox_ids]
