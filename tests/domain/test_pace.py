"""Paces and caps of a day: so many at once, then one in so many seconds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from frontdesk.domain.pace import NO_RATES, Bounds, Pace, Rates, Use, day_of, next_day

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAIR = Pace(6, 45)


def test_a_burst_goes_at_once_and_then_one_in_so_many_seconds() -> None:
    """WhatsApp's pair: 45 at once, then one in 6 seconds; after a rest all over again."""
    full_at = None
    for _ in range(45):
        assert PAIR.turn(full_at, NOON) == NOON
        full_at = PAIR.after(full_at, NOON)
    assert full_at == NOON + timedelta(seconds=270)
    assert PAIR.used(full_at, NOON) == 45
    assert PAIR.turn(full_at, NOON) == NOON + timedelta(seconds=6)
    later = NOON + timedelta(seconds=6)
    assert PAIR.turn(full_at, later) == later
    assert PAIR.turn(PAIR.after(full_at, later), later) == later + timedelta(seconds=6)
    rested = NOON + timedelta(seconds=270)
    assert (PAIR.used(full_at, rested), PAIR.turn(full_at, rested)) == (0, rested)


@given(
    seconds=st.floats(0.01, 100),
    burst=st.integers(1, 50),
    waits=st.lists(st.floats(0, 200), min_size=2, max_size=60),
)
def test_no_stretch_of_time_holds_more_than_the_pace_allows(
    seconds: float, burst: int, waits: list[float]
) -> None:
    """Whenever messages come, among any k + 1 that left there lie at least (k - burst + 1) steps."""
    pace, now, full_at, went = Pace(seconds, burst), NOON, None, []
    for wait in waits:
        now += timedelta(seconds=wait)
        now = pace.turn(full_at, now)
        full_at = pace.after(full_at, now)
        went.append(now)
    for i, first in enumerate(went):
        for k, last in enumerate(went[i:]):
            assert last - first >= (k - burst + 1) * pace.step - timedelta(microseconds=k)


def test_a_day_ends_at_midnight_in_its_zone() -> None:
    """Also on days of 23 and 25 hours."""
    assert next_day(NOON, "Europe/Madrid") == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert str(day_of(datetime(2026, 11, 21, 23, 30, tzinfo=UTC), "Europe/Madrid")) == "2026-11-22"
    before_summer = datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert next_day(before_summer, "Europe/Madrid") == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_what_is_bounded() -> None:
    """Only a cap of a day refuses; a pace makes wait."""
    assert (NO_RATES.are_none, NO_RATES.has_caps) == (True, False)
    assert not Rates(pair=Bounds(PAIR)).are_none
    assert Rates(number=Bounds(per_day=5)).has_caps
    assert Use("number", 5, None, 5, NOON).is_spent_cap
    assert not Use("number", 5, None, 4, None).is_spent_cap
    assert not Use("pair", 45, 270, 45, NOON).is_spent_cap
