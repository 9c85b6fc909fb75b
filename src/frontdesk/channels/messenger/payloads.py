"""What the platform's hooks carry, part by part: unknown fields are let through, missing ones are None.

Source: developers.facebook.com, Messenger Platform, "Webhooks reference"; Instagram Messaging, "Webhooks".
"""

from datetime import UTC, datetime
from typing import Any

from frontdesk.domain.foreign import Part, WebAddress, WordsOrNone

MAX_ID = 512


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


class Coordinates(Part):
    """A point; the platform writes `long`."""

    lat: float
    long: float


class Payload(Part):
    """What an attachment holds."""

    url: WebAddress = None
    title: WordsOrNone = None
    sticker_id: int | None = None
    coordinates: Coordinates | None = None


class Attachment(Part):
    """A file, a place, or something shared."""

    type: str
    payload: Payload | None = None
    url: WebAddress = None
    title: WordsOrNone = None


class AdContext(Part):
    """What an ad showed."""

    ad_title: WordsOrNone = None
    photo_url: WebAddress = None
    video_url: WebAddress = None


class Referral(Part):
    """Where the customer came from: an ad, a link, a shop."""

    ref: WordsOrNone = None
    source: WordsOrNone = None
    ad_id: WordsOrNone = None
    referer_uri: WebAddress = None
    ads_context_data: AdContext | None = None
