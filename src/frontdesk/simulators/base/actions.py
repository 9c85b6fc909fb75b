"""What phones of any provider can do: bodies of the play API, told apart by `type`. Pure data.

A provider puts those it has into its own union, and subclasses one to add what only it knows.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Word = Annotated[str, Field(max_length=4096)]
Words = Annotated[str, Field(min_length=1, max_length=65_536)]


class Written(BaseModel):
    """What every kind may carry beside its own fields."""

    model_config = ConfigDict(extra="forbid")

    business: Word | None = Field(None, description="To which business; None: the last, else the first.")
    reply_to: Word | None = Field(default=None, description="The id of the message it answers.")


class Text(Written):
    """Words."""

    type: Literal["text"]
    text: Words


class File(Written):
    """A file: an uploaded one (`POST /play/media`), else the built-in one of the kind."""

    type: Literal["image", "audio", "voice", "video", "document", "sticker"]
    media_id: Word | None = None
    caption: Word | None = None
    filename: Word | None = None


class Location(Written):
    """A pin, or a place when it has a name or an address."""

    type: Literal["location"]
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: Word | None = None
    address: Word | None = None


class ButtonReply(Written):
    """A pressed button."""

    type: Literal["button_reply"]
    id: Word
    title: Word


class Reaction(Written):
    """An emoji on a message; an empty one takes it back."""

    type: Literal["reaction"]
    message_id: Word
    emoji: Annotated[str, Field(max_length=32)] = ""


class Edit(Written):
    """New words for a message sent before."""

    type: Literal["edit"]
    message_id: Word
    text: Words


class Revoke(Written):
    """Takes a message back."""

    type: Literal["revoke"]
    message_id: Word
