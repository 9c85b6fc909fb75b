"""The account itself."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Body, Language, Line, Shown, TimeZone
from frontdesk.domain.errors import Invalid, NotFound
from frontdesk.domain.scope import Permission, Scope
from frontdesk.store import accounts, attachments
from frontdesk.store.statement import Row
from frontdesk.store.tx import Tx

router = APIRouter(prefix="/v1", tags=["account"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs())]
Manager = Annotated[Scope, Depends(Needs(Permission.ACCOUNT_MANAGE))]


class AccountSettings(Body):
    """What an account keeps about itself."""

    photo_attachment_id: UUID | None = None
    slack_channel: Line | None = None
    test_numbers: list[Annotated[str, Field(pattern=r"^\+?[0-9 ().\-]{4,30}$")]] = Field(
        default_factory=list, max_length=50
    )


class AccountUpdate(Body):
    """What to change."""

    name: Line | None = None
    time_zone: TimeZone | None = None
    language: Language | None = None
    settings: AccountSettings | None = None


class AccountRead(Shown):
    """An account."""

    id: UUID
    name: str
    time_zone: str
    language: str
    simulated: bool
    settings: AccountSettings

    @classmethod
    def of(cls, row: Row) -> Self:
        """From the store's row."""
        values = {name: getattr(row, name) for name in AccountRead.model_fields}
        return cls.model_validate({**values, "settings": row.settings or {}})


@router.get("/account")
async def read_account(desk: DeskDep, scope: Reader) -> AccountRead:
    """The caller's account."""
    return AccountRead.of(await desk.store.read(lambda tx: accounts.get(tx, scope)))


@router.patch("/account")
async def update_account(body: AccountUpdate, scope: Manager, once: OnceDep) -> AccountRead:
    """Change the account."""
    values = body.model_dump(mode="json", exclude_none=True)

    def change(tx: Tx) -> AccountRead:
        photo = body.settings.photo_attachment_id if body.settings else None
        if photo is not None:
            _check_photo(tx, scope, photo)
        return AccountRead.of(accounts.change(tx, scope, values))

    return await once.write(change)


def _check_photo(tx: Tx, scope: Scope, photo: UUID) -> None:
    try:
        attachments.get(tx, scope, photo)
    except NotFound:
        raise Invalid("There is no such attachment.", field="settings.photo_attachment_id") from None
