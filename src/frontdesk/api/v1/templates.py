"""The templates of an inbox: as they were synced last, and syncing them anew."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.route import DeskRoute
from frontdesk.domain.scope import Permission, Scope
from frontdesk.domain.template import MessageTemplate
from frontdesk.features.inboxes.templates import sync
from frontdesk.store import inboxes, templates
from frontdesk.store.tx import ReadTx

router = APIRouter(prefix="/v1", tags=["inboxes"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.INBOXES_READ))]
Sending = Annotated[Scope, Depends(Needs(Permission.MESSAGES_SEND))]


@router.get("/inboxes/{inbox_id}/templates")
async def list_templates(inbox_id: UUID, desk: DeskDep, scope: Reader) -> list[MessageTemplate]:
    """All templates of an inbox by name and language, approved or not."""

    def query(tx: ReadTx) -> list[MessageTemplate]:
        inboxes.get(tx, scope, inbox_id)
        return templates.of_inbox(tx, scope.account_id, inbox_id)

    return await desk.store.read(query)


@router.post("/inboxes/{inbox_id}/templates/sync")
async def sync_templates(inbox_id: UUID, desk: DeskDep, scope: Sending) -> list[MessageTemplate]:
    """Read the templates from the provider anew."""
    return await sync(desk.store, desk.inboxes, scope, inbox_id)
