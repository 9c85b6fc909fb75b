"""Reading somebody else's JSON: unknown fields pass, missing ones are None, one bad part spoils no other."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import from_json

from frontdesk.domain.errors import Malformed

Raw = Mapping[str, Any]
"""An object of theirs, as it came."""
MAX_WORDS = 1024
"""Characters kept of a name, a title, a label."""
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


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body, without NUL characters.

    Raises:
        Malformed: It is none.
    """
    try:
        told = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed("the body is not JSON", hint=str(error)[:200]) from error
    if not isinstance(told, dict):
        raise Malformed("the body is not a JSON object")
    # The first search is ten times as fast, and most bodies hold no backslash.
    return _without_nul(told) if b"\\" in body and b"\\u0000" in body else told


def without_nul(text: str) -> str:
    """U+FFFD stands where a NUL was: no database takes it, and the raw body is kept elsewhere."""
    return text.replace("\x00", "\ufffd")


def part(of: Any, name: str) -> Raw:
    """An object inside another; empty when there is none."""
    found = of.get(name) if isinstance(of, Mapping) else None
    return found if isinstance(found, dict) else {}


def known(**facts: Any) -> dict[str, Any]:
    """The facts that are known."""
    return {name: value for name, value in facts.items() if value is not None}


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return without_nul(value)
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(inner) for name, inner in value.items()}
    return [_without_nul(inner) for inner in value] if isinstance(value, list) else value


def _cut(value: object) -> object:
    return value[:MAX_WORDS] if isinstance(value, str) else value


def _cut_or_none(value: object) -> object:
    return value[:MAX_WORDS] if isinstance(value, str) else None


def _web_address(value: object) -> object:
    return value if isinstance(value, str) and value[:8].lower().startswith(("http://", "https://")) else None


Words = Annotated[str | None, BeforeValidator(_cut)]
"""A short text, cut to `MAX_WORDS`; a number becomes text, anything else is refused."""
WordsOrNone = Annotated[str | None, BeforeValidator(_cut_or_none)]
"""A short text, cut to `MAX_WORDS`; None for anything else."""
WebAddress = Annotated[str | None, BeforeValidator(_web_address)]
"""An address of the web; None for anything else."""


class Part(BaseModel):
    """Base of the parts of a body. Numbers where a text is due become text: ids are written both ways."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, defer_build=True)
