"""Canned responses: prepared answers of one or several messages, with {{variables}}."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.pages import Page, PageDep
from frontdesk.api.patterns import SHORTCUT
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Body, Line, Shown
from frontdesk.domain.content import Content
from frontdesk.domain.scope import Permission, Scope
from frontdesk.store import canned_responses
from frontdesk.store.statement import Row

router = APIRouter(prefix="/v1", tags=["canned responses"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.CONVERSATIONS_READ))]
Writer = Annotated[Scope, Depends(Needs(Permission.CONVERSATIONS_WRITE))]


class CannedResponseWrite(Body):
    """A canned response to make, or to put in place of one."""

    shortcut: Annotated[str, Field(min_length=1, max_length=64, pattern=SHORTCUT)]
    title: Line
    messages: list[Content] = Field(min_length=1, max_length=10)

    def contents(self) -> list[Any]:
        """The messages as they are kept."""
        return [content.model_dump(mode="json", exclude_none=True) for content in self.messages]


class CannedResponseRead(Shown):
    """A canned response."""

    id: UUID
    shortcut: str
    title: str
    messages: list[Content]
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, row: Row) -> Self:
        """From the store's row."""
        return cls.model_validate({name: getattr(row, name) for name in CannedResponseRead.model_fields})


@router.get("/canned-responses")
async def list_canned_responses(
    desk: DeskDep,
    scope: Reader,
    page: PageDep,
    q: Annotated[str | None, Query(max_length=200, description="In shortcuts and titles.")] = None,
) -> Page[CannedResponseRead]:
    """Canned responses by shortcut."""
    position = page.position("canned")
    after = str(position[0]) if position else ""
    rows = await desk.store.read(lambda tx: canned_responses.page(tx, scope, q, after, page.limit + 1))
    return page.page("canned", rows, CannedResponseRead.of, lambda row: [row.shortcut])


@router.post("/canned-responses", status_code=201)
async def add_canned_response(body: CannedResponseWrite, scope: Writer, once: OnceDep) -> CannedResponseRead:
    """Make a canned response."""
    return await once.write(
        lambda tx: CannedResponseRead.of(
            canned_responses.add(tx, scope, body.shortcut, body.title, body.contents())
        )
    )


@router.get("/canned-responses/{response_id}")
async def read_canned_response(response_id: UUID, desk: DeskDep, scope: Reader) -> CannedResponseRead:
    """One canned response."""
    row = await desk.store.read(lambda tx: canned_responses.get(tx, scope, response_id))
    return CannedResponseRead.of(row)


@router.put("/canned-responses/{response_id}")
async def replace_canned_response(
    response_id: UUID, body: CannedResponseWrite, scope: Writer, once: OnceDep
) -> CannedResponseRead:
    """Put other words in place."""
    return await once.write(
        lambda tx: CannedResponseRead.of(
            canned_responses.replace(
                tx,
                scope,
                response_id,
                shortcut=body.shortcut,
                title=body.title,
                messages=body.contents(),
            )
        )
    )


@router.delete("/canned-responses/{response_id}", status_code=204)
async def delete_canned_response(response_id: UUID, scope: Writer, once: OnceDep) -> None:
    """Delete a canned response."""
    await once.write(lambda tx: canned_responses.delete(tx, scope, response_id))
