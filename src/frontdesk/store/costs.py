"""What providers charge: deliveries counted by inbox, category and whether they are billed; the last one."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from frontdesk.domain.scope import Scope
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx

P = sa.bindparam
_d, _m, _th, _i = t.deliveries, t.messages, t.threads, t.identities


class _Member(FunctionElement[str]):
    """A member of a JSON object kept as text, as text ("true" and "1" for true)."""

    type: TypeEngine[str] = sa.Text()
    inherit_cache: bool | None = True


@compiles(_Member, "postgresql")
def _on_postgresql(element: _Member, compiler: SQLCompiler, **kw: object) -> str:
    column, name = element.clauses
    return f"(({compiler.process(column, **kw)})::json ->> {compiler.process(name, **kw)})"


@compiles(_Member, "sqlite")
def _on_sqlite(element: _Member, compiler: SQLCompiler, **kw: object) -> str:
    column, name = element.clauses
    return f"({compiler.process(column, **kw)} ->> {compiler.process(name, **kw)})"


_CATEGORY = _Member(_d.c.pricing, sa.literal_column("'category'")).label("category")
_BILLABLE = _Member(_d.c.pricing, sa.literal_column("'billable'")).label("billable")
_COUNTS = Statement(
    sa.select(_d.c.inbox_id, _CATEGORY, _BILLABLE, sa.func.count().label("n"))
    .where(
        _d.c.account_id == P("account_id"),
        _d.c.pricing.is_not(None),
        _d.c.created_at >= P("since"),
        _d.c.created_at < P("until"),
    )
    .group_by(_d.c.inbox_id, _CATEGORY, _BILLABLE)
    .order_by(_d.c.inbox_id, _CATEGORY, _BILLABLE)
)

_BACK = 50
"""So far back among a conversation's messages a charge is looked for."""
_LAST = Statement(
    sa.select(_d.c.pricing, _d.c.sent_at, _d.c.created_at)
    .join_from(_d, _m, _m.c.id == _d.c.message_id)
    .where(
        _m.c.conversation_id == P("conversation_id"),
        _m.c.seq
        > sa.select(t.conversations.c.last_seq - _BACK)
        .where(t.conversations.c.id == P("conversation_id"))
        .scalar_subquery(),
        _d.c.pricing.is_not(None),
    )
    .order_by(_m.c.seq.desc())
    .limit(1)
)
_own = (_i.c.scheme == _th.c.scheme) & (_i.c.address == _th.c.address)
_WHOSE = Statement(
    sa.select(_i.c.scheme, _i.c.address, t.contacts.c.country)
    .select_from(
        _th.join(t.contacts, t.contacts.c.id == _th.c.contact_id).outerjoin(
            _i, (_i.c.contact_id == _th.c.contact_id) & (_i.c.account_id == _th.c.account_id)
        )
    )
    .where(_th.c.id == P("thread_id"))
    .order_by(sa.case((_own, 0), else_=1), _i.c.created_at)
    .limit(20)
)


def last_of(tx: ReadTx, conversation_id: UUID) -> Row | None:
    """The last charge of a conversation: pricing, sent_at, created_at."""
    return tx.first(_LAST, conversation_id=conversation_id)


def whose(tx: ReadTx, thread_id: UUID) -> list[Row]:
    """The addresses of a thread's contact (scheme, address, country), the thread's own first."""
    return tx.rows(_WHOSE, thread_id=thread_id)


def counts(tx: ReadTx, scope: Scope, since: datetime, until: datetime) -> list[Row]:
    """Messages made in `since <= t < until` with a price: inbox_id, category, billable (as text), n."""
    rows = tx.rows(_COUNTS, account_id=scope.account_id, since=since, until=until)
    return [row for row in rows if scope.inbox_ids is None or row.inbox_id in scope.inbox_ids]
