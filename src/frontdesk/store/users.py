"""Users, their membership in accounts and their sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.errors import Conflict
from frontdesk.domain.event import EventType
from frontdesk.domain.scope import Role, Scope
from frontdesk.kit.ids import uuid7
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_u, _m, _s = t.users, t.memberships, t.sessions

_COLUMNS = (
    _u.c.id, _u.c.name, _u.c.email, _u.c.disabled_at, _u.c.created_at, _m.c.account_id, _m.c.role,
    _m.c.permissions, _m.c.inbox_ids,
)  # fmt: skip
_MEMBERS = sa.select(*_COLUMNS).join_from(_u, _m, _m.c.user_id == _u.c.id)

_HAS_OWNER = Statement(sa.select(_m.c.user_id).where(_m.c.role == Role.OWNER.value).limit(1))
_ADD = Statement(
    insert(_u)
    .values(
        id=P("id"), email=P("email"), name=P("name"), password_hash=P("password_hash"), created_at=db_now()
    )
    .on_conflict_do_nothing()
)  # fmt: skip
_JOIN = Statement(
    insert(_m).values(
        account_id=P("account_id"), user_id=P("user_id"), role=P("role"), permissions=P("permissions"),
        inbox_ids=P("inbox_ids"), created_at=db_now(),
    )
)  # fmt: skip
_BY_EMAIL = Statement(
    sa.select(*_COLUMNS, _u.c.password_hash)
    .join_from(_u, _m, _m.c.user_id == _u.c.id)
    .where(_u.c.email == P("email"))
    .order_by(_m.c.created_at)
)
_MEMBER_BY_EMAIL = Statement(_MEMBERS.where(_m.c.account_id == P("account_id"), _u.c.email == P("email")))
_GET = Statement(_MEMBERS.where(_m.c.account_id == P("account_id"), _u.c.id == P("id")))
_LOCK_OWNERS = Statement(
    sa.select(_m.c.user_id)
    .where(_m.c.account_id == P("account_id"), _m.c.role == Role.OWNER.value)
    .order_by(_m.c.user_id)
    .with_for_update(key_share=True)
)
_ACTIVE_OWNERS = Statement(
    sa.select(sa.func.count().label("n"))
    .select_from(_u.join(_m, _m.c.user_id == _u.c.id))
    .where(_m.c.account_id == P("account_id"), _m.c.role == Role.OWNER.value, _u.c.disabled_at.is_(None))
)
_PAGE = Statement(
    _MEMBERS.where(_m.c.account_id == P("account_id"), _u.c.id > P("after"))
    .order_by(_u.c.id)
    .limit(P("limit"))
)
_HASH = Statement(sa.select(_u.c.password_hash).where(_u.c.id == P("id")))
_NAME = Statement(sa.update(_u).where(_u.c.id == P("user")).values(name=P("name")))
_PASSWORD = Statement(sa.update(_u).where(_u.c.id == P("user")).values(password_hash=P("password_hash")))
_DISABLE = Statement(
    sa.update(_u).where(_u.c.id == P("user"), _u.c.disabled_at.is_(None)).values(disabled_at=db_now())
)
_ENABLE = Statement(sa.update(_u).where(_u.c.id == P("user")).values(disabled_at=sa.null()))
_ROLE = Statement(
    sa.update(_m).where(_m.c.account_id == P("account"), _m.c.user_id == P("user")).values(role=P("role"))
)

_OPEN = Statement(
    insert(_s).values(
        token_hash=P("token_hash"), account_id=P("account_id"), user_id=P("user_id"),
        csrf_token=P("csrf_token"), user_agent=P("user_agent"), created_at=db_now(), last_seen_at=db_now(),
        expires_at=P("expires_at"),
    )
)  # fmt: skip
_SESSION = Statement(
    sa.select(
        _s.c.account_id, _s.c.user_id, _s.c.csrf_token, _s.c.expires_at, _s.c.last_seen_at, _u.c.name,
        _u.c.email, _m.c.role, _m.c.permissions, _m.c.inbox_ids,
    )
    .select_from(
        _s.join(_u, _u.c.id == _s.c.user_id).join(
            _m, sa.and_(_m.c.user_id == _s.c.user_id, _m.c.account_id == _s.c.account_id)
        )
    )
    .where(_s.c.token_hash == P("token_hash"), _s.c.expires_at > db_now(), _u.c.disabled_at.is_(None))
)  # fmt: skip
_SEEN = Statement(sa.update(_s).where(_s.c.token_hash == P("hash")).values(last_seen_at=db_now()))
_CLOSE = Statement(sa.delete(_s).where(_s.c.token_hash == P("token_hash")))
_CLOSE_OTHERS = Statement(
    sa.delete(_s).where(_s.c.user_id == P("user_id"), _s.c.token_hash != P("token_hash"))
)
_FORGET = Statement(sa.delete(_s).where(_s.c.expires_at < db_now()))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user to add; the e-mail address is already normalised, the password already hashed."""

    email: str
    name: str
    password_hash: str | None
    role: Role


