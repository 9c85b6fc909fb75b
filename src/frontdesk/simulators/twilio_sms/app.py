"""The simulator put together: Twilio's API and the play API as one ASGI application."""

from collections.abc import Sequence
from pathlib import Path

from frontdesk.simulators.base import ALL_KINDS, RETRY_SECONDS, Abilities, Box, FaultKind, Switch
from frontdesk.simulators.twilio_sms.api import Api
from frontdesk.simulators.twilio_sms.conduct import Conduct
from frontdesk.simulators.twilio_sms.hooks import Wire
from frontdesk.simulators.twilio_sms.network import Network
from frontdesk.simulators.twilio_sms.state import Business, Phone, Settings, State

ABILITIES = Abilities(
    kinds=("text", "image", "video", "audio", "document"),
    switches=(Switch(name="is_unsubscribed", label="Has sent STOP", hint="Sends are refused with 21610"),),
)
_FAULTS = ALL_KINDS - {FaultKind.HOOK_BATCH, FaultKind.UPLOAD_ERROR}


class TwilioSimulator(Box[State]):
    """Twilio in a box.

    Args:
        settings: How the network behaves.
        seed: Makes all ids the same in every run.
        retry_seconds: Waits before each further try of a hook.
        journal: A folder in which phones, messages and hooks under way outlive the process; None: none does.
    """

    slug = "twilio_sms"
    name = "SMS"
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
        super().__init__(
            state, Wire(state), fault_kinds=_FAULTS, retry_seconds=retry_seconds, journal=journal
        )
        self.network = Network(self.state, self.engine)
        self.open(Conduct(self.network), Api(self.network).routes(), self.network.carrier.resume)

    def register(  # noqa: PLR0917 - as Twilio's console lists them
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        hook_url: str | None,
        name: str,
        media_base: str = "",
    ) -> Business:
        """Give a business its number. Replaces an earlier one."""
        business = Business(account_sid, name, sender, hook_url, auth_token, media_base)
        self.state.businesses[account_sid] = business
        return business

    def add_phone(self, number: str | None = None, name: str | None = None) -> Phone:
        """A customer's phone, or the one that has the number already."""
        return self.state.add_phone(number, name)
