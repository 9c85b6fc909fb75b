"""The simulator put together: the Bot API and the play API as one ASGI application, and what it can do."""

from collections.abc import Sequence
from pathlib import Path

from frontdesk.simulators.base import (
    ALL_KINDS,
    RETRY_SECONDS,
    Abilities,
    AddressField,
    Box,
    FaultKind,
    Switch,
    Uploads,
)
from frontdesk.simulators.telegram.api import MAX_FILE_BYTES, BotApi
from frontdesk.simulators.telegram.conduct import Conduct
from frontdesk.simulators.telegram.hooks import Wire
from frontdesk.simulators.telegram.network import Network
from frontdesk.simulators.telegram.state import Business, Phone, Settings, State

ABILITIES = Abilities(
    kinds=("text", "image", "voice", "video", "document", "sticker", "location", "audio"),
    replies=True,
    reactions=True,
    edits=True,
    switches=(Switch(name="is_blocked", label="Blocks the bot", hint="Sends to it are refused"),),
    address=AddressField(
        label="User number",
        placeholder="70001234",
        pattern=r"^[1-9]\d{2,15}$",
        problem="3 to 16 digits, the first not a zero.",
    ),
)
_KINDS = ALL_KINDS - {FaultKind.STATUS_FIRST, FaultKind.FAIL_LATER, FaultKind.HOOK_BATCH}
"""A bot is told no statuses, and gets one update in a request."""


class TelegramSimulator(Box[State]):
    """Telegram in a box.

    Args:
        settings: How the network behaves; a demo wants `read_after_seconds`.
        seed: Makes ids the same in every run.
        retry_seconds: Waits before each further try of a hook.
        journal: A folder in which phones, messages and hooks under way outlive the process; None: none does.
        needs_https: Whether a hook's address must be https, as the real one asks.
    """

    slug = "telegram"
    name = "Telegram"
    abilities = ABILITIES

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        seed: int | None = None,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        journal: Path | None = None,
        needs_https: bool = False,
    ) -> None:
        state = State(settings or Settings(), seed)
        super().__init__(state, Wire(state), fault_kinds=_KINDS, retry_seconds=retry_seconds, journal=journal)
        self.network = Network(self.state, self.engine)
        uploads = Uploads(self.state, self.state.ids, MAX_FILE_BYTES)
        api = BotApi(self.network, uploads, needs_https=needs_https)
        self.conduct = Conduct(self.network, uploads)
        self.open(self.conduct, api.routes(), self.network.carrier.resume)

    def register(
        self,
        token: str,
        username: str,
        name: str,
        *,
        hook_url: str | None = None,
        secret_token: str | None = None,
        allowed_updates: Sequence[str] = (),
    ) -> Business:
        """Make a bot, as its owner does with @BotFather. Replaces an earlier one."""
        bot_id = token.partition(":")[0]
        address = f"@{username.removeprefix('@')}"
        bot = Business(bot_id, name, address, hook_url, token, secret_token, tuple(allowed_updates))
        self.state.businesses[bot_id] = bot
        return bot

    def add_phone(self, user_id: str | None = None, name: str | None = None) -> Phone:
        """A customer's account, or the one that has the number already."""
        return self.state.add_phone(user_id, name)
