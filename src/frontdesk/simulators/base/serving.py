"""What a simulator is to those who run it, a server of its own for one, and the list of many."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from frontdesk.simulators.base.abilities import Abilities
from frontdesk.simulators.base.live import Live


class Simulator(Protocol):
    """A provider in a box. Mount `app` and run `running()` around the server, or use `serve`."""

    slug: str
    """The channel it is the other side of."""
    name: str
    abilities: Abilities

    @property
    def app(self) -> ASGIApp:
        """The provider's API, and the play API under /play."""
        ...

    @property
    def live(self) -> Live:
        """Its phones' live line, to be closed before a server stops."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """Deliver hooks and timed steps while inside."""
        ...


@asynccontextmanager
async def serve(simulator: Simulator, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve a simulator over real HTTP inside this event loop; yields its base URL. Port 0: a free one.

    The server is started and stopped by hand, without its own loop: so no signal is taken from the process,
    and an error of the simulator's own tasks ends this block instead of a log line.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    config = uvicorn.Config(
        simulator.app, lifespan="off", log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    async with simulator.running():
        await server.startup(sockets=[listener])
        try:
            shown_host = f"[{host}]" if ":" in host else host
            yield f"http://{shown_host}:{listener.getsockname()[1]}"
        finally:
            simulator.live.close()
            await server.shutdown(sockets=[listener])


def routes(simulators: Sequence[Simulator]) -> list[BaseRoute]:
    """Each at `/simulators/<slug>`, their list, and their live lines in one.

    `GET /simulators` tells which there are and what their phones can do; `GET /simulators/live` is one stream
    of all, each frame with its `simulator`: a browser opens few connections to one host.
    """
    told = [
        {
            "slug": one.slug,
            "name": one.name,
            "path": f"/simulators/{one.slug}",
            "abilities": one.abilities.model_dump(mode="json"),
        }
        for one in simulators
    ]

    async def listing(_request: Request) -> JSONResponse:
        return JSONResponse(told)

    line = Live()
    for one in simulators:
        one.live.feed(line, simulator=one.slug)

    async def live(_request: Request) -> Response:
        return line.stream()

    mounts = [Mount(f"/simulators/{one.slug}", one.app) for one in simulators]
    return [Route("/simulators", listing), Route("/simulators/live", live), *mounts]
