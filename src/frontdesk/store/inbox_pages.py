"""Pages of rows that belong to inboxes, newest first: filtered in SQL, so that every page is full."""

from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.scope import Scope
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx

P = sa.bindparam
_NEWEST = UUID(int=(1 << 128) - 1)


class InboxPage:
    """Rows of a table with `account_id`, `inbox_id` and a time-ordered `id`.

    Args:
        table: Whose rows.
        conditions: What else must hold; their parameters are given to `rows`.
    """

    def __init__(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> None:
        self._table = table
        self._query = (
            sa.select(table)
            .where(table.c.account_id == P("account_id"), table.c.id < P("before"), *conditions)
            .order_by(table.c.id.desc())
            .limit(P("limit"))
        )

    def rows(self, tx: ReadTx, scope: Scope, before: UUID | None, limit: int, **values: Any) -> list[Row]:
        """At most `limit` rows that the scope sees, older than the one with id `before`."""
        values |= {"account_id": scope.account_id, "before": before or _NEWEST, "limit": limit}
        if scope.inbox_ids is None:
            return tx.rows(self._of_all, **values)
        return tx.rows(self._of_some, **values, inbox_ids=sorted(scope.inbox_ids))

    @cached_property
    def _of_all(self) -> Statement:
        return Statement(self._query)

    @cached_property
    def _of_some(self) -> Statement:
        return Statement(self._query.where(self._table.c.inbox_id.in_(P("inbox_ids", expanding=True))))
