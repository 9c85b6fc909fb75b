"""What a WhatsApp phone can do: bodies of the play API, a closed union told apart by `type`. Pure data."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from frontdesk.simulators.base import actions as base
from frontdesk.simulators.base.actions import Word


class Written(base.Written):
    """What every kind may carry on WhatsApp beside its own fields."""

    forwarded: bool = False
    frequently_forwarded: bool = False
    referral: dict[str, Any] | None = Field(
        default=None, description="Meta's referral object, as after an ad."
    )
    referred_product: dict[str, Any] | None = Field(
        default=None, description="{catalog_id, product_retailer_id}"
    )
    group_id: Word | None = None


class Text(base.Text, Written):
    """Words."""


class File(base.File, Written):
    """A file."""

    animated: bool = False


class Location(base.Location, Written):
    """A pin, or a place when it has a name or an address."""

    url: Word | None = None


class Contacts(Written):
    """Contact cards in Meta's form."""

    type: Literal["contacts"]
    contacts: list[dict[str, Any]] = Field(min_length=1, max_length=257)


class Reaction(base.Reaction, Written):
    """An emoji on a message; an empty one takes it back."""


class Button(Written):
    """The quick reply of a template."""

    type: Literal["button"]
    text: Word
    payload: Word = ""


class ButtonReply(base.ButtonReply, Written):
    """A pressed button."""


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


class Edit(base.Edit, Written):
    """New words for a message sent before."""


class Revoke(base.Revoke, Written):
    """Takes a message back."""


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
