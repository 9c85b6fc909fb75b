"""How phones are made and changed by the play API, and what a provider has to say for it (`Conduct`)."""

from typing import Annotated, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.simulators.base.phones import Phone, StoredFile


class PhoneCreate(BaseModel):
    """A new phone; without an id it gets an address that belongs to nobody. Subclass it to bind the id."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=320)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class PhoneUpdate(BaseModel):
    """What to change of a phone. Subclass it to add the provider's switches; unset fields stay."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    is_online: bool | None = None
    reads_at_once: bool | None = None
    is_blocked: bool | None = None


def apply_update(phone: Phone, update: PhoneUpdate) -> None:
    """Set the fields of a phone that are given and that it has."""
    for name, value in update.model_dump(exclude_unset=True).items():
        if hasattr(phone, name) and (value is not None or name == "reads_at_once"):
            setattr(phone, name, value)


class Conduct(Protocol):
    """A provider's part of the play API: what its phones do.

    Raises everywhere: `Unknown` for what is not there, Pydantic's ValidationError for a body that does not
    fit, `Refusal` for what the provider would not take, ValueError for the rest.
    """

    def add(self, given: Any) -> Phone:
        """A new phone, or the one that has this address (see `PhoneCreate`)."""
        ...

    def change(self, phone: Any, given: Any) -> None:
        """Change a phone (see `PhoneUpdate`)."""
        ...

    def act(self, phone: Any, given: Any) -> str:
        """Let a phone do this (see `actions`); the id of the message it made. Ends in a hook."""
        ...

    def read(self, phone: Any, message_id: str | None) -> int:
        """The owner reads everything, or up to this message; how many became read."""
        ...

    def upload(self, content: bytes, mime: str, filename: str | None) -> StoredFile:
        """Keep a file that a phone will send."""
        ...