def has_owner(tx: ReadTx) -> bool:
    """Whether anybody owns an account of this instance."""
    return tx.first(_HAS_OWNER) is not None


def add(tx: Tx, account_id: UUID, user: NewUser) -> UUID:
    """Add a user to an account.

    Raises:
        Conflict: The address is taken.
    """
    user_id = uuid7()
    if not tx.run(_ADD, id=user_id, email=user.email, name=user.name, password_hash=user.password_hash):
        raise Conflict("This e-mail address is already in use.", field="email")
    tx.run(
        _JOIN, account_id=account_id, user_id=user_id, role=user.role.value, permissions=None, inbox_ids=None
    )
    tx.emit(account_id, EventType.USER_UPDATED, subject_id=user_id)
    return user_id


def by_email(tx: ReadTx, email: str) -> Row | None:
    """The user with this address, with the account, the role and the password's hash."""
    return tx.first(_BY_EMAIL, email=email)


def member_by_email(tx: ReadTx, account_id: UUID, email: str) -> Row | None:
    """The account's user with this address."""
    return tx.first(_MEMBER_BY_EMAIL, account_id=account_id, email=email)


def get(tx: ReadTx, scope: Scope, user_id: UUID) -> Row:
    """A user of the caller's account."""
    return tx.one(_GET, account_id=scope.account_id, id=user_id)


def page(tx: ReadTx, scope: Scope, after: UUID, limit: int) -> list[Row]:
    """Users of the account by id, those after one."""
    return tx.rows(_PAGE, account_id=scope.account_id, after=after, limit=limit)


def password_hash(tx: ReadTx, user_id: UUID) -> str | None:
    """The hash of a user's password."""
    found: str | None = tx.scalar(_HASH, id=user_id)
    return found


def change(tx: Tx, scope: Scope, user_id: UUID, values: dict[str, Any]) -> Row:
    """Change name, role, disabled or password_hash of a user of the account.

    A new password and disabling end the user's sessions, but for the one whose hash is `keep_session`.

    Raises:
        Conflict: Nobody would be left who owns the account.
    """
    tx.rows(_LOCK_OWNERS, account_id=scope.account_id)
    tx.one(_GET, account_id=scope.account_id, id=user_id)
    if "name" in values:
        tx.run(_NAME, user=user_id, name=values["name"])
    if "role" in values:
        tx.run(_ROLE, account=scope.account_id, user=user_id, role=values["role"])
    if "disabled" in values:
        tx.run(_DISABLE if values["disabled"] else _ENABLE, user=user_id)
    if "password_hash" in values:
        tx.run(_PASSWORD, user=user_id, password_hash=values["password_hash"])
    if values.get("disabled") or "password_hash" in values:
        close_others(tx, user_id, values.get("keep_session", b""))
    if not tx.scalar(_ACTIVE_OWNERS, account_id=scope.account_id):
        raise Conflict("An account needs an active owner.", hint="Make somebody else an owner first.")
    tx.emit(scope.account_id, EventType.USER_UPDATED, subject_id=user_id)
    return tx.one(_GET, account_id=scope.account_id, id=user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session to open; only the hash of its token is kept."""

    token_hash: bytes
    account_id: UUID
    user_id: UUID
    csrf_token: str
    user_agent: str | None
    expires_at: datetime


def open_session(tx: Tx, new: NewSession) -> None:
    """Open a session, and drop all that have ended."""
    tx.run(_FORGET)
    tx.run(
        _OPEN,
        token_hash=new.token_hash,
        account_id=new.account_id,
        user_id=new.user_id,
        csrf_token=new.csrf_token,
        user_agent=new.user_agent,
        expires_at=new.expires_at,
    )


def session(tx: ReadTx, token_hash: bytes) -> Row | None:
    """A running session of an enabled user, with the user and the membership."""
    return tx.first(_SESSION, token_hash=token_hash)


def seen(tx: Tx, token_hash: bytes) -> None:
    """Note that a session was used now."""
    tx.run(_SEEN, hash=token_hash)


def forget_sessions(tx: Tx) -> None:
    """Drop sessions that have ended by themselves."""
    tx.run(_FORGET)


def close_session(tx: Tx, token_hash: bytes) -> None:
    """End a session."""
    tx.run(_CLOSE, token_hash=token_hash)


def close_others(tx: Tx, user_id: UUID, token_hash: bytes) -> None:
    """End all sessions of a user but this one."""
    tx.run(_CLOSE_OTHERS, user_id=user_id, token_hash=token_hash)
