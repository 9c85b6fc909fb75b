"""Times as other systems write them, and times as a person reads them.

Everything inside the desk is an aware UTC datetime; what cannot be read is an error, never the present.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from frontdesk.domain.errors import Invalid

_MILLISECONDS_FROM = 100_000_000_000
"""Epoch numbers from here on (the year 5138 in seconds) are milliseconds."""


def parse_time(value: object, *, field: str | None = None) -> datetime:
    """An instant in any of the usual forms, as an aware UTC datetime.

    Takes HTTP and mail dates (RFC 9110, RFC 5322), ISO 8601 with `Z`, an offset or none (then it is UTC),
    epoch seconds or milliseconds as a number or digits, and datetimes.

    Raises:
        Invalid: It is none of these, or out of range.
    """
    try:
        parsed = _parse(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError, IndexError) as error:
        shown = repr(value)[:80]
        raise Invalid(
            f"{shown} is not a time",
            field=field,
            hint="Write it as 2026-02-03T09:00:00Z, as an HTTP date or as epoch seconds.",
        ) from error


def _parse(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(value)
    if not isinstance(value, str):
        msg = "neither text nor a number"
        raise TypeError(msg)
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) > 8:
        return _epoch(int(text))
    if text[:1].isdigit() and text[4:5].isdigit() | (text[4:5] == "-"):
        return datetime.fromisoformat(text)
    return parsedate_to_datetime(text)


def _epoch(number: float) -> datetime:
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    return datetime.fromtimestamp(seconds, UTC)


def zone_of(name: str, *, field: str = "timezone") -> ZoneInfo:
    """A time zone by its IANA name.

    Raises:
        Invalid: There is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, TypeError) as error:
        raise _no_zone(name, field) from error
    except KeyError as error:  # ZoneInfoNotFoundError
        raise _no_zone(name, field) from error


def _no_zone(name: object, field: str) -> Invalid:
    return Invalid(
        f"{str(name)[:80]!r} is not a time zone",
        field=field,
        hint="Use a name of the IANA database, such as America/Argentina/Buenos_Aires.",
    )
