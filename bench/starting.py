"""How long a desk that was set up before takes from its command to ready."""

import time

from bench.product import desk
from bench.report import Figure, Report, middle

OWED_SECONDS = 2.0
STARTS = 5


def run(report: Report) -> None:
    """Both engines; the first start, which sets the database up, does not count."""
    for engine in ("postgresql", "sqlite"):
        report.say(f"second start, {engine}")
        with desk(engine, conversations=0) as made:
            took = []
            for _ in range(STARTS):
                begun = time.monotonic()
                with made.running() as _:
                    took.append(time.monotonic() - begun)
        seconds = middle(took)
        ratio = seconds / OWED_SECONDS
        report.add(Figure("second start / 2 s", engine, seconds, "s", ratio, 1, 0.5, at_most=True))
