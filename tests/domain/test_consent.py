"""The words by which customers take leave and come back, and the quiet hours of an inbox."""

from datetime import UTC, datetime, time

import pytest

from frontdesk.domain.consent import words_of
from frontdesk.domain.content import Button, Content, Text
from frontdesk.domain.quiet import QuietHours

WORDS = words_of(["stop", "No más"], ["start"])


@pytest.mark.parametrize(
    ("content", "wish"),
    [
        (Text(body="STOP"), True),
        (Text(body=" Stop! "), True),
        (Text(body="«no  MÁS»."), True),
        (Button(text="Stop"), True),
        (Text(body="start"), False),
        (Text(body="Please stop by tomorrow"), None),
        (Text(body="stopp"), None),
        (Text(body="stop" + " " * 100), None),
        (Text(body="?"), None),
    ],
)
def test_only_a_message_that_is_nothing_but_the_word_counts(content: Content, wish: bool | None) -> None:
    assert WORDS.wish_of(content) is wish


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-10T19:59:59", None),
        ("2026-01-10T20:00:00", "2026-01-11T07:00:00"),
        ("2026-01-11T06:59:59", "2026-01-11T07:00:00"),
        ("2026-01-11T07:00:00", None),
        ("2026-03-28T23:30:00", "2026-03-29T06:00:00"),
        ("2026-10-24T23:30:00", "2026-10-25T07:00:00"),
    ],
)
def test_quiet_hours_go_by_the_clock_on_the_wall(now: str, until: str | None) -> None:
    """From nine in the evening to eight in the morning in Madrid, also when the clocks change."""
    quiet = QuietHours(time(21), time(8), "Europe/Madrid")
    wanted = None if until is None else datetime.fromisoformat(until).replace(tzinfo=UTC)
    assert quiet.until(datetime.fromisoformat(now).replace(tzinfo=UTC)) == wanted


def test_quiet_hours_of_one_day() -> None:
    quiet = QuietHours(time(13), time(15, 30), "UTC")
    assert quiet.until(datetime(2026, 1, 10, 12, 59, tzinfo=UTC)) is None
    assert quiet.until(datetime(2026, 1, 10, 13, 0, tzinfo=UTC)) == datetime(2026, 1, 10, 15, 30, tzinfo=UTC)
    assert quiet.until(datetime(2026, 1, 10, 15, 30, tzinfo=UTC)) is None
