"""GET the last 50 messages and the inbox list: at a million messages against at ten thousand."""

import tempfile
from pathlib import Path

from bench.product import Desk, desk
from bench.report import Figure, Report, middle
from bench.tools import Load, wrk

EACH = 100
SMALL, LARGE = 100, 10_000


def run(report: Report, rounds: int, seconds: float) -> None:
    """Both engines; one connection, so that it is time and not queueing."""
    for engine in ("postgresql", "sqlite"):
        report.say(f"reading, {engine}")
        with desk(engine, conversations=SMALL, each=EACH) as made:
            small = _measure(made, rounds, seconds)
            made.fill(SMALL + 1, LARGE, EACH)
            large = _measure(made, rounds, seconds)
        for what in small:
            few, many = (middle([x.p50 for x in loads[what]]) for loads in (small, large))
            name = f"GET {what} at {LARGE * EACH:,} messages / at {SMALL * EACH:,}"
            report.add(Figure(name, engine, many, "ms", many / few, 1.3, 1.1, at_most=True))


def _measure(made: Desk, rounds: int, seconds: float) -> dict[str, list[Load]]:
    messages = [
        f"/v1/conversations/00000000-0000-7000-8000-{n:012x}/messages?limit=50" for n in range(1, SMALL + 1)
    ]
    paths = {"the last 50 messages": messages, "the inbox list": ["/v1/conversations?limit=50"]}
    found: dict[str, list[Load]] = {what: [] for what in paths}
    with made.running("api") as (base, _), tempfile.TemporaryDirectory() as name:
        for what, lines in paths.items():
            path = Path(name) / "paths.txt"
            path.write_text("\n".join(lines) + "\n")
            env = {**made.env, "PATHS": str(path)}
            wrk(base, "get", seconds=0.5, connections=1, env=env)
            found[what] = [wrk(base, "get", seconds=seconds, connections=1, env=env) for _ in range(rounds)]
    return found
