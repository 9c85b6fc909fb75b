"""What a phone does: writes, sends files, is switched off, unsubscribes."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from frontdesk.simulators import base
from frontdesk.simulators.base import StoredFile, Uploads, actions
from frontdesk.simulators.twilio_sms.network import Network
from frontdesk.simulators.twilio_sms.state import Phone

Action = Annotated[actions.Text | actions.File, Field(discriminator="type")]
_actions: TypeAdapter[Action] = TypeAdapter(Action)


class PhoneCreate(base.PhoneCreate):
    """A new phone; without a number it gets one that belongs to nobody."""

    id: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")] | None = None


class PhoneUpdate(base.PhoneUpdate):
    """What to change of a phone."""

    is_unsubscribed: bool | None = None


class Conduct:
    """What these phones do."""

    def __init__(self, network: Network) -> None:
        self._network, self._state = network, network.state
        self._uploads = Uploads(self._state, self._state.ids, 5 * 1024 * 1024)

    def add(self, given: Any) -> Phone:
        """A new phone, or the one with this number."""
        wanted = PhoneCreate.model_validate(given)
        return self._state.add_phone(wanted.id, wanted.name)

    def change(self, phone: Phone, given: Any) -> None:
        """Change a phone."""
        base.apply_update(phone, PhoneUpdate.model_validate(given))
        self._network.carrier.set_online(phone, is_online=phone.is_online)

    def act(self, phone: Phone, given: Any) -> str:
        """A phone sends."""
        action = _actions.validate_python(given)
        business = self._state.business(action.business, phone)
        if isinstance(action, actions.Text):
            return self._network.write(business, phone, action.text, [])
        file = self._uploads.find(action.type, action.media_id)
        kind = "audio" if action.type == "voice" else action.type
        return self._network.write(business, phone, action.caption or "", [(kind, file)])

    def read(self, phone: Phone, message_id: str | None) -> int:
        """A phone's owner reads; only WhatsApp tells it."""
        return self._network.carrier.read(phone, message_id)

    def upload(self, content: bytes, mime: str, filename: str | None) -> StoredFile:
        """A file for a phone to send."""
        return self._uploads.keep(content, mime, filename)
