"""The WhatsApp network between businesses and phones: takes messages, carries them, tells what came of them.

It speaks neither HTTP nor JSON envelopes: `graph` and `play` are its two doors, `hooks` its way back.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from frontdesk.simulators.whatsapp import templates
from frontdesk.simulators.whatsapp.checks import FREE_TYPES, MEDIA_TYPES
from frontdesk.simulators.whatsapp.errors import GraphError, wrong
from frontdesk.simulators.whatsapp.faults import FaultKind, Faults
from frontdesk.simulators.whatsapp.hooks import HookSender
from frontdesk.simulators.whatsapp.payloads import message_change, seconds, status_change, terms_of
from frontdesk.simulators.whatsapp.state import (
    Business,
    LedgerSend,
    Phone,
    PhoneMessage,
    State,
    digits,
)
from frontdesk.simulators.whatsapp.wording import shown_text

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
        recipient = str(body.get("to") or body.get("recipient"))
        kind = str(body["type"])
        self._check_rates(business, recipient)
        category, text = self._price(business, body)
        phone, late_error = self._reach(business, recipient, kind)
        self._check_files(kind, body)
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
        return Accepted(entry, phone, lambda: self._carry(business, phone, message, late_error))

    def _check_rates(self, business: Business, recipient: str) -> None:
        settings, now, recent = self.state.settings, self.state.now(), business.recent_sends
        phone = self.state.phone_of(recipient)
        if settings.pair_seconds and phone:
            last = phone.last_sent_to.get(business.phone_number_id)
            if last and (now - last).total_seconds() < settings.pair_seconds:
                raise GraphError(
                    131056, "Too many messages sent from this phone number to the same phone number"
                )
        if settings.messages_per_second:
            while recent and now - recent[0] >= timedelta(seconds=1):
                recent.popleft()
            if len(recent) >= settings.messages_per_second:
                raise GraphError(
                    130429, "Message failed to send because there were too many messages sent", retry_after=1
                )
            recent.append(now)
        if phone:
            phone.last_sent_to[business.phone_number_id] = now

    def _price(self, business: Business, body: dict[str, Any]) -> tuple[str, str]:
        kind = str(body["type"])
        if kind != "template":
            return "service", shown_text(kind, body[kind])
        found, text = templates.fill(business.templates, body["template"])
        return str(found["category"]).lower(), text

    def _reach(self, business: Business, recipient: str, kind: str) -> tuple[Phone, GraphError | None]:
        """The phone, and the refusal to report later if refusals come by hook."""
        if digits(recipient) == digits(business.display_phone_number):
            raise GraphError(131021, "Recipient phone number is the same as the sender")
        phone = self.state.phone_of(recipient)
        error: GraphError | None = None
        if phone is None and "." not in recipient and self.state.settings.unknown_phones == "create":
            phone = self.state.add_phone(recipient)
            phone.last_written[business.phone_number_id] = self.state.now()
        if phone is None or phone.is_blocked:
            error = GraphError(131026, "Message Undeliverable.")
            phone = phone or Phone(digits(recipient), recipient, recipient)
        elif (
            self.state.settings.enforce_window
            and kind in FREE_TYPES
            and not self.state.is_window_open(business, phone)
        ):
            error = GraphError(
                131047,
                "Message failed to send because more than 24 hours have passed since the customer last "
                "replied to this number.",
            )
        if error is not None and self.state.settings.refuse_by == "answer":
            raise error
        return phone, error

    def _check_files(self, kind: str, body: dict[str, Any]) -> None:
        if kind == "reaction" and not self._known(body[kind]["message_id"]):
            raise wrong("Param reaction['message_id'] is not the id of a message of this conversation.")
        if kind not in MEDIA_TYPES or "id" not in body[kind]:
            return
        media = self.state.media.get(str(body[kind]["id"]))
        if media is None:
            title = f"Param {kind}['id'] is not a valid whatsapp business account media attachment ID"
            raise GraphError(100, title=title)
        family = media.mime.split("/")[0]
        expected = {"document": family, "sticker": "image"}.get(kind, kind)
        if family != expected or (kind == "sticker") != (media.mime == "image/webp"):
            raise GraphError(131053, f"The file is of type {media.mime} and cannot be sent as {kind}.")

    def _known(self, message_id: str) -> bool:
        return any(phone.find(message_id) for phone in self.state.phones.values())

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
            self._report(business, phone, message, "failed")
            return
        phone.last_business, phone.typing_until = business.phone_number_id, None
        self._report(business, phone, message, "sent")
        if message.type == "reaction":
            self._react(phone, message)
            return
        self.state.show(phone, message)
        self.later(
            self.state.settings.delivered_after_seconds, lambda: self._arrive(business, phone, message)
        )

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
