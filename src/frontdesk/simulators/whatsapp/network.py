"""The WhatsApp network between businesses and phones: takes messages, carries them, tells what came of them.

It speaks neither HTTP nor JSON envelopes: `graph` and `play` are its two doors, `hooks` its way back.
"""

import asyncio
import dataclasses
import functools
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from frontdesk.simulators.whatsapp.admission import admit
from frontdesk.simulators.whatsapp.errors import GraphError, wrong
from frontdesk.simulators.whatsapp.faults import FaultKind, Faults
from frontdesk.simulators.whatsapp.hooks import HookSender
from frontdesk.simulators.whatsapp.payloads import Change, message_change, seconds, status_change, terms_of
from frontdesk.simulators.whatsapp.state import (
    Business,
    LedgerSend,
    Phone,
    PhoneMessage,
    State,
)

_ORDER = ("sent", "delivered", "read")
_TYPING = timedelta(seconds=25)
_AD_ENTRY = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A send that was taken. Nothing is carried before `carry` is called."""

    entry: LedgerSend
    phone: Phone
    carry: Callable[[], None]


class Network:
    """Carries messages both ways. Its timed steps run in the task group it was started with."""

    def __init__(self, state: State, faults: Faults, hooks: HookSender) -> None:
        self.state, self.faults, self.hooks = state, faults, hooks
        self._tasks: asyncio.TaskGroup | None = None

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Begin to carry, with timed steps in tasks of this group."""
        self._tasks = tasks

    def later(self, delay: float, step: Callable[[], None]) -> None:
        """Do a step after so many seconds; at once when there is no delay."""
        if delay <= 0 or self._tasks is None:
            step()
            return

        async def wait() -> None:
            await asyncio.sleep(delay)
            step()

        self._tasks.create_task(wait())

    # --- from a business to a phone ---------------------------------------------------------------------

    def send(self, business: Business, body: dict[str, Any]) -> Accepted:
        """Take a checked send; `carry` puts it under way. Raises GraphError when Meta refuses it at once."""
        kind = str(body["type"])
        phone, category, text, late_error = admit(self.state, business, body)
        wamid = self.state.ids.message(phone.wa_id, from_phone=False)
        message = PhoneMessage(
            wamid, "business", business.phone_number_id, kind, body[kind], self.state.now(), shown=text
        )
        context = body.get("context")
        message.reply_to = str(context["message_id"]) if context else None
        entry = self._enter(business, phone, message, body)
        message.terms = self._terms(business, phone, category)
        if entry.opaque is not None:
            message.terms["biz_opaque_callback_data"] = entry.opaque
        if late_error is None:
            self.state.journal.accept(phone, message)
        return Accepted(entry, phone, lambda: self._carry(business, phone, message, late_error))

    def _enter(
        self, business: Business, phone: Phone, message: PhoneMessage, body: dict[str, Any]
    ) -> LedgerSend:
        raw = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
        opaque = body.get("biz_opaque_callback_data")
        self.state.send_count += 1
        entry = LedgerSend(
            self.state.send_count,
            message.id,
            business.phone_number_id,
            phone.wa_id,
            message.type,
            hashlib.sha256(raw).hexdigest(),
            str(opaque) if opaque is not None else None,
            message.at,
        )
        self.state.sends.append(entry)
        return entry

    def _carry(
        self, business: Business, phone: Phone, message: PhoneMessage, error: GraphError | None
    ) -> None:
        fault = self.faults.next(FaultKind.FAIL_LATER, business.phone_number_id, phone.wa_id)
        if fault is not None:
            error = GraphError(fault.code)
        if error is not None:
            message.status, message.error = "failed", error.in_hook()
            self.state.journal.carried(message)
            self._report(business, phone, message, "failed")
            return
        phone.typing_until = None
        self._talk(phone, business)
        self._report(business, phone, message, "sent")
        if message.type == "reaction":
            self.state.journal.carried(message)
            self._react(phone, message)
            return
        self.state.show(phone, message)
        self.later(
            self.state.settings.delivered_after_seconds, lambda: self._arrive(business, phone, message)
        )

    def _talk(self, phone: Phone, business: Business) -> None:
        if phone.last_business != business.phone_number_id:
            phone.last_business = business.phone_number_id
            self.state.show_phone(phone)

    def _react(self, phone: Phone, message: PhoneMessage) -> None:
        target = phone.find(str(message.body["message_id"]))
        if target is not None:
            target.reactions.pop("business", None)
            if message.body["emoji"]:
                target.reactions["business"] = str(message.body["emoji"])
            self.state.show(phone, target)

    def _arrive(self, business: Business, phone: Phone, message: PhoneMessage) -> None:
        if not phone.is_online:
            phone.waiting.append(lambda: self._arrive(business, phone, message))
            return
        self._advance(business, phone, message, "delivered")
        wait = self.state.settings.read_after_seconds
        if phone.reads_at_once is not False and (wait is not None or phone.reads_at_once):
            self.later(wait or 0, lambda: self._advance(business, phone, message, "read"))

    def _advance(
        self, business: Business, phone: Phone, message: PhoneMessage, status: Literal["delivered", "read"]
    ) -> None:
        if message.status in _ORDER and _ORDER.index(message.status) < _ORDER.index(status):
            message.status = status
            self.state.show(phone, message)
            self._report(business, phone, message, status)

    def _terms(self, business: Business, phone: Phone, category: str) -> dict[str, Any]:
        now, pair = self.state.now(), (business.phone_number_id, phone.wa_id)
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

    def _report(self, business: Business, phone: Phone, message: PhoneMessage, status: str) -> None:
        """Tell the business by hook what became of its message."""
        self.hooks.put(status_change(business, phone, message, status, self.state.now()))

    def mark_read(self, business: Business, message_id: str, *, is_typing: bool) -> None:
        """The business has read up to this message, and perhaps types. Raises GraphError."""
        for phone in self.state.phones.values():
            message = phone.find(message_id)
            if message is None or (message.sender, message.phone_number_id) != (
                "customer",
                business.phone_number_id,
            ):
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
        phone.last_written[business.phone_number_id] = now
        phone.last_business = business.phone_number_id
        if "referral" in told:
            self.state.ad_entries[business.phone_number_id, phone.wa_id] = now
        if shown is not None:
            self.state.show(phone, shown)
        self.state.show_phone(phone)
        self.hooks.put(message_change(business, phone, told, lambda: self._taken(phone, shown)))
        return message_id

    def _taken(self, phone: Phone, message: PhoneMessage | None) -> None:
        if message is not None and message.status == "sent":
            message.status = "delivered"
            self.state.show(phone, message)

    def resume(self, accepted: Iterable[tuple[str, PhoneMessage]], hooks: Iterable[Change]) -> None:
        """Go on after a restart: hooks nobody took, sends not carried, messages not arrived or read."""
        for change in hooks:
            phone = self.state.phones.get(change.wa_id)
            shown = phone.find(change.ids[0]) if phone else None
            taken = functools.partial(self._taken, phone, shown) if phone else None
            self.hooks.put(dataclasses.replace(change, on_taken=taken))
        arriving = [
            (phone, message)
            for phone in self.state.phones.values()
            for message in phone.messages
            if message.sender == "business" and message.status in {"sent", "delivered"}
        ]
        for wa_id, message in accepted:
            business = self.state.businesses.get(message.phone_number_id)
            if business and wa_id in self.state.phones:
                self._carry(business, self.state.phones[wa_id], message, None)
        for phone, message in arriving:
            if business := self.state.businesses.get(message.phone_number_id):
                self._arrive(business, phone, message)

    def set_online(self, phone: Phone, *, is_online: bool) -> None:
        """Switch a phone off or on; when it comes on, what waited for it arrives."""
        phone.is_online = is_online
        while phone.is_online and phone.waiting:
            phone.waiting.popleft()()

    def read(self, phone: Phone, message_id: str | None) -> int:
        """The phone's owner reads everything, or up to this message. How many became read."""
        target = phone.find(message_id) if message_id else None
        limit: datetime | None = target.at if target else None
        count = 0
        for message in list(phone.messages):
            is_ours = message.sender == "business" and message.status in {"sent", "delivered"}
            business = self.state.businesses.get(message.phone_number_id)
            if is_ours and business and (limit is None or message.at <= limit):
                self._advance(business, phone, message, "delivered")
                self._advance(business, phone, message, "read")
                count += 1
        return count
