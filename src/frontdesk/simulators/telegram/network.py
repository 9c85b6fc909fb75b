"""Telegram between bots and customers: takes messages, shows them, tells bots what happened.

It speaks no HTTP: `api` and `conduct` are its two doors, `hooks` its way back.
"""

from datetime import timedelta
from typing import Any

from frontdesk.simulators.base import Accepted, Carrier, Engine, Fault, Hook, PhoneMessage
from frontdesk.simulators.telegram import payloads
from frontdesk.simulators.telegram.errors import BotError, bad
from frontdesk.simulators.telegram.state import Business, Phone, State

_TYPING = timedelta(seconds=5)
REACTIONS = frozenset("👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈")
"""Some of the emoji that a bot may react with; others are refused."""


class Network:
    """Carries messages both ways, over the parts of an engine. No bot is told what arrived or was read."""

    def __init__(self, state: State, engine: Engine) -> None:
        self.state, self.engine = state, engine
        self.carrier = Carrier[Phone](engine, lambda _phone, _message, _status: None, _failure)

    # --- from a bot to a customer -------------------------------------------------------------------------

    def reachable(self, bot: Business, chat_id: Any) -> Phone:
        """The customer in this chat. Raises BotError when the bot may not write there."""
        phone = self.state.phones.get(str(chat_id)) if isinstance(chat_id, int | str) else None
        if phone is None or bot.id not in phone.started:
            raise bad("chat not found")
        if phone.is_blocked:
            raise BotError("Forbidden: bot was blocked by the user", 403)
        return phone

    def message(self, phone: Phone, message_id: Any) -> PhoneMessage | None:
        """The message of this number in a chat."""
        return phone.find(str(message_id))

    def send(
        self, bot: Business, phone: Phone, kind: str, body: dict[str, Any], request: dict[str, Any]
    ) -> tuple[Accepted, PhoneMessage]:
        """Take a checked message; `carry` brings it to the phone."""
        number = str(self.state.next_number("message"))
        words = str(body.get("text") or body.get("caption") or "")
        message = PhoneMessage(number, "business", bot.id, kind, body, self.state.now(), shown=words)
        message.reply_to = self._answered(phone, request.get("reply_parameters"))
        entry = self.state.enter(phone, message, request)
        self.state.journal.accept(phone, message)
        return Accepted(entry, lambda: self.carrier.carry(phone, message)), message

    def _answered(self, phone: Phone, parameters: Any) -> str | None:
        if not isinstance(parameters, dict):
            return None
        found = self.message(phone, parameters.get("message_id"))
        if found is None and not parameters.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return None if found is None else found.id

    def react(self, phone: Phone, message_id: Any, reaction: Any) -> None:
        """The bot reacts, or takes that back. Raises BotError."""
        target = self.message(phone, message_id)
        if target is None:
            raise bad("message to react not found")
        given = [str(each.get("emoji")) for each in reaction if isinstance(each, dict)] if reaction else []
        if any(each.removesuffix("\ufe0f") not in REACTIONS for each in given):
            raise bad("REACTION_INVALID")
        self.carrier.react(phone, target.id, given[0] if given else "")

    def type(self, phone: Phone) -> None:
        """The bot is shown as typing for five seconds."""
        phone.typing_until = self.state.now() + _TYPING
        self.state.show_phone(phone)

    # --- from a customer to a bot -------------------------------------------------------------------------

    def write(self, bot: Business, phone: Phone, message: PhoneMessage) -> str:
        """A customer sends a message; from then on the bot may answer."""
        self._start(bot, phone)
        self.state.show(phone, message)
        told = payloads.message_of(bot, phone, message)
        self.tell(bot, phone, message.id, "message", told, shown=message)
        return message.id

    def edit(self, bot: Business, phone: Phone, message: PhoneMessage) -> None:
        """A customer changed a message."""
        told = payloads.message_of(bot, phone, message)
        told["edit_date"] = int(self.state.now().timestamp())
        self.state.show(phone, message)
        self.tell(bot, phone, message.id, "edited_message", told)

    def tell(  # noqa: PLR0917 - an update and whom it is about
        self,
        bot: Business,
        phone: Phone,
        about: str,
        kind: str,
        value: dict[str, Any],
        shown: PhoneMessage | None = None,
    ) -> None:
        """Tell a bot by its hook."""
        update = {"update_id": self.state.next_number("update"), kind: value}
        taken = (lambda: self.carrier.taken(phone, shown)) if shown else None
        self.engine.hooks.put(Hook(bot.id, phone.id, (about,), update, taken))

    def _start(self, bot: Business, phone: Phone) -> None:
        if bot.id not in phone.started or phone.last_business != bot.id:
            phone.last_business = bot.id
            phone.started = [*(each for each in phone.started if each != bot.id), bot.id]
            self.state.show_phone(phone)


def _failure(fault: Fault) -> dict[str, Any]:
    return {"code": fault.code, "title": "a fault was set"}
