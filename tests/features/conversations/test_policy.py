"""One policy for whoever wants to send: window, opt-outs, quiet hours (pure)."""

from datetime import UTC, datetime, time, timedelta

import pytest

from frontdesk.domain.consent import OptOutKind
from frontdesk.domain.quiet import QuietHours
from frontdesk.features.conversations.policy import can_send
from frontdesk.features.conversations.standing import Standing
from frontdesk.ports.channel import Capabilities

NOW = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)
WINDOWED = Capabilities(kinds_out=frozenset({"text"}), max_text=10, templates=True, window_seconds=86400)
PLAIN = Capabilities(kinds_out=frozenset({"text"}), max_text=10)
QUIET = QuietHours(time(22), time(7), "UTC")


def standing(*kinds: OptOutKind, quiet: bool = False) -> Standing:
    return Standing(frozenset(kinds), QUIET if quiet else None)


@pytest.mark.parametrize(
    ("case", "automatic", "hours_ago", "allowed"),
    [
        (standing(), False, None, True),
        (standing(OptOutKind.ALL), False, 0.1, False),
        (standing(OptOutKind.ALL), True, 0.1, False),
        (standing(OptOutKind.MARKETING), True, None, True),
        (standing(OptOutKind.AUTOMATIC), False, None, True),
        (standing(OptOutKind.AUTOMATIC), True, 0.1, False),
        (standing(quiet=True), False, None, True),
        (standing(quiet=True), True, None, False),
        (standing(quiet=True), True, 1.5, False),
        (standing(quiet=True), True, 0.5, True),
    ],
)
def test_who_may_write_to_whom(
    case: Standing, *, automatic: bool, hours_ago: float | None, allowed: bool
) -> None:
    """People may write in quiet hours; what nobody writes may not, unless it answers."""
    wrote = None if hours_ago is None else NOW - timedelta(hours=hours_ago)
    permit = can_send(PLAIN, wrote, NOW, standing=case, automatic=automatic)
    assert (permit.free, permit.reason is None, permit.cure is None) == (allowed, allowed, allowed)
    assert permit.quiet_until == (NOW.replace(hour=7, minute=0) + timedelta(days=1) if case.quiet else None)


def test_an_opt_out_counts_more_than_an_open_window() -> None:
    opened = can_send(WINDOWED, NOW - timedelta(hours=1), NOW, standing=standing(OptOutKind.ALL))
    assert (opened.free, opened.templates) == (False, False)
    assert opened.window_closes_at == NOW + timedelta(hours=23)
    assert opened.reason == "The customer has opted out: nothing may be sent to this address."
    assert "START" in (opened.cure or "")


def test_no_marketing_leaves_everything_else() -> None:
    closed = can_send(WINDOWED, None, NOW, standing=standing(OptOutKind.MARKETING))
    assert (closed.free, closed.templates, closed.marketing) == (False, True, False)
