"""API tokens: bearer credentials of integrations, with their own permissions and times."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field, StrictInt, model_validator

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.pages import Page, PageDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Body, Instant, Line, Shown
from frontdesk.domain.errors import Forbidden, Invalid, NotFound
from frontdesk.domain.scope import Permission, Scope
from frontdesk.features.accounts.access import API_PREFIX
from frontdesk.kit.crypto import digest, random_token
from frontdesk.store import inboxes, tokens, users
from frontdesk.store.statement import Row
from frontdesk.store.tokens import NewToken
from frontdesk.store.tx import Tx

router = APIRouter(prefix="/v1", tags=["tokens"], route_class=DeskRoute)

Manager = Annotated[Scope, Depends(Needs(Permission.TOKENS_MANAGE))]
_LONGEST = 10 * 365 * 24 * 3600


class TokenCreate(Body):
    """A token to make. It never does more than its maker may, nor than the user in whose name it acts."""

    name: Line
    permissions: list[Permission] = Field(min_length=1, max_length=50)
    ttl_seconds: StrictInt | None = Field(default=None, ge=1, le=_LONGEST, description="How long it lasts.")
    expires_at: Instant | None = None
    not_before: Instant | None = None
    user_id: UUID | None = Field(default=None, description="The user in whose name it writes.")
    inbox_ids: list[UUID] | None = Field(default=None, max_length=100, description="Null: all inboxes.")

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.ttl_seconds is not None and self.expires_at is not None:
            msg = "give ttl_seconds or expires_at, not both"
            raise ValueError(msg)
        return self


class TokenRead(Shown):
    """A token, without its secret."""

    id: UUID
    name: str
    permissions: list[str]
    user_id: UUID | None
    inbox_ids: list[UUID] | None
    not_before: datetime | None
    expires_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, row: Row) -> Self:
        """From the store's row."""
        return cls.model_validate({name: getattr(row, name) for name in TokenRead.model_fields})


class TokenCreated(TokenRead):
    """A new token; its secret is shown this once."""

    token: str


@router.get("/tokens")
async def list_tokens(desk: DeskDep, scope: Manager, page: PageDep) -> Page[TokenRead]:
    """All tokens that are not revoked, the oldest first."""
    after = page.after_id("tokens")
    rows = await desk.store.read(lambda tx: tokens.page(tx, scope, after, page.limit + 1))
    return page.page("tokens", rows, TokenRead.of, lambda row: [str(row.id)])


@router.post("/tokens", status_code=201)
async def add_token(body: TokenCreate, scope: Manager, once: OnceDep) -> TokenCreated:
    """Make a token."""
    secret = random_token(API_PREFIX)

    def change(tx: Tx) -> TokenCreated:
        _check(tx, scope, body)
        row = tokens.add(tx, scope, _new(body, secret, tx.now))
        return TokenCreated(**TokenRead.of(row).model_dump(), token=secret)

    return await once.write(change, secret=True)


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(token_id: UUID, desk: DeskDep, scope: Manager, once: OnceDep) -> None:
    """Revoke a token; it is refused from now on."""

    def change(tx: Tx) -> None:
        if not tokens.is_within(scope, tokens.get(tx, scope, token_id)):
            raise NotFound("There is no such token.")
        tokens.revoke(tx, scope, token_id)

    await once.write(change)
    desk.access.forget()


def _check(tx: Tx, scope: Scope, body: TokenCreate) -> None:
    if not set(body.permissions) <= scope.permissions:
        raise Forbidden("A token cannot do more than you may.")
    if body.user_id is not None and body.user_id != scope.user_id:
        if not scope.may(Permission.USERS_MANAGE):
            raise Forbidden("Only somebody who manages users may act in another's name.")
        _found(partial(users.get, tx, scope, body.user_id), "user_id")
    for inbox_id in body.inbox_ids or ():
        _found(partial(inboxes.get, tx, scope, inbox_id), "inbox_ids")
    if scope.inbox_ids is not None and body.inbox_ids is None:
        raise Forbidden("A token cannot see more inboxes than you do.", hint="Name them in inbox_ids.")


def _new(body: TokenCreate, secret: str, now: datetime) -> NewToken:
    ttl = timedelta(seconds=body.ttl_seconds) if body.ttl_seconds is not None else None
    return NewToken(
        name=body.name,
        token_hash=digest(secret),
        permissions=sorted({str(each) for each in body.permissions}),
        user_id=body.user_id,
        inbox_ids=None if body.inbox_ids is None else sorted({str(each) for each in body.inbox_ids}),
        not_before=body.not_before,
        expires_at=body.expires_at if ttl is None else now + ttl,
    )


def _found(look: Callable[[], Row], field: str) -> None:
    try:
        look()
    except NotFound:
        raise Invalid("There is no such one in this account.", field=field) from None
