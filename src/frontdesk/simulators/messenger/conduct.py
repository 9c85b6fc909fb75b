"""What a customer does, turned into events and into what the phone shows: the part of the play API here."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from frontdesk.simulators import base
from frontdesk.simulators.base import PhoneMessage, StoredFile, Unknown, Uploads, actions
from frontdesk.simulators.base.actions import Word, Words, Written
from frontdesk.simulators.messenger import payloads
from frontdesk.simulators.messenger.network import Network
from frontdesk.simulators.messenger.state import WINDOW, Business, Phone


class Text(actions.Text):
    """Words; with a referral when they come by an ad."""

    referral: dict[str, Any] | None = None


class Postback(Written):
    """A pressed button of a template, a menu, or the beginning of a talk."""

    type: Literal["postback"]
    title: Word
    payload: Word


class Referral(Written):
    """A link or an ad brought the customer back."""

    type: Literal["referral"]
    ref: Word
    source: Word = "SHORTLINK"


class StoryReply(Written):
    """An answer to the business's story."""

    type: Literal["story_reply"]
    text: Words


class StoryMention(Written):
    """The customer mentions the business in a story of their own."""

    type: Literal["story_mention"]
    media_id: Word | None = None


class Unsupported(Written):
    """Something that Meta does not hand on."""

    type: Literal["unsupported"]


class PageReply(Written):
    """Somebody answers for the page by hand, in Meta's own inbox: it comes as an echo."""

    type: Literal["page_reply"]
    text: Words


Action = Annotated[
    Text
    | actions.File
    | actions.ButtonReply
    | actions.Reaction
    | actions.Edit
    | actions.Revoke
    | Postback
    | Referral
    | StoryReply
    | StoryMention
    | Unsupported
    | PageReply,
    Field(discriminator="type"),
]
_actions: TypeAdapter[Action] = TypeAdapter(Action)
_TYPES = {
    "image": "image",
    "sticker": "image",
    "audio": "audio",
    "voice": "audio",
    "video": "video",
    "document": "file",
}
Shown = Text | actions.File | actions.ButtonReply | StoryReply | StoryMention | Unsupported


class PhoneCreate(base.PhoneCreate):
    """A new account; without an id it gets one that belongs to nobody."""

    id: Annotated[str, Field(pattern=r"^\d{5,20}$")] | None = None


class PhoneUpdate(base.PhoneUpdate):
    """What to change of an account."""

    window: Literal["open", "closed"] | None = Field(
        None, description="Open or close the 24-hour window now."
    )


