"""The live line of agents and of visitors: one path each, a WebSocket or a stream of server-sent events."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.websockets import WebSocket

from frontdesk.api.auth import AnyScope, VisitorScope
from frontdesk.api.route import DeskRoute
from frontdesk.api.socket import serve_socket, serve_stream

router = APIRouter(prefix="/v1", tags=["live"], route_class=DeskRoute)

CursorQuery = Annotated[str | None, Query(max_length=512, description="Where to go on; default: from now.")]
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


@router.websocket("/live")
async def live_socket(websocket: WebSocket) -> None:
    """Everything that happens, as it happens. See the frames in `features/live/frames.py`."""
    await serve_socket(websocket, visitors=False)


@router.get("/live", response_class=StreamingResponse, responses=_STREAM)
async def live_stream(request: Request, _scope: AnyScope, cursor: CursorQuery = None) -> StreamingResponse:
    """The same over server-sent events; resumes by `Last-Event-ID` or `cursor`."""
    return await serve_stream(request, visitors=False, cursor=cursor)


@router.websocket("/widget/live")
async def visitor_socket(websocket: WebSocket) -> None:
    """What happens in the visitor's own thread."""
    await serve_socket(websocket, visitors=True)


@router.get("/widget/live", response_class=StreamingResponse, responses=_STREAM)
async def visitor_stream(
    request: Request, _scope: VisitorScope, cursor: CursorQuery = None
) -> StreamingResponse:
    """The same over server-sent events."""
    return await serve_stream(request, visitors=True, cursor=cursor)
