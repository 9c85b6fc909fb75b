"""What a phone can do: the bodies of the play API, a closed union told apart by `type`. Pure data."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Word = Annotated[str, Field(max_length=4096)]


class Written(BaseModel):
    """What every kind may carry beside its own fields."""

    model_config = ConfigDict(extra="forbid")

    phone_number_id: Word | None = Field(
        None, description="To which business; None: the last, else the first."
    )
    reply_to: Word | None = Field(default=None, description="The id of the message it answers.")
    forwarded: bool = False
    frequently_forwarded: bool = False
    referral: dict[str, Any] | None = Field(
        default=None, description="Meta's referral object, as after an ad."
    )
    referred_product: dict[str, Any] | None = Field(
        default=None, description="{catalog_id, product_retailer_id}"
    )
    group_id: Word | None = None


class Text(Written):
    """Words."""

    type: Literal["text"]
    text: Annotated[str, Field(min_length=1, max_length=65_536)]


class File(Written):
    """A file: an uploaded one (`POST /play/media`), else the built-in one of the kind."""

    type: Literal["image", "audio", "voice", "video", "document", "sticker"]
    media_id: Word | None = None
    caption: Word | None = None
    filename: Word | None = None
    animated: bool = False


class Location(Written):
    """A pin, or a place when it has a name or an address."""

    type: Literal["location"]
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: Word | None = None
    address: Word | None = None
    url: Word | None = None


class Contacts(Written):
    """Contact cards in Meta's form."""

    type: Literal["contacts"]
    contacts: list[dict[str, Any]] = Field(min_length=1, max_length=257)


class Reaction(Written):
    """An emoji on a message; an empty one takes it back."""

    type: Literal["reaction"]
    message_id: Word
    emoji: Annotated[str, Field(max_length=32)] = ""


class Button(Written):
    """The quick reply of a template."""

    type: Literal["button"]
    text: Word
    payload: Word = ""


class ButtonReply(Written):
    """A pressed button."""

    type: Literal["button_reply"]
    id: Word
    title: Word


class ListReply(Written):
    """A chosen row."""

    type: Literal["list_reply"]
    id: Word
    title: Word
    description: Word | None = None


class FlowReply(Written):
    """A submitted form."""

    type: Literal["flow_reply"]
    form: dict[str, Any]
    body: Word = "Sent"
    name: Word = "flow"


class Order(Written):
    """A cart."""

    type: Literal["order"]
    catalog_id: Word
    text: Word | None = None
    items: list[dict[str, Any]] = Field(min_length=1, max_length=100)


class Edit(Written):
    """New words for a message sent before."""

    type: Literal["edit"]
    message_id: Word
    text: Annotated[str, Field(min_length=1, max_length=65_536)]


class Revoke(Written):
    """Takes a message back."""

    type: Literal["revoke"]
    message_id: Word


class Unsupported(Written):
    """Something that Meta does not hand on."""

    type: Literal["unsupported"]
    code: int = 131051
    title: Word = "Message type unknown"
    details: Word = "Message type is currently not supported."


class NumberChange(Written):
    """The customer changed their number; the phone goes on under the new one."""

    type: Literal["number_change"]
    new_wa_id: Annotated[str, Field(pattern=r"^\+?\d{5,20}$")]


class Raw(Written):
    """Any message object, for what no other kind says; `id` and `timestamp` may be left out."""

    type: Literal["raw"]
    message: dict[str, Any]


Action = Annotated[
    Text
    | File
    | Location
    | Contacts
    | Reaction
    | Button
    | ButtonReply
    | ListReply
    | FlowReply
    | Order
    | Edit
    | Revoke
    | Unsupported
    | NumberChange
    | Raw,
    Field(discriminator="type"),
]
action_adapter: TypeAdapter[Action] = TypeAdapter(Action)
