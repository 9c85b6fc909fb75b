"""Templates that providers approved, by inbox: as they were when they were synced last."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.template import MessageTemplate, TemplateVariable
from frontdesk.store import tables as t
from frontdesk.store.statement import Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_t = t.templates

_DROP = Statement(sa.delete(_t).where(_t.c.account_id == P("account_id"), _t.c.inbox_id == P("inbox_id")))
_ADD = Statement(
    insert(_t)
    .values(
        inbox_id=P("inbox_id"), name=P("name"), language=P("language"), account_id=P("account_id"),
        status=P("status"), category=P("category"), body=P("body"), variables=P("variables"),
        synced_at=db_now(),
    )
    .on_conflict_do_nothing()
)  # fmt: skip
_OF = Statement(
    sa.select(_t)
    .where(_t.c.account_id == P("account_id"), _t.c.inbox_id == P("inbox_id"))
    .order_by(_t.c.name, _t.c.language)
)


def replace(tx: Tx, account_id: UUID, inbox_id: UUID, templates: Sequence[MessageTemplate]) -> None:
    """Keep these instead of those that were there."""
    drop(tx, account_id, inbox_id)
    for each in templates:
        tx.run(
            _ADD,
            inbox_id=inbox_id,
            account_id=account_id,
            name=each.name,
            language=each.language,
            status=each.status,
            category=each.category,
            body=each.body.replace("\0", ""),
            variables=[variable.model_dump() for variable in each.variables],
        )


def drop(tx: Tx, account_id: UUID, inbox_id: UUID) -> None:
    """Forget all of an inbox."""
    tx.run(_DROP, account_id=account_id, inbox_id=inbox_id)


def of_inbox(tx: ReadTx, account_id: UUID, inbox_id: UUID) -> list[MessageTemplate]:
    """All templates of an inbox by name and language; empty if they were never synced."""
    return [
        MessageTemplate(
            name=row.name,
            language=row.language,
            status=row.status,
            category=row.category,
            body=row.body,
            variables=tuple(TemplateVariable.model_validate(each) for each in row.variables or ()),
        )
        for row in tx.rows(_OF, account_id=account_id, inbox_id=inbox_id)
    ]
