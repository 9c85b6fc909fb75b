"""What goes over the live line: the closed union of what clients say, and the desk's answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import to_json
from typing_extensions import TypedDict

State = Literal["on", "off"]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Start(_Said):
    """The first frame: where to go on (null: from now), and who it is when no header says so."""

    type: Literal["start"]
    cursor: str | None = Field(default=None, max_length=512)
    token: str | None = Field(default=None, max_length=512)


class TypingSaid(_Said):
    """The client's person types, or stopped."""

    type: Literal["typing"]
    state: State
    conversation_id: UUID | None = None


class PresenceSaid(_Said):
    """The agent is at the desk, or away."""

    type: Literal["presence"]
    state: Literal["online", "away"]


class ViewSaid(_Said):
    """The agent looks at a conversation; null: at none."""

    type: Literal["view"]
    conversation_id: UUID | None


class Ping(_Said):
    """Asks for a pong."""

    type: Literal["ping"]


Said = Annotated[TypingSaid | PresenceSaid | ViewSaid | Ping, Field(discriminator="type")]
said_adapter: TypeAdapter[TypingSaid | PresenceSaid | ViewSaid | Ping] = TypeAdapter(Said)


@dataclass(slots=True)
class Frame:
    """One event, written out once for each audience that gets it.

    `inbox_id` and `contact_id` say whose it is; without an inbox it is for agents who see all of them.
    `write_for_visitor` is None when the visitor gets nothing of it.
    """

    position: int
    agent: str
    inbox_id: UUID | None = None
    contact_id: UUID | None = None
    write_for_visitor: Callable[[], str] | None = None
    _visitor: str | None = None

    @property
    def visitor(self) -> str | None:
        """The visitor's text, written when a visitor asks for it: most have no socket open."""
        if self._visitor is None and self.write_for_visitor is not None:
            self._visitor = self.write_for_visitor()
        return self._visitor


class EventRead(TypedDict):
    """A fact of the account's log: ids and facts, never content."""

    position: int
    type: str
    at: datetime
    conversation_id: UUID | None
    subject_id: UUID | None
    seq: int | None
    facts: dict[str, Any]


def write(type_: str, **fields: Any) -> str:
    """A frame as text."""
    return to_json({"type": type_, **fields}).decode()
