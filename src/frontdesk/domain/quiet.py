"""Quiet hours: the part of a day, in a place's time, in which nothing automatic is sent. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from frontdesk.domain.times import zone_of


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a time of the day until another, the next day's if it is not later; in an IANA time zone."""

    begins: time
    ends: time
    zone: str

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours end in which `now` lies; None outside them.

        The clock on the wall counts, so a change of the clocks makes them an hour longer or shorter.
        """
        zone = zone_of(self.zone)
        here = now.astimezone(zone)
        clock, day = here.time(), here.date()
        overnight = self.ends <= self.begins
        if overnight and clock >= self.begins:
            day += timedelta(days=1)
        elif not (clock < self.ends if overnight else self.begins <= clock < self.ends):
            return None
        return datetime.combine(day, self.ends, zone).astimezone(UTC)
