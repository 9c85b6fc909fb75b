"""What is counted while the desk runs, and the address at which Prometheus reads it.

On the desk's own port only with the token of the settings; without one there is no such address. The runtime
can show the same on a port of its own that only this machine reaches.
"""

import asyncio
import time

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from frontdesk import __version__
from frontdesk.api.auth import spend_anonymous
from frontdesk.api.desk import Desk, desk_of, header
from frontdesk.api.guards import Hygiene
from frontdesk.domain.errors import DeskError, NotFound, Unauthenticated
from frontdesk.kit.crypto import is_same
from frontdesk.kit.metrics import CONTENT_TYPE, exposition
from frontdesk.store import workload

router = APIRouter(include_in_schema=False, route_class=APIRoute)

_FRESH_SECONDS = 5.0
_STORE_SECONDS = 5.0


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """The metrics, for whoever has the token of the settings."""
    desk = desk_of(request)
    wanted = desk.config.metrics_token
    if wanted is None:
        raise NotFound("There is nothing here.")
    kind, _, token = (header(request, b"authorization") or "").partition(" ")
    if kind.lower() != "bearer" or not is_same(token.strip(), wanted):
        spend_anonymous(request)
        raise Unauthenticated("Send the token of the setting metrics.token as `Authorization: Bearer …`.")
    return Response(await text_of(desk), media_type=CONTENT_TYPE)


async def text_of(desk: Desk) -> str:
    """All metrics as Prometheus reads them. What the database says is up to five seconds old."""
    told = desk.metrics
    told.about.put(1, __version__)
    told.sockets.put(sum(desk.sockets.values()))
    if time.monotonic() - told.jobs_read >= _FRESH_SECONDS:
        told.jobs_read = time.monotonic()
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                found = await desk.store.read(workload.jobs_by_state)
        except (TimeoutError, DeskError):
            found = {}  # no figures rather than old ones
        told.jobs.values = {labels: float(n) for labels, n in found.items()}
    return exposition(told.every())


class MetricsApp:
    """Nothing but the metrics, without a token: for a port that only this machine reaches.

    Args:
        desk: Whose.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._checked = Hygiene(self._answer, hosts=frozenset())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a page of a foreign name that resolves to us gets nothing."""
        if scope["type"] == "http":
            await self._checked(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_ours = scope["path"] == "/metrics" and scope["method"] in {"GET", "HEAD"}
        text = await text_of(self._desk) if is_ours else "See /metrics.\n"
        await Response(text, 200 if is_ours else 404, media_type=CONTENT_TYPE)(scope, receive, send)
