"""Is the process alive, and can it serve? Answered apart, for those who restart and those who route."""

import asyncio

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import JSONResponse

from frontdesk.api.desk import DeskDep
from frontdesk.api.route import DeskRoute
from frontdesk.domain.errors import DeskError

router = APIRouter(prefix="/health", tags=["health"], route_class=DeskRoute)

_READY_SECONDS = 5.0


class Health(BaseModel):
    """How the desk is."""

    status: str
    reason: str | None = None


@router.get("/live")
async def live() -> Health:
    """The process answers."""
    return Health(status="alive")


@router.get("/ready", response_model=Health, responses={503: {"model": Health}})
async def ready(desk: DeskDep) -> Health | JSONResponse:
    """The database answers and the desk is not stopping."""
    if desk.stopping.is_set():
        return _not_ready("The desk is stopping.")
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await desk.store.ping()
    except TimeoutError:
        return _not_ready("The database does not answer in time.")
    except DeskError as error:
        return _not_ready(error.message)
    return Health(status="ready")


def _not_ready(reason: str) -> JSONResponse:
    return JSONResponse({"status": "unavailable", "reason": reason}, 503, headers={"Retry-After": "1"})
