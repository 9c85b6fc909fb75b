"""What Telegram's updates carry, part by part: unknown fields are let through, missing ones are None.

Each part is checked on its own: one that cannot be read leaves the message as unsupported, never lost.
Source: core.telegram.org, "Telegram Bot API", available types (10.3).
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field

from frontdesk.domain.foreign import Part, Words


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
