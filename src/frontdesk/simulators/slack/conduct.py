"""What people do in the workspace, turned into events and into what the phones show."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from frontdesk.simulators import base
from frontdesk.simulators.base import PhoneMessage, StoredFile, Unknown, Uploads, actions
from frontdesk.simulators.slack import payloads
from frontdesk.simulators.slack.emoji import name_of
from frontdesk.simulators.slack.errors import SlackError
from frontdesk.simulators.slack.looking import elements_of
from frontdesk.simulators.slack.markup import written
from frontdesk.simulators.slack.network import Network
from frontdesk.simulators.slack.state import Business, Phone


class Command(actions.Written):
    """A slash command, such as `/bike` with `ready?`."""

    type: Literal["command"]
    command: Annotated[str, Field(pattern=r"^/[a-z0-9_-]{1,31}$")]
    text: Annotated[str, Field(max_length=3000)] = ""


Action = Annotated[
    actions.Text
    | actions.File
    | actions.ButtonReply
    | actions.Reaction
    | actions.Edit
    | actions.Revoke
    | Command,
    Field(discriminator="type"),
]
_actions: TypeAdapter[Action] = TypeAdapter(Action)


class PhoneCreate(base.PhoneCreate):
    """Somebody new; without an id they get one that is nobody's."""

    id: Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,20}$")] | None = None


class PhoneUpdate(base.PhoneUpdate):
    """What to change of a person."""

    writes_directly: bool | None = None


class Conduct:
    """What people in Slack do."""

    def __init__(self, network: Network, uploads: Uploads) -> None:
        self._network, self._state, self._uploads = network, network.state, uploads

    def add(self, given: Any) -> Phone:
        """Somebody new, or the one with this id."""
        wanted = PhoneCreate.model_validate(given)
        return self._state.add_phone(wanted.id, wanted.name)

    def change(self, phone: Phone, given: Any) -> None:
        """Change a person."""
        base.apply_update(phone, PhoneUpdate.model_validate(given))
        self._network.carrier.set_online(phone, is_online=phone.is_online)

    def act(self, phone: Phone, given: Any) -> str:
        """Somebody writes, presses, reacts, edits or takes back."""
        action = _actions.validate_python(given)
        app = self._state.business(action.business, phone)
        match action:
            case actions.Text():
                return self._write(app, phone, action.reply_to, written(action.text), [])
            case actions.File():
                stored = self._uploads.find(action.type, action.media_id)
                file = payloads.file(app, stored, phone.id, is_voice=action.type == "voice")
                return self._write(app, phone, action.reply_to, written(action.caption or ""), [file])
            case actions.ButtonReply():
                return self._press(app, phone, action)
            case Command():
                return self._command(app, phone, action)
            case actions.Reaction() | actions.Edit() | actions.Revoke():
                return self._touch(app, phone, action)

    def _touch(
        self, app: Business, phone: Phone, action: actions.Reaction | actions.Edit | actions.Revoke
    ) -> str:
        """Something is done with a message that is there."""
        target = _known(phone, action.message_id)
        channel = str(target.facts["channel"])
        if isinstance(action, actions.Reaction):
            self._react(app, phone, target, action.emoji)
            return target.id
        if target.sender != "customer":
            raise SlackError("cant_update_message")
        if isinstance(action, actions.Edit):
            self._network.change(app, channel, target, {"text": written(action.text)}, phone.id)
        else:
            self._network.delete(app, channel, target)
        return target.id

    def read(self, phone: Phone, message_id: str | None) -> int:
        """Somebody reads; no app is told."""
        return self._network.carrier.read(phone, message_id)

    def upload(self, content: bytes, mime: str, filename: str | None) -> StoredFile:
        """A file to be sent."""
        return self._uploads.keep(content, mime, filename)

    def _write(
        self, app: Business, phone: Phone, above: str | None, text: str, files: list[dict[str, Any]]
    ) -> str:
        """A message: in the thread of the one it answers, else where the person writes to the app."""
        if above is not None:
            answered = _known(phone, above)
            return self._network.write(app, phone, str(answered.facts["channel"]), text, files, answered.id)
        return self._network.write(app, phone, self._usual(app, phone), text, files)

    def _usual(self, app: Business, phone: Phone) -> str:
        return phone.direct if phone.writes_directly else phone.home or app.channel

    def _place(self, channel: str) -> dict[str, Any]:
        known = self._state.channels.get(channel)
        return {"id": channel, "name": known.name if known else "directmessage"}

    def _react(self, app: Business, phone: Phone, target: PhoneMessage, emoji: str) -> None:
        """A person has one emoji on a message here: another replaces it."""
        name, channel = name_of(emoji) if emoji else "", str(target.facts["channel"])
        if name is None:
            raise SlackError("invalid_name")
        for each in list(target.body.get("reactions") or []):
            if phone.id in each["users"]:
                self._network.react(app, channel, target, phone.id, each["name"], is_added=False)
        if name:
            self._network.react(app, channel, target, phone.id, name, is_added=True)

    def _press(self, app: Business, phone: Phone, action: actions.ButtonReply) -> str:
        asked = _asked(phone, action)
        if asked is None:
            raise Unknown(action.id)
        message, element = asked
        told = {"action_id": element.get("action_id"), "block_id": element["block_id"]}
        told |= {"type": element.get("type"), "action_ts": self._state.next_ts()}
        words = {"text": {"type": "plain_text", "text": action.title, "emoji": True}, "value": action.id}
        told |= {"selected_option": words} if element.get("type") == "static_select" else words
        place = self._place(str(message.facts["channel"]))
        payload = payloads.interaction(app, phone, place, message.body, told)
        self._network.ask(app, phone, str(told["action_ts"]), {"payload": payload})
        return str(told["action_ts"])

    def _command(self, app: Business, phone: Phone, action: Command) -> str:
        """Only who typed it sees it."""
        ts, place = self._state.next_ts(), self._place(self._usual(app, phone))
        shown = f"{action.command} {action.text}".strip()
        message = PhoneMessage(ts, "customer", app.id, "text", {}, self._state.now(), shown=shown)
        message.facts, message.status = {"foot": "Only you see this", "channel": ""}, "delivered"
        self._state.show(phone, message)
        form = payloads.command(app, phone, place, (action.command, action.text), ts)
        self._network.ask(app, phone, ts, {"command": form})
        return ts


def _known(phone: Phone, message_id: str) -> PhoneMessage:
    target = phone.find(message_id)
    if target is None or target.deleted or not target.facts.get("channel"):
        raise Unknown(message_id)
    return target


def _asked(phone: Phone, action: actions.ButtonReply) -> tuple[PhoneMessage, dict[str, Any]] | None:
    """The newest message with something of this value to press, and what that is."""
    for message in reversed(phone.messages):
        if action.reply_to not in {None, message.id}:
            continue
        for element in elements_of(message.body):
            options = element.get("options") or [element]
            if any(action.id == (each.get("value") or element.get("action_id")) for each in options):
                return message, element
    return None
