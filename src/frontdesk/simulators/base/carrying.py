"""Carrying a business's message to a phone: sent, delivered once the phone is on, read when its owner reads.

Each step is reported; what a report becomes (a status hook, a receipt, nothing) is the provider's.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, Generic, Literal

from frontdesk.simulators.base.engine import Engine
from frontdesk.simulators.base.faults import Fault, FaultKind
from frontdesk.simulators.base.phones import PhoneMessage
from frontdesk.simulators.base.state import P, State

_ORDER = ("sent", "delivered", "read")

Report = Callable[[P, PhoneMessage, str], None]
"""Tell the business that a message to this phone is now `sent`, `delivered`, `read` or `failed`."""


class Carrier(Generic[P]):
    """Carries messages to phones and advances their statuses, never backwards.

    Args:
        engine: The simulator's parts.
        report: Hears every step.
        failure: The error (as JSON) of a message that the fault `fail_later` strikes.
    """

    def __init__(self, engine: Engine, report: Report[P], failure: Callable[[Fault], dict[str, Any]]) -> None:
        self._engine, self._report, self._failure = engine, report, failure
        self._state: State[P, Any, Any] = engine.state

    def carry(self, phone: P, message: PhoneMessage, error: dict[str, Any] | None = None) -> None:
        """Put an accepted message under way; with an error it fails instead."""
        fault = self._engine.faults.next(FaultKind.FAIL_LATER, message.business, phone.id)
        if fault is not None:
            error = self._failure(fault)
        if error is not None:
            message.status, message.error = "failed", error
            self._state.journal.carried(message)
            self._report(phone, message, "failed")
            return
        phone.typing_until = None
        self._talk(phone, message.business)
        self._report(phone, message, "sent")
        if message.type == "reaction":
            self._state.journal.carried(message)
            self.react(phone, str(message.body["message_id"]), str(message.body["emoji"]))
            return
        self._state.show(phone, message)
        settings = self._state.settings
        self._engine.steps.later(settings.delivered_after_seconds, lambda: self._arrive(phone, message))

    def react(self, phone: P, message_id: str, emoji: str) -> None:
        """The business reacts to a message, or with no emoji takes that back."""
        target = phone.find(message_id)
        if target is not None:
            target.reactions.pop("business", None)
            if emoji:
                target.reactions["business"] = emoji
            self._state.show(phone, target)

    def set_online(self, phone: P, *, is_online: bool) -> None:
        """Switch a phone off or on; when it comes on, what waited for it arrives."""
        phone.is_online = is_online
        while phone.is_online and phone.waiting:
            phone.waiting.popleft()()

    def read(self, phone: P, message_id: str | None) -> int:
        """The phone's owner reads everything, or up to this message. How many became read."""
        target = phone.find(message_id) if message_id else None
        count = 0
        for message in list(phone.messages):
            is_unread = message.sender == "business" and message.status in {"sent", "delivered"}
            is_known = message.business in self._state.businesses
            if is_unread and is_known and (target is None or message.at <= target.at):
                self.advance(phone, message, "delivered")
                self.advance(phone, message, "read")
                count += 1
        return count

    def advance(self, phone: P, message: PhoneMessage, status: Literal["delivered", "read"]) -> None:
        """A message comes further, if it was not there already."""
        if message.status in _ORDER and _ORDER.index(message.status) < _ORDER.index(status):
            message.status = status
            self._state.show(phone, message)
            self._report(phone, message, status)

    def taken(self, phone: P, message: PhoneMessage | None) -> None:
        """The desk has taken the hook of a phone's own message: its second tick."""
        if message is not None and message.status == "sent":
            message.status = "delivered"
            self._state.show(phone, message)

    def resume(self) -> None:
        """Go on after a restart: hooks nobody took, sends not carried, messages not arrived or read."""
        journal = self._engine.journal
        if journal is None:
            return
        for hook in journal.hooks.values():
            phone = self._state.phones.get(hook.phone)
            shown = phone.find(hook.ids[0]) if phone and hook.ids else None
            taken = functools.partial(self.taken, phone, shown) if phone else None
            self._engine.hooks.put(dataclasses.replace(hook, on_taken=taken))
        arriving = [
            (phone, message)
            for phone in self._state.phones.values()
            for message in phone.messages
            if message.sender == "business" and message.status in {"sent", "delivered"}
        ]
        for phone_id, message in journal.accepted.values():
            if message.business in self._state.businesses and phone_id in self._state.phones:
                self.carry(self._state.phones[phone_id], message)
        for phone, message in arriving:
            if message.business in self._state.businesses:
                self._arrive(phone, message)

    def _talk(self, phone: P, business: str) -> None:
        if phone.last_business != business:
            phone.last_business = business
            self._state.show_phone(phone)

    def _arrive(self, phone: P, message: PhoneMessage) -> None:
        if not phone.is_online:
            phone.waiting.append(lambda: self._arrive(phone, message))
            return
        self.advance(phone, message, "delivered")
        wait = self._state.settings.read_after_seconds
        if phone.reads_at_once is not False and (wait is not None or phone.reads_at_once):
            self._engine.steps.later(wait or 0, lambda: self.advance(phone, message, "read"))
