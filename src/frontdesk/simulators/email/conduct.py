"""What a person does with their mailbox: writes, answers, encloses files, is away, blocks the sender."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from frontdesk.simulators import base
from frontdesk.simulators.base import PhoneMessage, StoredFile, Unknown, Uploads, actions
from frontdesk.simulators.email.network import Network
from frontdesk.simulators.email.state import Phone

Subject = Annotated[str, Field(max_length=900, pattern=r"^[^\r\n]*$")]


class Text(actions.Text):
    """A mail. Without a subject and without `reply_to` it answers the last mail there is."""

    subject: Subject | None = None


class File(actions.File):
    """A mail with a file."""

    subject: Subject | None = None


Action = Annotated[Text | File, Field(discriminator="type")]
_actions: TypeAdapter[Action] = TypeAdapter(Action)


class PhoneCreate(base.PhoneCreate):
    """A new mailbox; without an address it gets one that belongs to nobody."""

    id: Annotated[str, Field(max_length=254, pattern=r"^[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]+$")] | None = None


class PhoneUpdate(base.PhoneUpdate):
    """What to change of a mailbox."""

    is_full: bool | None = None
    is_away: bool | None = None


class Conduct:
    """What these people do."""

    def __init__(self, network: Network) -> None:
        self._network, self._state = network, network.state
        self._uploads = Uploads(self._state, self._state.ids)

    def add(self, given: Any) -> Phone:
        """A new mailbox, or the one with this address."""
        wanted = PhoneCreate.model_validate(given)
        return self._state.add_phone(wanted.id, wanted.name)

    def change(self, phone: Phone, given: Any) -> None:
        """Change a mailbox."""
        base.apply_update(phone, PhoneUpdate.model_validate(given))
        self._network.carrier.set_online(phone, is_online=phone.is_online)

    def act(self, phone: Phone, given: Any) -> str:
        """A person writes."""
        action = _actions.validate_python(given)
        answers = self._answered(phone, action)
        business = self._state.business(action.business or (answers.business if answers else None), phone)
        if isinstance(action, Text):
            return self._network.write(business, phone, action.text, subject=action.subject, answers=answers)
        file = self._uploads.find(action.type, action.media_id)
        return self._network.write(
            business, phone, action.caption or "", subject=action.subject, answers=answers, files=[file]
        )

    def _answered(self, phone: Phone, action: Text | File) -> PhoneMessage | None:
        """The mail that is answered: the one named, or without a subject the last one that came."""
        if action.reply_to is not None:
            found = phone.find(action.reply_to)
            if found is None:
                raise Unknown(action.reply_to)
            return found
        if action.subject:
            return None
        came = (message for message in reversed(phone.messages) if message.sender == "business")
        return next((one for one in came if action.business in {None, one.business}), None)

    def read(self, phone: Phone, message_id: str | None) -> int:
        """A person opens their mails; SendGrid tells it."""
        return self._network.carrier.read(phone, message_id)

    def upload(self, content: bytes, mime: str, filename: str | None) -> StoredFile:
        """A file for a person to send."""
        return self._uploads.keep(content, mime, filename)
