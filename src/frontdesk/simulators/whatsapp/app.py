"""The simulator put together: Meta's API and the play API as one ASGI application, and what it can do."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp

from frontdesk.simulators.base import (
    RETRY_SECONDS,
    Abilities,
    Engine,
    Play,
    Switch,
)
from frontdesk.simulators.whatsapp import templates
from frontdesk.simulators.whatsapp.conduct import Conduct
from frontdesk.simulators.whatsapp.graph import Graph
from frontdesk.simulators.whatsapp.hooks import Wire
from frontdesk.simulators.whatsapp.network import Network
from frontdesk.simulators.whatsapp.state import Business, Phone, Settings, State

ABILITIES = Abilities(
    kinds=("text", "image", "voice", "video", "document", "sticker", "location", "contacts", "audio"),
    replies=True,
    reactions=True,
    edits=True,
    revokes=True,
    reads=True,
    window=True,
    switches=(
        Switch(name="hides_number", label="Hides its number", hint="The desk learns a user id instead"),
    ),
)


class WhatsAppSimulator:
    """WhatsApp in a box.

    Mount `app` and run `running()` around the server, or use `serve` for a server of its own.

    Args:
        settings: How the network behaves; a demo wants `read_after_seconds`.
        seed: Makes all ids the same in every run.
        retry_seconds: Waits before each further try of a hook.
        journal: A folder in which phones, messages and hooks under way outlive the process; None: none does.
    """

    slug = "whatsapp"
    name = "WhatsApp"
    abilities = ABILITIES

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        seed: int | None = None,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        journal: Path | None = None,
    ) -> None:
        self.state = State(settings or Settings(), seed)
        self.engine = Engine(self.state, Wire(self.state), retry_seconds=retry_seconds, journal=journal)
        self.faults, self.hooks, self.live = self.engine.faults, self.engine.hooks, self.engine.live
        self.network = Network(self.state, self.engine)
        play = Play(self.engine, Conduct(self.network))
        routes = [*play.routes(), *Graph(self.network).routes()]
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
            display_name,
            display_phone_number,
            hook_url,
            waba_id,
            access_token,
            app_secret,
            verify_token,
            templates=templates.starting_templates(self.state.ids),
        )
        self.state.businesses[phone_number_id] = business
        return business

    def add_phone(self, wa_id: str | None = None, name: str | None = None) -> Phone:
        """A customer's phone, or the one that has the number already."""
        return self.state.add_phone(wa_id, name)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Deliver hooks and timed steps while inside. A task that fails ends this block with its error."""
        return self.engine.running(self.network.carrier.resume)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with self.running():
            yield
