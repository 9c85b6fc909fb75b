"""Bearer tokens: those of integrations and those of the widget's visitors. Only their hashes are kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from frontdesk.domain.scope import Scope
from frontdesk.kit.ids import uuid7
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_k, _v, _u, _m = t.api_tokens, t.visitors, t.users, t.memberships


class _EachText(FunctionElement[str]):
    """The texts of a column with a JSON list, a row each, in a column `value`."""

    inherit_cache: bool | None = True


@compiles(_EachText, "postgresql")
def _on_postgresql(element: _EachText, compiler: SQLCompiler, **kw: object) -> str:
    return f"json_array_elements_text(({compiler.process(element.clauses, **kw)})::json)"


@compiles(_EachText, "sqlite")
def _on_sqlite(element: _EachText, compiler: SQLCompiler, **kw: object) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)})"


_ADD = Statement(
    insert(_k).values(
        id=P("id"), account_id=P("account_id"), name=P("name"), token_hash=P("token_hash"),
        user_id=P("user_id"), permissions=P("permissions"), inbox_ids=P("inbox_ids"),
        not_before=P("not_before"), expires_at=P("expires_at"), created_by=P("created_by"),
        created_at=db_now(),
    )
)  # fmt: skip
_FIND = Statement(
    sa.select(_k, _u.c.name.label("user_name"), _m.c.role, _m.c.permissions.label("user_permissions"))
    .select_from(
        _k.outerjoin(_u, _u.c.id == _k.c.user_id).outerjoin(
            _m, sa.and_(_m.c.user_id == _k.c.user_id, _m.c.account_id == _k.c.account_id)
        )
    )
    .where(
        _k.c.token_hash == P("token_hash"),
        _k.c.revoked_at.is_(None),
        sa.or_(_k.c.user_id.is_(None), sa.and_(_u.c.disabled_at.is_(None), _m.c.user_id.is_not(None))),
    )
)
_GET = Statement(sa.select(_k).where(_k.c.account_id == P("account_id"), _k.c.id == P("id")))
_PAGE = Statement(
    sa.select(_k)
    .where(_k.c.account_id == P("account_id"), _k.c.id > P("after"), _k.c.revoked_at.is_(None))
    .order_by(_k.c.id)
    .limit(P("limit"))
)
_INBOX = _EachText(_k.c.inbox_ids).table_valued("value").alias("each_inbox")
_PAGE_WITHIN = Statement(
    sa.select(_k)
    .where(
        _k.c.account_id == P("account_id"),
        _k.c.id > P("after"),
        _k.c.revoked_at.is_(None),
        _k.c.inbox_ids.is_not(None),
        ~sa.exists(
            sa.select(sa.literal(1))
            .select_from(_INBOX)
            .where(_INBOX.c.value.not_in(P("inbox_ids", expanding=True)))
        ),
    )
    .order_by(_k.c.id)
    .limit(P("limit"))
)
_REVOKE = Statement(
    sa.update(_k)
    .where(_k.c.account_id == P("account"), _k.c.id == P("token"), _k.c.revoked_at.is_(None))
    .values(revoked_at=db_now())
)
_ADD_VISITOR = Statement(
    insert(_v).values(
        token_hash=P("token_hash"), account_id=P("account_id"), inbox_id=P("inbox_id"),
        contact_id=P("contact_id"), verified=P("verified"), language=P("language"), created_at=db_now(),
        expires_at=P("expires_at"),
    )
)  # fmt: skip
_VISITOR = Statement(
    sa.select(
        _v.c.account_id, _v.c.inbox_id, _v.c.contact_id, _v.c.verified, _v.c.language, _v.c.expires_at,
        t.contacts.c.name,
    )
    .select_from(
        _v.join(t.contacts, t.contacts.c.id == _v.c.contact_id).join(
            t.inboxes, sa.and_(t.inboxes.c.id == _v.c.inbox_id, t.inboxes.c.deleted_at.is_(None))
        )
    )
    .where(_v.c.token_hash == P("token_hash"), _v.c.expires_at > db_now())
)  # fmt: skip
_FORGET_VISITS = Statement(sa.delete(_v).where(_v.c.expires_at < db_now()))
_END_VISIT = Statement(sa.delete(_v).where(_v.c.token_hash == P("token_hash")))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """An API token to add."""

    name: str
    token_hash: bytes
    permissions: list[str]
    user_id: UUID | None = None
    inbox_ids: list[str] | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None


def add(tx: Tx, scope: Scope, new: NewToken) -> Row:
    """Add an API token to the caller's account."""
    token_id = uuid7()
    tx.run(
        _ADD,
        id=token_id,
        account_id=scope.account_id,
        name=new.name,
        token_hash=new.token_hash,
        user_id=new.user_id,
        permissions=new.permissions,
        inbox_ids=new.inbox_ids,
        not_before=new.not_before,
        expires_at=new.expires_at,
        created_by=scope.user_id,
    )
    return tx.one(_GET, account_id=scope.account_id, id=token_id)