class Conduct:
    """What the platform's customers do."""

    def __init__(self, network: Network, uploads: Uploads) -> None:
        self._network, self._state, self._uploads = network, network.state, uploads

    def add(self, given: Any) -> Phone:
        """A new account, or the one with this id."""
        wanted = PhoneCreate.model_validate(given)
        return self._state.add_phone(wanted.id, wanted.name)

    def change(self, phone: Phone, given: Any) -> None:
        """Change an account, or its window."""
        wanted = PhoneUpdate.model_validate(given)
        base.apply_update(phone, wanted)
        self._network.carrier.set_online(phone, is_online=phone.is_online)
        if wanted.window is not None:
            now = self._state.now()
            for business in self._state.businesses:
                phone.last_written[business] = now if wanted.window == "open" else now - WINDOW

    def act(self, phone: Phone, given: Any) -> str:
        """A customer writes, presses, reacts, edits, takes back; or the page answers by hand."""
        action = _actions.validate_python(given)
        business = self._state.business(action.business, phone)
        match action:
            case actions.Reaction() | actions.Edit() | actions.Revoke():
                return self._about(business, phone, action)
            case Postback():
                return self._press(business, phone, action)
            case Referral():
                told = {"ref": action.ref, "source": action.source, "type": "OPEN_THREAD"}
                self._network.talks(business, phone)
                self._network.tell(business, phone, f"referral:{action.ref}", "referral", told)
                return phone.id
            case PageReply():
                return self._reply(business, phone, action)
            case _:
                return self._write(business, phone, action)

    def read(self, phone: Phone, message_id: str | None) -> int:
        """A customer reads."""
        return self._network.read(phone, message_id)

    def upload(self, content: bytes, mime: str, filename: str | None) -> StoredFile:
        """A file for a customer to send."""
        return self._uploads.keep(content, mime, filename)

    def _write(self, business: Business, phone: Phone, action: Shown) -> str:
        kind, body, words, files = self._body(business, action)
        message = self._message("customer", business, kind, body, words)
        message.reply_to = None if isinstance(action, actions.ButtonReply) else action.reply_to
        message.facts["files"] = files
        if isinstance(action, Text) and action.referral is not None:
            message.facts["referral"] = action.referral
        return self._network.write(business, phone, message)

    def _body(
        self, business: Business, action: Shown
    ) -> tuple[str, dict[str, Any], str, list[dict[str, Any]]]:
        match action:
            case Text():
                return "text", {"text": action.text}, action.text, []
            case actions.ButtonReply():
                body = {"text": action.title, "quick_reply": {"payload": action.id}}
                return "text", body, action.title, []
            case StoryReply():
                seen = self._uploads.find("image", None)
                story = {"url": payloads.file_url(business, seen.id), "id": self._state.ids.number(17)}
                return "story_reply", {"text": action.text, "story": story}, action.text, []
            case StoryMention():
                return "story_mention", {}, "", [self._file("story_mention", "image", action.media_id)]
            case Unsupported():
                return "unsupported", {}, "Something that Meta does not hand on", []
            case actions.File():
                kind = "audio" if action.type == "voice" else action.type
                file = self._file(_TYPES[action.type], action.type, action.media_id)
                return kind, {}, "", [file]

    def _file(self, kind: str, wanted: str, media_id: str | None) -> dict[str, Any]:
        stored = self._uploads.find(wanted, media_id)
        told = {"type": kind, "id": stored.id, "filename": stored.filename, "mime": stored.mime}
        return told | ({"is_sticker": True} if wanted == "sticker" else {})

    def _message(
        self, sender: Literal["customer", "business"], business: Business, kind: str, body: Any, words: str
    ) -> PhoneMessage:
        message_id = self._state.message_id()
        return PhoneMessage(message_id, sender, business.id, kind, body, self._state.now(), shown=words)

    def _press(self, business: Business, phone: Phone, action: Postback) -> str:
        body = {"title": action.title, "payload": action.payload}
        message = self._message("customer", business, "postback", body, action.title)
        self._network.talks(business, phone)
        self._state.show(phone, message)
        self._network.tell(business, phone, message.id, "postback", {"mid": message.id} | body, message)
        return message.id

    def _reply(self, business: Business, phone: Phone, action: PageReply) -> str:
        message = self._message("business", business, "text", {"text": action.text}, action.text)
        message.status = "delivered"
        self._state.show(phone, message)
        self._network.echo(business, phone, message, by_app=False)
        return message.id

    def _about(
        self, business: Business, phone: Phone, action: actions.Reaction | actions.Edit | actions.Revoke
    ) -> str:
        target = phone.find(action.message_id)
        if target is None:
            raise Unknown(action.message_id)
        if isinstance(action, actions.Reaction):
            target.reactions.pop("customer", None)
            if action.emoji:
                target.reactions["customer"] = action.emoji
            kind, told = "reaction", payloads.reaction(target.id, action.emoji)
        elif isinstance(action, actions.Edit):
            target.body, target.edited = {**target.body, "text": action.text}, True
            target.shown, target.facts["edits"] = action.text, target.facts.get("edits", 0) + 1
            kind, told = "message_edit", payloads.edited(target)
        else:
            target.deleted = True
            kind, told = "message", {"mid": target.id, "is_deleted": True}
        self._state.show(phone, target)
        self._network.tell(business, phone, f"{target.id}:{kind}", kind, told)
        return target.id
