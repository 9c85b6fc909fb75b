"""What the hook of one's own channel takes: the shapes; unknown fields are let through."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from frontdesk.domain.message import DeliveryStatus


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=512)]
Words = Annotated[str, Field(max_length=1024)]


class Shape(BaseModel):
    """Base of all shapes."""

    model_config = ConfigDict(extra="ignore")


class Person(Shape):
    """A customer: an id of yours, unique in the account, and what else is known."""

    id: Id
    name: Words | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    email: Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None


class Said(Shape):
    """What every event has."""

    at: AwareDatetime | None = None


class Message(Said):
    """A customer's message; `outgoing` is what your side wrote elsewhere."""

    type: Literal["message"]
    id: Id
    sender: Person = Field(alias="from")
    thread: Id | None = None
    content: dict[str, Any]
    reply_to: Id | None = None
    direction: Literal["incoming", "outgoing"] = "incoming"


class Edit(Said):
    """A message has new content."""

    type: Literal["edit"]
    target: Id
    content: dict[str, Any]


class Delete(Said):
    """A message was taken back."""

    type: Literal["delete"]
    target: Id


class Reaction(Said):
    """An emoji on a message; none takes it back."""

    type: Literal["reaction"]
    id: Id
    sender: Person = Field(alias="from")
    thread: Id | None = None
    target: Id
    emoji: Words | None = None


class Problem(Shape):
    """Why a message failed."""

    code: Id = "failed"
    message: Annotated[str, Field(max_length=4096)] | None = None


class Status(Said):
    """Where a message of ours stands, by your id of it or by our delivery's."""

    type: Literal["status"]
    id: Id | None = None
    delivery_id: UUID | None = None
    status: Literal[DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.FAILED]
    error: Problem | None = None


Event = Message | Edit | Delete | Reaction | Status
SHAPES: dict[str, type[Event]] = {
    "message": Message,
    "edit": Edit,
    "delete": Delete,
    "reaction": Reaction,
    "status": Status,
}
