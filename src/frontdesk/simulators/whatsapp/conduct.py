"""What a phone does, turned into the message object of Meta's hook and into what the phone shows.

`Conduct` is the network's part of the play API.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import Field

from frontdesk.simulators import base
from frontdesk.simulators.base import PhoneMessage, StoredFile, Unknown, sample
from frontdesk.simulators.whatsapp import media
from frontdesk.simulators.whatsapp.actions import (
    Action,
    Button,
    ButtonReply,
    Contacts,
    Edit,
    File,
    FlowReply,
    ListReply,
    Location,
    NumberChange,
    Order,
    Raw,
    Reaction,
    Revoke,
    Text,
    Unsupported,
    Written,
    action_adapter,
)
from frontdesk.simulators.whatsapp.network import Network
from frontdesk.simulators.whatsapp.payloads import seconds, system_change
from frontdesk.simulators.whatsapp.state import WINDOW, Business, Phone, digits
from frontdesk.simulators.whatsapp.wording import shown_text

Sent = Text | File | Location | Contacts | Button | ButtonReply | ListReply | FlowReply | Order
"""What a phone shows as a message of its own."""


class PhoneCreate(base.PhoneCreate):
    """A new phone; without a number it gets one that belongs to nobody."""

    id: Annotated[str, Field(pattern=r"^\+?\d{5,20}$")] | None = None


class PhoneUpdate(base.PhoneUpdate):
    """What to change of a phone."""

    hides_number: bool | None = None
    window: Literal["open", "closed"] | None = Field(
        None, description="Open or close the 24-hour window now."
    )


class Conduct:
    """What WhatsApp's phones do."""

    def __init__(self, network: Network) -> None:
        self._network, self._state = network, network.state

    def add(self, given: Any) -> Phone:
        """A new phone, or the one with this number."""
        wanted = PhoneCreate.model_validate(given)
        return self._state.add_phone(wanted.id, wanted.name)

    def change(self, phone: Phone, given: Any) -> None:
        """Change a phone, or its window."""
        wanted = PhoneUpdate.model_validate(given)
        base.apply_update(phone, wanted)
        self._network.carrier.set_online(phone, is_online=phone.is_online)
        if wanted.window is not None:
            now = self._state.now()
            for business in self._state.businesses:
                phone.last_written[business] = now if wanted.window == "open" else now - WINDOW

    def act(self, phone: Phone, given: Any) -> str:
        """A phone sends."""
        return perform(self._network, phone, action_adapter.validate_python(given))

    def read(self, phone: Phone, message_id: str | None) -> int:
        """A phone's owner reads."""
        return self._network.carrier.read(phone, message_id)

    def upload(self, content: bytes, mime: str, filename: str | None) -> StoredFile:
        """A file for a phone to send."""
        return media.store(self._state, content, mime, filename)


def perform(network: Network, phone: Phone, action: Action) -> str:
    """Let a phone do this; the id of the message it made. Raises Unknown, GraphError."""
    business = network.state.business(action.business, phone)
    match action:
        case NumberChange():
            return _change_number(network, business, phone, action)
        case Reaction() | Edit() | Revoke():
            return _about(network, business, phone, action)
        case Unsupported():
            error = {"code": action.code, "title": action.title, "message": action.title}
            errors = [error | {"error_data": {"details": action.details}}]
            return network.write(business, phone, "unsupported", None, extra={"errors": errors})
        case Raw():
            told = dict(action.message)
            kind = str(told.pop("type", "text"))
            return network.write(business, phone, kind, told.pop(kind, None), extra=told)
        case _:
            return _send(network, business, phone, action)


def _send(network: Network, business: Business, phone: Phone, action: Sent) -> str:
    kind, body = _body(network, action)
    message_id = network.state.ids.message(phone.wa_id, from_phone=True)
    message = PhoneMessage(message_id, "customer", business.id, kind, body, network.state.now())
    message.reply_to, message.shown = action.reply_to, shown_text(kind, body)
    return network.write(business, phone, kind, body, extra=_extra(business, phone, action), shown=message)


