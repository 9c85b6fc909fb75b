"""Kinds of fields that several bodies have, with their limits."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from frontdesk.api.patterns import LINE


class Body(BaseModel):
    """Base of what clients send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """Base of what the API answers. Built at first use, which halves the time of a start."""

    model_config = ConfigDict(defer_build=True)


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        msg = "there is no such time zone; use a name such as Europe/Madrid"
        raise ValueError(msg)
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        msg = "must be between the years 1 and 9999 in UTC"
        raise ValueError(msg) from None


def _no_nul(value: SecretStr) -> SecretStr:
    if "\0" in value.get_secret_value():
        msg = "must not contain the NUL character (U+0000)"
        raise ValueError(msg)
    return value


Line = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
"""One line of text without control characters and without spaces around it."""

SchemeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""The kind of an address: phone, email, whatsapp, …"""

Email = Annotated[
    str, Field(min_length=3, max_length=254, pattern=r"^[^@\s\x00-\x20]{1,64}@[^@\s\x00-\x20]+$")
]
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An instant with its offset, kept in UTC; one that is out of range there is refused."""

TimeZone = Annotated[str, Field(max_length=64, examples=["Europe/Madrid"]), AfterValidator(_known_zone)]
Language = Annotated[str, Field(max_length=35, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", examples=["en"])]
NewPassword = Annotated[SecretStr, Field(min_length=10, max_length=256), AfterValidator(_no_nul)]
Password = Annotated[SecretStr, Field(min_length=1, max_length=256), AfterValidator(_no_nul)]
