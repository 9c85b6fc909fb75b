"""Users of the account."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import StrictBool

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.pages import Page, PageDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Body, Email, Line, NewPassword, Shown
from frontdesk.domain.errors import Forbidden
from frontdesk.domain.scope import ROLE_PERMISSIONS, Permission, Role, Scope
from frontdesk.features.accounts.signing_in import normal_email
from frontdesk.store import users
from frontdesk.store.statement import Row
from frontdesk.store.tx import Tx
from frontdesk.store.users import NewUser

router = APIRouter(prefix="/v1", tags=["users"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.USERS_READ))]
Manager = Annotated[Scope, Depends(Needs(Permission.USERS_MANAGE))]


class UserCreate(Body):
    """A user to add."""

    name: Line
    email: Email
    password: NewPassword
    role: Role


class UserUpdate(Body):
    """What to change about a user; a new password or disabling ends their sessions."""

    name: Line | None = None
    role: Role | None = None
    disabled: StrictBool | None = None
    password: NewPassword | None = None


class UserRead(Shown):
    """A user. The address is shown to those who manage users, and to the user."""

    id: UUID
    name: str
    email: str | None
    role: str
    disabled: bool
    created_at: datetime

    @classmethod
    def of(cls, row: Row, scope: Scope) -> Self:
        """As this caller may see it."""
        sees_address = scope.may(Permission.USERS_MANAGE) or row.id == scope.user_id
        return cls(
            id=row.id,
            name=row.name,
            email=row.email if sees_address else None,
            role=row.role,
            disabled=row.disabled_at is not None,
            created_at=row.created_at,
        )


@router.get("/users")
async def list_users(desk: DeskDep, scope: Reader, page: PageDep) -> Page[UserRead]:
    """All users, the oldest first."""
    after = page.after_id("users")
    rows = await desk.store.read(lambda tx: users.page(tx, scope, after, page.limit + 1))
    return page.page("users", rows, lambda row: UserRead.of(row, scope), lambda row: [str(row.id)])


@router.post("/users", status_code=201)
async def add_user(body: UserCreate, desk: DeskDep, scope: Manager, once: OnceDep) -> UserRead:
    """Add a user. Nobody gives more than they have."""
    _check_role(scope, body.role)
    password_hash = await desk.signing_in.passwords.hash(body.password.get_secret_value())
    new = NewUser(email=normal_email(body.email), name=body.name, password_hash=password_hash, role=body.role)

    def change(tx: Tx) -> UserRead:
        return UserRead.of(users.get(tx, scope, users.add(tx, scope.account_id, new)), scope)

    return await once.write(change)


@router.patch("/users/{user_id}")
async def update_user(
    user_id: UUID, body: UserUpdate, desk: DeskDep, scope: Manager, once: OnceDep
) -> UserRead:
    """Change a user."""
    given = body.model_dump(exclude_none=True, exclude={"password"})
    if body.password is not None:
        given["password_hash"] = await desk.signing_in.passwords.hash(body.password.get_secret_value())

    def change(tx: Tx) -> UserRead:
        _check_role(scope, Role(users.get(tx, scope, user_id).role))
        if body.role is not None:
            _check_role(scope, body.role)
        return UserRead.of(users.change(tx, scope, user_id, given), scope)

    changed = await once.write(change)
    desk.access.forget()
    return changed


def _check_role(scope: Scope, role: Role) -> None:
    if not ROLE_PERMISSIONS[role] <= scope.permissions:
        raise Forbidden(f"Only somebody who may do as much may manage the role {role}.")
