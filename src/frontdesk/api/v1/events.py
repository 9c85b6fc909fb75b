"""The account's log, for programs that poll instead of listening."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.route import DeskRoute
from frontdesk.domain.scope import Permission, Scope
from frontdesk.features.live.log import EventPage, read_log

router = APIRouter(prefix="/v1", tags=["live"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.CONVERSATIONS_READ))]
AfterQuery = Annotated[str | None, Query(max_length=512, description="Go on behind this cursor.")]


@router.get("/events")
async def list_events(
    desk: DeskDep,
    scope: Reader,
    after: AfterQuery = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> EventPage:
    """What happened, in the log's order. `next_cursor` goes on here and at `/v1/live` alike."""
    return await read_log(desk.store, desk.hub.cursors, scope, after, limit)
