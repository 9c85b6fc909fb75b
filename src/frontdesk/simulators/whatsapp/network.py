"""The WhatsApp network between businesses and phones: takes messages, carries them, tells what came of them.

It speaks neither HTTP nor JSON envelopes: `graph` and `conduct` are its two doors, `hooks` its way back.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from frontdesk.simulators.base import Accepted, Carrier, Engine, Fault, PhoneMessage
from frontdesk.simulators.whatsapp.admission import admit
from frontdesk.simulators.whatsapp.errors import GraphError, wrong
from frontdesk.simulators.whatsapp.payloads import message_change, seconds, status_change, terms_of
from frontdesk.simulators.whatsapp.state import Business, Phone, State

_TYPING = timedelta(seconds=25)
_AD_ENTRY = timedelta(hours=72)
USUAL_CODE = 131000
"""The error of a fault that names none."""


class Network:
    """Carries messages both ways, over the parts of an engine."""

    def __init__(self, state: State, engine: Engine) -> None:
        self.state, self.engine = state, engine
        self.faults, self.hooks = engine.faults, engine.hooks
        self.carrier = Carrier[Phone](engine, self._report, _failure)

    def later(self, delay: float, step: Callable[[], None]) -> None:
        """Do a step after so many seconds."""
        self.engine.steps.later(delay, step)

    # --- from a business to a phone ---------------------------------------------------------------------

    def send(self, business: Business, body: dict[str, Any]) -> Accepted:
        """Take a checked send; `carry` puts it under way. Raises GraphError when Meta refuses it at once."""
        kind = str(body["type"])
        phone, category, text, late_error = admit(self.state, business, body)
        wamid = self.state.ids.message(phone.wa_id, from_phone=False)
        message = PhoneMessage(wamid, "business", business.id, kind, body[kind], self.state.now(), shown=text)
        context = body.get("context")
        message.reply_to = str(context["message_id"]) if context else None
        opaque = body.get("biz_opaque_callback_data")
        entry = self.state.enter(phone, message, body, opaque=None if opaque is None else str(opaque))
        message.facts = self._terms(business, phone, category)
        if entry.opaque is not None:
            message.facts["biz_opaque_callback_data"] = entry.opaque
        error = late_error.in_hook() if late_error else None
        if error is None:
            self.state.journal.accept(phone, message)
        return Accepted(entry, lambda: self.carrier.carry(phone, message, error))

    def _terms(self, business: Business, phone: Phone, category: str) -> dict[str, Any]:
        now, pair = self.state.now(), (business.id, phone.wa_id)
        key = (*pair, category)
        conversation_id = self.state.conversations.setdefault(key, self.state.ids.word())
        entered = self.state.ad_entries.get(pair)
        return terms_of(
            category,
            conversation_id,
            now,
            is_free_entry=entered is not None and now - entered < _AD_ENTRY,
            is_answer=self.state.is_window_open(business, phone),
        )

    def _report(self, phone: Phone, message: PhoneMessage, status: str) -> None:
        """Tell the business by hook what became of its message."""
        business = self.state.businesses[message.business]
        self.hooks.put(status_change(business, phone, message, status, self.state.now()))

    def mark_read(self, business: Business, message_id: str, *, is_typing: bool) -> None:
        """The business has read up to this message, and perhaps types. Raises GraphError."""
        for phone in self.state.phones.values():
            message = phone.find(message_id)
            if message is None or (message.sender, message.business) != ("customer", business.id):
                continue
            for earlier in phone.messages:
                if earlier.sender == "customer" and earlier.at <= message.at and earlier.status != "read":
                    earlier.status = "read"
                    self.state.show(phone, earlier)
            phone.typing_until = self.state.now() + _TYPING if is_typing else None
            self.state.show_phone(phone)
            return
        raise wrong("Param message_id is not the id of a received message.")

    # --- from a phone to a business ---------------------------------------------------------------------

    def write(
        self,
        business: Business,
        phone: Phone,
        kind: str,
        body: Any,
        *,
        extra: dict[str, Any] | None = None,
        shown: PhoneMessage | None = None,
    ) -> str:
        """A phone sends a message. `extra` stands beside the type's object; `shown` is what it shows."""
        now = self.state.now()
        message_id = shown.id if shown else self.state.ids.message(phone.wa_id, from_phone=True)
        told: dict[str, Any] = {"id": message_id, "timestamp": seconds(now), "type": kind, **(extra or {})}
        if body is not None:
            told[kind] = body
        phone.last_written[business.id] = now
        phone.last_business = business.id
        if "referral" in told:
            self.state.ad_entries[business.id, phone.wa_id] = now
        if shown is not None:
            self.state.show(phone, shown)
        self.state.show_phone(phone)
        taken = lambda: self.carrier.taken(phone, shown)  # noqa: E731
        self.hooks.put(message_change(business, phone, told, taken))
        return message_id


def _failure(fault: Fault) -> dict[str, Any]:
    return GraphError(USUAL_CODE if fault.code is None else fault.code).in_hook()
