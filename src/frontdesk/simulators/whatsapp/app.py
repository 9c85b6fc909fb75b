"""The simulator put together: one ASGI application, what it runs beside requests, and a server of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from frontdesk.simulators.whatsapp import templates
from frontdesk.simulators.whatsapp.faults import Faults
from frontdesk.simulators.whatsapp.graph import Graph
from frontdesk.simulators.whatsapp.hooks import RETRY_SECONDS, HookSender
from frontdesk.simulators.whatsapp.journal import Journal
from frontdesk.simulators.whatsapp.live import Live
from frontdesk.simulators.whatsapp.network import Network
from frontdesk.simulators.whatsapp.play import Play
from frontdesk.simulators.whatsapp.state import Business, Phone, Settings, State


class WhatsAppSimulator:
    """WhatsApp in a box.

    Mount `app` and run `running()` around the server, or use `serve` for a server of its own.

    Args:
        settings: How the network behaves; a demo wants `read_after_seconds`.
        seed: Makes all ids the same in every run.
        retry_seconds: Waits before each further try of a hook.
        journal: A folder in which phones, messages and hooks under way outlive the process; None: none does.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        seed: int | None = None,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        journal: Path | None = None,
    ) -> None:
        self.state = State(settings or Settings(), seed)
        self.faults = Faults()
        self.hooks = HookSender(self.state, self.faults, retry_seconds)
        self.network = Network(self.state, self.faults, self.hooks)
        self.live = Live()
        self.state.changed = self.live.publish
        self._journal = Journal(journal) if journal else None
        if self._journal is not None:
            self._journal.load(self.state)
            self.hooks.journal = self._journal
        routes = [*Play(self.network, self.live).routes(), *Graph(self.network).routes()]
        self.app: ASGIApp = Starlette(routes=routes, lifespan=self._lifespan)

    def register(  # noqa: PLR0917 - the order is how Meta's own pages list them
        self,
        phone_number_id: str,
        waba_id: str,
        access_token: str,
        app_secret: str,
        verify_token: str,
        hook_url: str | None,
        display_name: str,
        display_phone_number: str = "15550001000",
    ) -> Business:
        """Give a business its number: what its owner would have set up at Meta. Replaces an earlier one."""
        business = Business(
            phone_number_id,
            waba_id,
            access_token,
            app_secret,
            verify_token,
            hook_url,
            display_name,
            display_phone_number,
            templates=templates.starting_templates(self.state.ids),
        )
        self.state.businesses[phone_number_id] = business
        return business

    def add_phone(self, wa_id: str | None = None, name: str | None = None) -> Phone:
        """A customer's phone, or the one that has the number already."""
        return self.state.add_phone(wa_id, name)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver hooks and timed steps while inside. A task that fails ends this block with its error."""
        async with asyncio.TaskGroup() as tasks:
            steps = tasks.create_task(self._run())
            await asyncio.sleep(0)
            try:
                yield
            finally:
                self.live.close()
                steps.cancel()
        await self.hooks.stop()
        if self._journal is not None:
            self._journal.close()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            self.hooks.start(tasks)
            self.network.start(tasks)
            if self._journal is not None:
                self.network.resume(self._journal.accepted.values(), self._journal.hooks.values())
            await asyncio.Event().wait()

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with self.running():
            yield


@asynccontextmanager
async def serve(simulator: WhatsAppSimulator, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve the simulator over real HTTP inside this event loop; yields its base URL. Port 0: a free one.

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
