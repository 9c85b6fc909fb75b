"""How fast, and how much a day, may be sent: from one number, and to one customer. Pure.

A pace is a bucket that fills again: so many at once, then one in so many seconds. All that is kept of it is
one instant, `full_at`: when it is full again.
"""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from frontdesk.domain.times import zone_of

Whose = Literal["number", "pair"]


@dataclass(frozen=True, slots=True)
class Pace:
    """One message in so many seconds; after a rest, `burst` at once."""

    seconds: float
    burst: int = 1

    @property
    def step(self) -> timedelta:
        """What one message costs."""
        return timedelta(seconds=self.seconds)

    def turn(self, full_at: datetime | None, now: datetime) -> datetime:
        """When the next message may go: `now` or later."""
        return now if full_at is None else max(now, full_at - (self.burst - 1) * self.step)

    def after(self, full_at: datetime | None, now: datetime) -> datetime:
        """When the bucket is full again after one message more."""
        return (now if full_at is None else max(now, full_at)) + self.step

    def used(self, full_at: datetime | None, now: datetime) -> int:
        """How many of the burst are used up."""
        if full_at is None or full_at <= now:
            return 0
        return min(self.burst, math.ceil((full_at - now) / self.step))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What holds for one number, or for one number and one customer: a pace, and a hard cap of a day."""

    pace: Pace | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """The limits of an inbox. Days are those of its time zone."""

    number: Bounds = Bounds()
    pair: Bounds = Bounds()

    @property
    def has_caps(self) -> bool:
        """Whether so many a day are too many."""
        return self.number.per_day is not None or self.pair.per_day is not None

    @property
    def are_none(self) -> bool:
        """Whether anything may go at any time."""
        return self.number == self.pair == Bounds()


NO_RATES = Rates()


@dataclass(frozen=True, slots=True)
class Use:
    """How much of one limit is used.

    Attributes:
        of: The number's, or the number's with this customer.
        most: So many messages
        seconds: in so many seconds; None: in a day.
        used: How many went.
        free_at: When the next may go; None: now.
    """

    of: Whose
    most: int
    seconds: float | None
    used: int
    free_at: datetime | None

    @property
    def is_spent_cap(self) -> bool:
        """Whether it is a day's cap with nothing left."""
        return self.seconds is None and self.free_at is not None


def day_of(now: datetime, zone: str) -> date:
    """The day it is somewhere."""
    return now.astimezone(zone_of(zone)).date()


def next_day(now: datetime, zone: str) -> datetime:
    """When the next day begins somewhere."""
    tomorrow = day_of(now, zone) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone_of(zone)).astimezone(UTC)
