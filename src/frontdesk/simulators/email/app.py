"""The simulator put together: SendGrid's API and the play API as one application; SMTP is in `servers`."""

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
)
from frontdesk.simulators.email.conduct import Conduct
from frontdesk.simulators.email.hooks import Wire
from frontdesk.simulators.email.mailbox import Mailbox
from frontdesk.simulators.email.network import Network
from frontdesk.simulators.email.sendgrid import Api
from frontdesk.simulators.email.state import Business, Phone, Settings, State, plain

ABILITIES = Abilities(
    kinds=("text", "image", "document"),
    subject=True,
    replies=True,
    reads=True,
    switches=(
        Switch(name="is_away", label="Is away", hint="Each mail is answered by an automatic one"),
        Switch(name="is_full", label="Mailbox is full", hint="Mails bounce with 552"),
        Switch(name="is_blocked", label="Blocks the sender", hint="Mails bounce with 550"),
    ),
    address=AddressField(
        label="Address",
        placeholder="someone@mail.example",
        pattern=r"^[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]+$",
        problem="An address such as someone@mail.example.",
    ),
)
_FAULTS = ALL_KINDS - {FaultKind.HOOK_BATCH, FaultKind.UPLOAD_ERROR, FaultKind.DOWNLOAD_ERROR}


class MailSimulator(Box[State]):
    """People's mailboxes and a company's, with SendGrid before them.

    Args:
        settings: How the network behaves; a demo wants `read_after_seconds`.
        seed: Makes ids the same in every run.
        retry_seconds: Waits before each further try of a hook.
        journal: A folder in which phones, messages and hooks under way outlive the process; None: none does.
    """

    slug = "email"
    name = "E-mail"
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

    def register(  # noqa: PLR0917 - what is set up for an address
        self,
        address: str,
        name: str,
        hook_url: str | None = None,
        api_key: str = "",
        inbound_key: str = "",
        password: str = "",
        *,
        is_raw: bool = True,
    ) -> Business:
        """Set up an address. Replaces an earlier one, with an empty mailbox."""
        address = plain(address)
        mailbox = Mailbox(int(self.state.now().timestamp()))
        business = Business(address, name, address, hook_url, api_key, inbound_key, is_raw, password, mailbox)
        self.state.businesses[address] = business
        return business

    def add_phone(self, address: str | None = None, name: str | None = None) -> Phone:
        """A person's mailbox, or the one that has the address already."""
        return self.state.add_phone(address, name)
