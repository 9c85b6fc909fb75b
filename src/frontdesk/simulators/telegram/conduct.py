"""What a customer does, turned into updates and into what the phone shows: the part of the play API here."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from frontdesk.simulators import base
from frontdesk.simulators.base import PhoneMessage, StoredFile, Unknown, Uploads, actions
from frontdesk.simulators.telegram import payloads
from frontdesk.simulators.telegram.network import Network
from frontdesk.simulators.telegram.state import Business, Phone

Action = Annotated[
    actions.Text | actions.File | actions.Location | actions.ButtonReply | actions.Reaction | actions.Edit,
    Field(discriminator="type"),
]
_actions: TypeAdapter[Action] = TypeAdapter(Action)
_FIELDS = {
    "image": "photo",
    "audio": "audio",
    "voice": "voice",
    "video": "video",
    "document": "document",
    "sticker": "sticker",
}


class PhoneCreate(base.PhoneCreate):
    """A new account; without a number it gets one that belongs to nobody."""

    id: Annotated[str, Field(pattern=r"^[1-9]\d{2,15}$")] | None = None


class Conduct:
    """What Telegram's customers do."""

    def __init__(self, network: Network, uploads: Uploads) -> None:
        self._network, self._state, self._uploads = network, network.state, uploads

    def add(self, given: Any) -> Phone:
        """A new account, or the one with this number."""
        wanted = PhoneCreate.model_validate(given)
        return self._state.add_phone(wanted.id, wanted.name)

    def change(self, phone: Phone, given: Any) -> None:
        """Change an account; blocking a bot tells it."""
        was_blocked = phone.is_blocked
        base.apply_update(phone, base.PhoneUpdate.model_validate(given))
        self._network.carrier.set_online(phone, is_online=phone.is_online)
        if phone.is_blocked != was_blocked:
            for bot_id in phone.started:
                if bot_id in self._state.businesses:
                    self._tell_membership(self._state.businesses[bot_id], phone)

    def act(self, phone: Phone, given: Any) -> str:
        """A customer writes, presses, reacts or edits."""
        action = _actions.validate_python(given)
        bot = self._state.business(action.business, phone)
        match action:
            case actions.ButtonReply():
                return self._press(bot, phone, action)
            case actions.Reaction():
                return self._react(bot, phone, action)
            case actions.Edit():
                return self._edit(bot, phone, action)
            case actions.Text() | actions.File() | actions.Location():
                return self._write(bot, phone, action)

    def read(self, phone: Phone, message_id: str | None) -> int:
        """A customer reads; no bot is told."""
        return self._network.carrier.read(phone, message_id)

    def upload(self, content: bytes, mime: str, filename: str | None) -> StoredFile:
        """A file for a customer to send."""
        return self._uploads.keep(content, mime, filename)

    def _write(
        self, bot: Business, phone: Phone, action: actions.Text | actions.File | actions.Location
    ) -> str:
        kind, body, words = self._body(action)
        number = str(self._state.next_number("message"))
        message = PhoneMessage(number, "customer", bot.id, kind, body, self._state.now(), shown=words)
        message.reply_to = action.reply_to
        return self._network.write(bot, phone, message)

    def _body(
        self, action: actions.Text | actions.File | actions.Location
    ) -> tuple[str, dict[str, Any], str]:
        match action:
            case actions.Text():
                return "text", {"text": action.text}, action.text
            case actions.File():
                stored, field = self._uploads.find(action.type, action.media_id), _FIELDS[action.type]
                body: dict[str, Any] = {field: payloads.file(field, stored)}
                if action.caption:
                    body["caption"] = action.caption
                return ("audio" if action.type == "voice" else action.type), body, action.caption or ""
            case actions.Location():
                point = {"latitude": action.latitude, "longitude": action.longitude}
                if not (action.name or action.address):
                    return "location", {"location": point}, ""
                venue = {"location": point, "title": action.name or "", "address": action.address or ""}
                return "location", {"venue": venue, "location": point}, action.name or ""

    def _press(self, bot: Business, phone: Phone, action: actions.ButtonReply) -> str:
        query_id = self._state.ids.number(18)
        asked = phone.find(action.reply_to) if action.reply_to else _asked(phone, action.id)
        told: dict[str, Any] = {"id": query_id, "from": payloads.user(phone), "chat_instance": phone.id}
        if asked is not None:
            told["message"] = payloads.message_of(bot, phone, asked)
        self._network.tell(bot, phone, query_id, "callback_query", told | {"data": action.id})
        return query_id

    def _react(self, bot: Business, phone: Phone, action: actions.Reaction) -> str:
        target = _known(phone, action.message_id)
        before = target.reactions.pop("customer", None)
        if action.emoji:
            target.reactions["customer"] = action.emoji
        self._state.show(phone, target)
        told = {
            "chat": payloads.chat(phone),
            "message_id": int(target.id),
            "user": payloads.user(phone),
            "date": int(self._state.now().timestamp()),
            "old_reaction": [{"type": "emoji", "emoji": before}] if before else [],
            "new_reaction": [{"type": "emoji", "emoji": action.emoji}] if action.emoji else [],
        }
        self._network.tell(bot, phone, target.id, "message_reaction", told)
        return target.id

    def _edit(self, bot: Business, phone: Phone, action: actions.Edit) -> str:
        target = _known(phone, action.message_id)
        field = "text" if target.type == "text" else "caption"
        target.body = {**target.body, field: action.text}
        target.edited, target.shown = True, action.text
        self._network.edit(bot, phone, target)
        return target.id

    def _tell_membership(self, bot: Business, phone: Phone) -> None:
        words = ("member", "kicked") if phone.is_blocked else ("kicked", "member")
        old, new = (_member(bot, word) for word in words)
        told = {
            "chat": payloads.chat(phone),
            "from": payloads.user(phone),
            "date": int(self._state.now().timestamp()),
            "old_chat_member": old,
            "new_chat_member": new,
        }
        self._network.tell(bot, phone, phone.id, "my_chat_member", told)


def _member(bot: Business, status: str) -> dict[str, Any]:
    until = {"until_date": 0} if status == "kicked" else {}
    return {"user": payloads.bot(bot), "status": status, **until}


def _known(phone: Phone, message_id: str) -> PhoneMessage:
    target = phone.find(message_id)
    if target is None:
        raise Unknown(message_id)
    return target


def _asked(phone: Phone, payload: str) -> PhoneMessage | None:
    """The newest message with a button of this payload."""
    for message in reversed(phone.messages):
        rows = (message.body.get("reply_markup") or {}).get("inline_keyboard") or []
        if any(button.get("callback_data") == payload for row in rows for button in row):
            return message
    return None
