"""What providers charge: deliveries counted by inbox, category and whether they are billed."""

from datetime import datetime

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
_d = t.deliveries


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


def counts(tx: ReadTx, scope: Scope, since: datetime, until: datetime) -> list[Row]:
    """Messages made in `since <= t < until` with a price: inbox_id, category, billable (as text), n."""
    rows = tx.rows(_COUNTS, account_id=scope.account_id, since=since, until=until)
    return [row for row in rows if scope.inbox_ids is None or row.inbox_id in scope.inbox_ids]
