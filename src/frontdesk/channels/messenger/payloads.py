"""What the platform's hooks carry, part by part: unknown fields are let through, missing ones are None.

Source: developers.facebook.com, Messenger Platform, "Webhooks reference"; Instagram Messaging, "Webhooks".
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import from_json

from frontdesk.domain.errors import Malformed

Raw = Mapping[str, Any]
MAX_WORDS = 1024
MAX_ID = 512
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
        frame = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed("the body is not JSON", hint=str(error)[:200]) from error
    if not isinstance(frame, dict):
        raise Malformed("the body is not a JSON object")
    return _without_nul(frame) if b"\\u0000" in body else frame


def _without_nul(value: Any) -> Any:
    """U+FFFD stands where a NUL was: no database takes it, and the raw body is kept elsewhere."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(part) for name, part in value.items()}
    return [_without_nul(part) for part in value] if isinstance(value, list) else value


def read_time(value: Any) -> datetime | None:
    """Epoch milliseconds as aware UTC; None when unreadable or absent."""
    if not isinstance(value, int | str) or isinstance(value, bool):
        return None
    try:
        milliseconds = int(value)
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def read_id(value: Any) -> str | None:
    """A text or a number as an id; None for anything else, and for what is longer than any id."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**40 else None
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID else None


def part(of: Any, name: str) -> Raw:
    """An object inside another; empty when there is none."""
    found = of.get(name) if isinstance(of, Mapping) else None
    return found if isinstance(found, dict) else {}


def known(**facts: Any) -> dict[str, Any]:
    """The facts that are known."""
    return {name: value for name, value in facts.items() if value is not None}


def _cut(value: object) -> object:
    return value[:MAX_WORDS] if isinstance(value, str) else None


def _web_address(value: object) -> object:
    return value if isinstance(value, str) and value[:8].lower().startswith(("http://", "https://")) else None


Words = Annotated[str | None, BeforeValidator(_cut)]
WebAddress = Annotated[str | None, BeforeValidator(_web_address)]


class Part(BaseModel):
    """Base of all parts."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, defer_build=True)


class Coordinates(Part):
    """A point; the platform writes `long`."""

    lat: float
    long: float


class Payload(Part):
    """What an attachment holds."""

    url: WebAddress = None
    title: Words = None
    sticker_id: int | None = None
    coordinates: Coordinates | None = None


class Attachment(Part):
    """A file, a place, or something shared."""

    type: str
    payload: Payload | None = None
    url: WebAddress = None
    title: Words = None


class AdContext(Part):
    """What an ad showed."""

    ad_title: Words = None
    photo_url: WebAddress = None
    video_url: WebAddress = None


class Referral(Part):
    """Where the customer came from: an ad, a link, a shop."""

    ref: Words = None
    source: Words = None
    ad_id: Words = None
    referer_uri: WebAddress = None
    ads_context_data: AdContext | None = None