def find(tx: ReadTx, token_hash: bytes) -> Row | None:
    """A token that is not revoked and whose user, if any, is enabled. Times are the caller's to check."""
    return tx.first(_FIND, token_hash=token_hash)


def page(tx: ReadTx, scope: Scope, after: UUID, limit: int) -> list[Row]:
    """Tokens of the account by id, those after one, without revoked ones.

    Whoever is limited to some inboxes sees the tokens that reach no further.
    """
    statement = _PAGE if scope.inbox_ids is None else _PAGE_WITHIN
    values: dict[str, Any] = {"account_id": scope.account_id, "after": after, "limit": limit}
    if scope.inbox_ids is not None:
        values["inbox_ids"] = sorted(map(str, scope.inbox_ids))
    return tx.rows(statement, **values)


def is_within(scope: Scope, token: Row) -> bool:
    """Whether a token reaches no further than the caller."""
    if scope.inbox_ids is None:
        return True
    return token.inbox_ids is not None and {UUID(str(each)) for each in token.inbox_ids} <= scope.inbox_ids


def get(tx: ReadTx, scope: Scope, token_id: UUID) -> Row:
    """A token of the caller's account, revoked or not.

    Raises:
        NotFound: There is none.
    """
    return tx.one(_GET, account_id=scope.account_id, id=token_id)


def revoke(tx: Tx, scope: Scope, token_id: UUID) -> None:
    """Revoke a token for good; once more changes nothing.

    Raises:
        NotFound: The account has no such token.
    """
    tx.one(_GET, account_id=scope.account_id, id=token_id)
    tx.run(_REVOKE, account=scope.account_id, token=token_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisitor:
    """A visit of the widget: who, where, until when."""

    token_hash: bytes
    account_id: UUID
    inbox_id: UUID
    contact_id: UUID
    verified: bool
    language: str | None
    expires_at: datetime


def add_visitor(tx: Tx, new: NewVisitor) -> None:
    """Add a visitor's token."""
    tx.run(
        _ADD_VISITOR,
        token_hash=new.token_hash,
        account_id=new.account_id,
        inbox_id=new.inbox_id,
        contact_id=new.contact_id,
        verified=new.verified,
        language=new.language,
        expires_at=new.expires_at,
    )


def visitor(tx: ReadTx, token_hash: bytes) -> Row | None:
    """A running visit in an inbox that still exists, with the contact's name."""
    return tx.first(_VISITOR, token_hash=token_hash)


def forget_visits(tx: Tx) -> None:
    """Drop visits that have ended by themselves."""
    tx.run(_FORGET_VISITS)


def end_visit(tx: Tx, token_hash: bytes) -> None:
    """End a visit; its token is worth nothing any more."""
    tx.run(_END_VISIT, token_hash=token_hash)
