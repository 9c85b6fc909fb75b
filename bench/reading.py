"""GET the last 50 messages and the inbox list: at a million messages against at ten thousand."""

import tempfile
from pathlib import Path

from bench.product import desk
from bench.report import Figure, Report, middle
from bench.tools import Load, wrk

EACH = 100
SMALL, LARGE = 100, 10_000
WARM_SECONDS = 0.5


def run(report: Report, rounds: int, seconds: float) -> None:
    """Both engines; one connection, so that it is time and not queueing; both sizes in turn."""
    for engine in ("postgresql", "sqlite"):
        report.say(f"reading, {engine}")
        with (
            desk(engine, conversations=SMALL, each=EACH) as small,
            desk(engine, conversations=LARGE, each=EACH) as large,
            tempfile.TemporaryDirectory() as name,
        ):
            paths = _paths(Path(name))
            with small.running("api") as (few, _), large.running("api") as (many, _):
                for what, path in paths.items():
                    env = {"PATHS": str(path)}
                    _get(few, {**small.env, **env}, WARM_SECONDS)
                    _get(many, {**large.env, **env}, WARM_SECONDS)
                    pairs = [
                        (_get(few, {**small.env, **env}, seconds), _get(many, {**large.env, **env}, seconds))
                        for _ in range(rounds)
                    ]
                    ratio = middle([more.p50 / less.p50 for less, more in pairs])
                    took = middle([more.p50 for _, more in pairs])
                    title = f"GET {what} at {LARGE * EACH:,} messages / at {SMALL * EACH:,}"
                    report.add(Figure(title, engine, took, "ms", ratio, 1.3, 1.1, at_most=True))


def _get(url: str, env: dict[str, str], seconds: float) -> Load:
    return wrk(url, "get", seconds=seconds, connections=1, env=env)


def _paths(folder: Path) -> dict[str, Path]:
    """What is asked for, as files of addresses."""
    messages = [
        f"/v1/conversations/00000000-0000-7000-8000-{n:012x}/messages?limit=50" for n in range(1, SMALL + 1)
    ]
    wanted = {"the last 50 messages": messages, "the inbox list": ["/v1/conversations?limit=50"]}
    out = dict[str, Path]()
    for what, lines in wanted.items():
        out[what] = folder / f"{len(out)}.txt"
        out[what].write_text("\n".join(lines) + "\n")
    return out
