"""What the phones of a simulator can do, told to the page that shows them. Pure data."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """The parts are told as they stand."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Switch(Part):
    """A property of a phone that its owner can turn on and off: a boolean of `PATCH /play/phones/{id}`."""

    name: str
    label: str
    hint: str = ""


class ReadyMade(Part):
    """Something to send with one click: its label, and the body of `POST /play/phones/{id}/messages`."""

    label: str
    action: dict[str, Any]


class AddressField(Part):
    """How the form for a new phone asks for its address."""

    label: str = "Number"
    placeholder: str = "+44 7700 900 000"
    pattern: str = r"^\+?\d{5,20}$"
    problem: str = "5 to 20 digits, with the country code."


class Abilities(Part):
    """What a phone there can do."""

    kinds: tuple[str, ...] = Field(
        description="Types it can send, of: text, image, audio, voice, video, document, sticker, location, "
        "contacts. Each is an action of that name."
    )
    caption: bool = Field(default=True, description="Whether a file can have words with it.")
    subject: bool = Field(default=False, description="Whether a text has a `subject`.")
    replies: bool = Field(default=False, description="Whether it can answer one message (`reply_to`).")
    reactions: bool = Field(default=False, description="The action `reaction`: message_id, emoji.")
    edits: bool = Field(default=False, description="The action `edit`: message_id, text.")
    revokes: bool = Field(default=False, description="The action `revoke`: message_id.")
    reads: bool = Field(default=False, description="Whether the business learns what was read.")
    window: bool = Field(
        default=False, description="Whether free text is bound to a window; phones tell `window_closes_at`."
    )
    switches: tuple[Switch, ...] = ()
    ready_made: tuple[ReadyMade, ...] = ()
    address: AddressField = AddressField()
