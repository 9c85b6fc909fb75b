"""The simulator put together: Meta's API and the play API as one ASGI application, and what it can do."""

from collections.abc import Sequence
from pathlib import Path

from frontdesk.simulators.base import (
    RETRY_SECONDS,
    Abilities,
    Box,
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


class WhatsAppSimulator(Box[State]):
    """WhatsApp in a box.

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
        state = State(settings or Settings(), seed)
        super().__init__(state, Wire(state), retry_seconds=retry_seconds, journal=journal)
        self.network = Network(self.state, self.engine)
        self.open(Conduct(self.network), Graph(self.network).routes(), self.network.carrier.resume)

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
