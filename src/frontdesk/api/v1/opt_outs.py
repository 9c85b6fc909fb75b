"""The register of those who do not want to hear from the account by a channel."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.pages import LAST, Page, PageDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Body, Line, SchemeName, Shown
from frontdesk.domain.consent import OptOutKind, OptOutSource
from frontdesk.domain.errors import Forbidden, Invalid, NotFound
from frontdesk.domain.scope import Permission, Scope
from frontdesk.domain.spelling import bare_number, normal
from frontdesk.store import opt_outs
from frontdesk.store.opt_outs import Word
from frontdesk.store.statement import Row
from frontdesk.store.tx import Tx

router = APIRouter(prefix="/v1", tags=["opt-outs"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.CONTACTS_READ))]
Writer = Annotated[Scope, Depends(Needs(Permission.CONTACTS_WRITE))]
ChannelName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]


class OptOutCreate(Body):
    """Somebody who does not want to hear from the account by a channel."""

    channel: ChannelName
    scheme: SchemeName = Field(examples=["phone"])
    address: Line
    kind: OptOutKind = OptOutKind.ALL
    note: Line | None = Field(default=None, description="How we know.")


class OptOutRead(Shown):
    """One that holds.

    `kind`: `all` (nothing may be sent), `marketing` (no marketing templates), `automatic` (nothing that no
    person writes). `source`: the customer's own word, the provider, or the API; `note` is the word.
    """

    id: UUID
    channel: str
    scheme: str
    address: str
    kind: OptOutKind
    source: OptOutSource
    note: str | None
    said_at: datetime
    created_at: datetime

    @classmethod
    def of(cls, row: Row) -> Self:
        """From the store's row."""
        return cls.model_validate({name: getattr(row, name) for name in OptOutRead.model_fields})


@router.get("/opt-outs")
async def list_opt_outs(
    desk: DeskDep,
    scope: Reader,
    page: PageDep,
    channel: Annotated[str | None, Query(max_length=64)] = None,
    address: Annotated[str | None, Query(max_length=320)] = None,
) -> Page[OptOutRead]:
    """Who does not want to hear from the account, the newest first."""
    _check(scope)
    before = page.after_id("opt-outs", LAST)
    rows = await desk.store.read(
        lambda tx: opt_outs.page(
            tx, scope, before, page.limit + 1, channel=channel or "", address=address or ""
        )
    )
    return page.page("opt-outs", rows, OptOutRead.of, lambda row: [str(row.id)])


@router.post("/opt-outs", status_code=201)
async def add_opt_out(body: OptOutCreate, desk: DeskDep, scope: Writer, once: OnceDep) -> OptOutRead:
    """Note that somebody does not want to hear from the account; nothing is sent to them from now on."""
    _check(scope)
    if body.channel not in desk.channels:
        known = ", ".join(sorted(desk.channels))
        raise Invalid("There is no such channel.", field="channel", hint=f"Known ones: {known}.")
    is_bare = body.scheme in desk.channels[body.channel].capabilities.bare_numbers
    address = (bare_number if is_bare else normal)(body.scheme, body.address)

    def change(tx: Tx) -> OptOutRead:
        word = Word(
            channel=body.channel, kind=body.kind, takes_leave=True, source=OptOutSource.API, at=tx.now,
            note=body.note, changed_by=scope.actor_id,
        )  # fmt: skip
        opt_outs.note(tx, scope.account_id, [address], word)
        row = opt_outs.find(tx, scope.account_id, body.channel, address, body.kind)
        if row is None:
            raise NotFound("There is no such opt-out.")
        return OptOutRead.of(row)

    noted = await once.write(change)
    desk.places.forget()
    return noted


@router.delete("/opt-outs/{opt_out_id}", status_code=204)
async def remove_opt_out(opt_out_id: UUID, desk: DeskDep, scope: Writer, once: OnceDep) -> None:
    """Note that one does not hold any more: the customer said so."""
    _check(scope)
    await once.write(lambda tx: opt_outs.end(tx, scope, opt_out_id))
    desk.places.forget()


def _check(scope: Scope) -> None:
    if scope.inbox_ids is not None:
        raise Forbidden("Opt-outs are for those who see all inboxes.")
