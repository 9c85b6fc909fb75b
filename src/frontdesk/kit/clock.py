"""The one place that asks for the time. Everything else takes an aware UTC datetime from here."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current instant, aware, in UTC, with microseconds."""
    return datetime.now(UTC)
