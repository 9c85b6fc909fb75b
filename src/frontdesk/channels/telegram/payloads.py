"""What Telegram's updates carry, part by part: unknown fields are let through, missing ones are None.

Each part is checked on its own: one that cannot be read leaves the message as unsupported, never lost.
Source: core.telegram.org, "Telegram Bot API", available types (10.3).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import from_json

from frontdesk.domain.errors import Malformed

Raw = Mapping[str, Any]
MAX_WORDS = 1024
UNREADABLE = (
    ValueError,  # Pydantic's ValidationError is one
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    RecursionError,
)
"""What reading a part of somebody else's JSON may raise."""


def read_body(body: bytes) -> dict[str, Any]:
    """The JSON object of a hook.

    Raises:
        Malformed: It is none.
    """
    try:
        update = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed("the body is not JSON", hint=str(error)[:200]) from error
    if not isinstance(update, dict):
        raise Malformed("the body is not a JSON object")
    return _without_nul(update) if b"\\u0000" in body else update


def _without_nul(value: Any) -> Any:
    """U+FFFD stands where a NUL was: no database takes it, and the raw body is kept elsewhere."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(part) for name, part in value.items()}
    return [_without_nul(part) for part in value] if isinstance(value, list) else value


def read_time(value: Any) -> datetime | None:
    """Epoch seconds as aware UTC; None when unreadable or 0, as of messages no longer to be had."""
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def read_id(value: Any) -> str | None:
    """A number or a short text as an id; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**20 else None
    return value if isinstance(value, str) and 0 < len(value) <= 256 else None


def part(of: Any, name: str) -> Raw:
    """An object inside another; empty when there is none."""
    found = of.get(name) if isinstance(of, Mapping) else None
    return found if isinstance(found, dict) else {}


def known(**facts: Any) -> dict[str, Any]:
    """The facts that are known."""
    return {name: value for name, value in facts.items() if value is not None}


def _cut(value: object) -> object:
    return value[:MAX_WORDS] if isinstance(value, str) else value


Words = Annotated[str | None, BeforeValidator(_cut)]


class Part(BaseModel):
    """Base of all parts."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, defer_build=True)


class File(Part):
    """Any file of a message; of a photo, one of its sizes."""

    file_id: Words = None
    file_name: Words = None
    mime_type: Words = None
    file_size: Annotated[int, Field(ge=0)] | None = None
    width: int | None = None
    height: int | None = None
    is_animated: bool = False
    is_video: bool = False


class Location(Part):
    """A point, perhaps one that moves."""

    latitude: Annotated[float, Field(allow_inf_nan=False)]
    longitude: Annotated[float, Field(allow_inf_nan=False)]


class Venue(Part):
    """A place."""

    location: Location
    title: Words = None
    address: Words = None


class Contact(Part):
    """A contact card."""

    phone_number: Words = None
    first_name: Words = None
    last_name: Words = None


class PollOption(Part):
    """One answer of a poll."""

    text: Words = None


class Poll(Part):
    """A question with options."""

    question: str
    options: tuple[PollOption, ...] = ()


class Dice(Part):
    """A thrown dice, or another game of luck."""

    emoji: Words = None
    value: int


class Task(Part):
    """One line of a checklist."""

    text: str = ""
    completion_date: int | None = None


class Checklist(Part):
    """A list of tasks."""

    title: str = ""
    tasks: tuple[Task, ...] = ()
