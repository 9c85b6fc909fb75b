"""How long is waited between tries."""

from frontdesk.features.delivery.backoff import Backoff


def test_s2_13_waits_double_up_to_the_longest_and_no_two_are_the_same() -> None:
    """Within a quarter of the doubled time, and spread over it, so that many do not come back at once."""
    backoff = Backoff(first_seconds=1, most_seconds=60)
    waits = [[backoff.seconds(tries) for _ in range(200)] for tries in range(1, 9)]
    expected = [1, 2, 4, 8, 16, 32, 60, 60]
    for some, middle in zip(waits, expected, strict=True):
        assert 0.75 * middle <= min(some) < 0.85 * middle
        assert 1.15 * middle < max(some) <= 1.25 * middle
        assert len(set(some)) > 190