def _extra(business: Business, phone: Phone, action: Written) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if action.reply_to is not None:
        answered = phone.find(action.reply_to)
        is_own = answered is not None and answered.sender == "customer"
        context = {"from": phone.wa_id if is_own else business.address, "id": action.reply_to}
    if action.forwarded:
        context["forwarded"] = True
    if action.frequently_forwarded:
        context["frequently_forwarded"] = True
    if action.referred_product is not None:
        context["referred_product"] = action.referred_product
        context.setdefault("from", business.address)
    extra: dict[str, Any] = {"context": context} if context else {}
    if action.referral is not None:
        extra["referral"] = action.referral
    if action.group_id is not None:
        extra["group_id"] = action.group_id
    return extra


def _body(network: Network, action: Sent) -> tuple[str, Any]:
    kind: str
    body: Any
    match action:
        case Text():
            kind, body = "text", {"body": action.text}
        case File():
            kind, body = _file(network, action)
        case Location():
            place = action.model_dump(include={"latitude", "longitude", "name", "address", "url"})
            kind, body = "location", {name: value for name, value in place.items() if value is not None}
        case Contacts():
            kind, body = "contacts", action.contacts
        case Button():
            kind, body = "button", {"payload": action.payload or action.text, "text": action.text}
        case Order():
            kind, body = "order", {"catalog_id": action.catalog_id, "product_items": action.items}
            body |= {"text": action.text} if action.text is not None else {}
        case ButtonReply() | ListReply() | FlowReply():
            kind, body = "interactive", _reply(action)
    return kind, body


def _reply(action: ButtonReply | ListReply | FlowReply) -> dict[str, Any]:
    match action:
        case ButtonReply():
            return {"type": "button_reply", "button_reply": {"id": action.id, "title": action.title}}
        case ListReply():
            row = {"id": action.id, "title": action.title}
            if action.description is not None:
                row["description"] = action.description
            return {"type": "list_reply", "list_reply": row}
        case FlowReply():
            form = json.dumps(action.form, ensure_ascii=False)
            reply = {"name": action.name, "body": action.body, "response_json": form}
            return {"type": "nfm_reply", "nfm_reply": reply}


def _file(network: Network, action: File) -> tuple[str, Any]:
    if action.media_id is None:
        built_in = sample(action.type)
        stored = media.store(network.state, built_in.content, built_in.mime, built_in.filename)
    elif action.media_id in network.state.files:
        stored = network.state.files[action.media_id]
    else:
        raise Unknown(action.media_id)
    kind = "audio" if action.type == "voice" else action.type
    body = media.in_message(stored)
    if kind == "audio":
        body["voice"] = action.type == "voice"
    if kind == "sticker":
        body["animated"] = action.animated
    if kind == "document":
        body["filename"] = action.filename or stored.filename or "document"
    if action.caption is not None:
        body["caption"] = action.caption
    return kind, body


def _about(network: Network, business: Business, phone: Phone, action: Reaction | Edit | Revoke) -> str:
    target = phone.find(action.message_id)
    if target is None:
        raise Unknown(action.message_id)
    body: dict[str, Any]
    match action:
        case Reaction():
            target.reactions.pop("customer", None)
            if action.emoji:
                target.reactions["customer"] = action.emoji
            body = {"message_id": target.id, "emoji": action.emoji}
        case Edit():
            field = "body" if target.type == "text" else "caption"
            target.edited, target.shown = True, action.text
            target.body = {**target.body, field: action.text}
            new = {"type": target.type, target.type: target.body}
            body = {"original_message_id": target.id, "message": new}
        case Revoke():
            target.deleted = True
            body = {"original_message_id": target.id}
    network.state.show(phone, target)
    return network.write(business, phone, action.type, body)


def _change_number(network: Network, business: Business, phone: Phone, action: NumberChange) -> str:
    state, new = network.state, digits(action.new_wa_id)
    if new in state.phones:
        msg = f"{new} has a phone already"
        raise ValueError(msg)
    message_id = state.ids.message(phone.wa_id, from_phone=True)
    system = {
        "body": f"{phone.name} changed from {phone.wa_id} to {new}",
        "wa_id": new,
        "type": "user_changed_number",
    }
    told = {"id": message_id, "timestamp": seconds(state.now()), "type": "system", "system": system}
    network.hooks.put(system_change(business, phone, told))
    state.rename_phone(phone, new)
    return message_id
