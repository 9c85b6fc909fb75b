"""The simulator put together: Meta's API and the play API as one ASGI application, and what it can do."""

from collections.abc import Sequence
from pathlib import Path

from frontdesk.simulators.base import ALL_KINDS, RETRY_SECONDS, Box, FaultKind, Uploads
from frontdesk.simulators.messenger.conduct import Conduct
from frontdesk.simulators.messenger.door import MAX_FILE_BYTES
from frontdesk.simulators.messenger.graph import Graph
from frontdesk.simulators.messenger.hooks import Wire
from frontdesk.simulators.messenger.network import Network
from frontdesk.simulators.messenger.platforms import FIELDS, Platform
from frontdesk.simulators.messenger.state import Business, Phone, Settings, State

_KINDS = ALL_KINDS - {FaultKind.FAIL_LATER}
"""No hook tells that a message failed later."""


class PlatformSimulator(Box[State]):
    """Messenger or Instagram in a box.

    Args:
        platform: Which of the two.
        settings: How the network behaves; a demo wants `read_after_seconds`.
        seed: Makes ids the same in every run.
        retry_seconds: Waits before each further try of a hook.
        journal: A folder in which phones, messages and hooks under way outlive the process; None: none does.
    """

    def __init__(
        self,
        platform: Platform,
        settings: Settings | None = None,
        *,
        seed: int | None = None,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        journal: Path | None = None,
    ) -> None:
        state = State(settings or Settings(), seed)
        wire = Wire(state, platform)
        super().__init__(state, wire, fault_kinds=_KINDS, retry_seconds=retry_seconds, journal=journal)
        self.slug, self.name, self.abilities = platform.slug, platform.name, platform.abilities
        self.platform = platform
        self.network = Network(state, self.engine, platform)
        conduct = Conduct(self.network, Uploads(state, state.ids, MAX_FILE_BYTES))
        self.open(conduct, Graph(self.network).routes(), self.network.carrier.resume)

    def register(  # noqa: PLR0917 - what the owner set up
        self,
        page_id: str,
        access_token: str,
        app_secret: str,
        verify_token: str,
        hook_url: str | None,
        files_at: str,
        name: str,
        *,
        username: str = "",
        account_id: str | None = None,
        app_id: str = "500000000000001",
        subscribed_fields: Sequence[str] = tuple(sorted(FIELDS)),
    ) -> Business:
        """Make a page, as its owner has set it up at Meta. Replaces an earlier one.

        Args:
            page_id: The Facebook page.
            access_token: The page's.
            app_secret: Signs the hooks.
            verify_token: Repeated in the challenge.
            hook_url: Where the app hears its hooks.
            files_at: The address of this simulator, for files in hooks.
            name: What the page is called.
            username: Its user name.
            account_id: The Instagram professional account that is linked to it; None: made of the page's id.
            app_id: The app.
            subscribed_fields: What the app hears of the page; empty: nothing yet.
        """
        is_page = self.platform.object == "page"
        business = Business(
            page_id,
            name,
            f"@{username}" if username else name,
            hook_url,
            page_id if is_page else account_id or f"1784{page_id}",
            app_id,
            access_token,
            app_secret,
            verify_token,
            files_at.rstrip("/"),
            tuple(subscribed_fields),
        )
        self.state.businesses[page_id] = business
        return business

    def add_phone(self, scoped_id: str | None = None, name: str | None = None) -> Phone:
        """A customer's account, or the one that has the id already."""
        return self.state.add_phone(scoped_id, name)
