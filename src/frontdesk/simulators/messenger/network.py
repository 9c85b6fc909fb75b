"""The network between pages and customers: takes messages, carries them, tells what came of them.

It speaks no HTTP: `graph` and `conduct` are its two doors, `hooks` its way back.
"""

from datetime import timedelta
from typing import Any

from frontdesk.simulators.base import Accepted, Carrier, Engine, Fault, PhoneMessage
from frontdesk.simulators.messenger import payloads
from frontdesk.simulators.messenger.errors import NO_SUCH_PERSON, USUAL_CODE, GraphError, wrong
from frontdesk.simulators.messenger.platforms import Platform
from frontdesk.simulators.messenger.state import HUMAN_WINDOW, WINDOW, Business, Phone, State, milliseconds

_TYPING = timedelta(seconds=20)


class Network:
    """Carries messages both ways, over the parts of an engine."""

    def __init__(self, state: State, engine: Engine, platform: Platform) -> None:
        self.state, self.engine, self.platform = state, engine, platform
        self.carrier = Carrier[Phone](engine, self._report, _failure)
        self._read: list[tuple[Phone, PhoneMessage]] | None = None

    @property
    def now(self) -> int:
        """Now, as Meta writes it."""
        return milliseconds(self.state.now())

    # --- from a page to a customer ------------------------------------------------------------------------

    def reachable(self, recipient: Any) -> Phone:
        """The customer a request is about. Raises GraphError."""
        scoped_id = recipient.get("id") if isinstance(recipient, dict) else None
        if not isinstance(scoped_id, str) or not scoped_id:
            raise wrong("The parameter recipient is required.")
        phone = self.state.phones.get(scoped_id)
        if phone is None:
            raise GraphError(100, "No matching user found", subcode=NO_SUCH_PERSON)
        return phone

    def admit(self, business: Business, phone: Phone, body: dict[str, Any]) -> None:
        """Whether a message may go: throughput, the customer's will, the window. Raises GraphError."""
        self._check_rate(business)
        if phone.is_blocked:
            raise GraphError(551)
        is_human = body.get("messaging_type") == "MESSAGE_TAG" and body.get("tag") == "HUMAN_AGENT"
        window = HUMAN_WINDOW if is_human else WINDOW
        if self.state.settings.enforce_window and not self.state.may_write(business, phone, window):
            raise GraphError(10)

    def _check_rate(self, business: Business) -> None:
        limit, now, recent = self.state.settings.messages_per_second, self.state.now(), business.recent_sends
        if limit is None:
            return
        while recent and now - recent[0] >= timedelta(seconds=1):
            recent.popleft()
        if len(recent) >= limit:
            raise GraphError(613, retry_after=1)
        recent.append(now)

    def send(self, phone: Phone, message: PhoneMessage, request: dict[str, Any]) -> Accepted:
        """Take a checked message; `carry` brings it to the phone."""
        metadata = request["message"].get("metadata")
        entry = self.state.enter(phone, message, request, opaque=metadata)
        if metadata is not None:
            message.facts["metadata"] = metadata
        self.state.journal.accept(phone, message)
        return Accepted(entry, lambda: self.carrier.carry(phone, message))

    def mark_seen(self, business: Business, phone: Phone) -> None:
        """The page has read everything of this customer."""
        for message in phone.messages:
            is_theirs = message.sender == "customer" and message.business == business.id
            if is_theirs and message.status != "read":
                message.status = "read"
                self.state.show(phone, message)

    def type(self, phone: Phone, *, is_on: bool) -> None:
        """The page is shown as typing, for 20 seconds at most."""
        phone.typing_until = self.state.now() + _TYPING if is_on else None
        self.state.show_phone(phone)

    def echo(self, business: Business, phone: Phone, message: PhoneMessage, *, by_app: bool) -> None:
        """Tell of a message that the page has sent, by its app or by hand."""
        told = payloads.message_object(business, message) | {"is_echo": True}
        if self.platform.tells_metadata:
            told |= {"app_id": int(business.app_id)} if by_app else {}
            told |= {"metadata": message.facts["metadata"]} if "metadata" in message.facts else {}
        at = milliseconds(message.at)
        about = f"{message.id}:sent"
        told = payloads.event(business, phone, at, "message", told, is_echo=True)
        self.engine.hooks.put(payloads.hook_of(business, phone, about, told))

    def _report(self, phone: Phone, message: PhoneMessage, status: str) -> None:
        """Tell the page what became of its message: the echo, what arrived, what was read."""
        business = self.state.businesses[message.business]
        if status == "sent":
            self.echo(business, phone, message, by_app=True)
        elif status == "delivered" and self.platform.tells_delivery:
            told = payloads.delivered(business, phone, [message.id], self.now)
            self._tell(business, phone, f"{message.id}:delivered", told)
        elif status == "read" and self._read is not None:
            self._read.append((phone, message))
        elif status == "read":
            self._tell_read(phone, message)

    def read(self, phone: Phone, message_id: str | None) -> int:
        """The customer reads everything, or up to a message: one event tells of all. How many became read."""
        self._read = []
        try:
            count = self.carrier.read(phone, message_id)
        finally:
            read, self._read = self._read, None
        for last in {message.business: (owner, message) for owner, message in read}.values():
            self._tell_read(*last)
        return count

    def _tell_read(self, phone: Phone, message: PhoneMessage) -> None:
        business = self.state.businesses[message.business]
        by_id, mark = self.platform.reads_by_id, milliseconds(message.at)
        told = payloads.read(business, phone, message.id, mark, self.now, by_id=by_id)
        self._tell(business, phone, f"{message.id}:read", told)

    def _tell(self, business: Business, phone: Phone, about: str, told: dict[str, Any]) -> None:
        self.engine.hooks.put(payloads.hook_of(business, phone, about, told))

    # --- from a customer to a page ------------------------------------------------------------------------

    def write(self, business: Business, phone: Phone, message: PhoneMessage) -> str:
        """A customer sends a message."""
        self.talks(business, phone)
        self.state.show(phone, message)
        told = payloads.message_object(business, message)
        if "referral" in message.facts:
            told["referral"] = message.facts["referral"]
        self.tell(business, phone, message.id, "message", told, shown=message)
        return message.id

    def talks(self, business: Business, phone: Phone) -> None:
        """A customer does something that opens the window."""
        phone.last_written[business.id] = self.state.now()
        phone.last_business = business.id
        self.state.show_phone(phone)

    def tell(  # noqa: PLR0917 - an event and whom it is about
        self,
        business: Business,
        phone: Phone,
        about: str,
        kind: str,
        value: dict[str, Any],
        shown: PhoneMessage | None = None,
    ) -> None:
        """Tell a page by its hook."""
        taken = (lambda: self.carrier.taken(phone, shown)) if shown else None
        told = payloads.event(business, phone, self.now, kind, value)
        self.engine.hooks.put(payloads.hook_of(business, phone, about, told, taken))


def _failure(fault: Fault) -> dict[str, Any]:
    error = GraphError(USUAL_CODE if fault.code is None else fault.code)
    return {"code": error.code, "title": error.title}
