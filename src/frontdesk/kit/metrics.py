"""Counters, gauges and histograms, and the text in which Prometheus reads them.

Counting is a look-up in a dict and an addition, without a lock: each belongs to one event loop.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Protocol

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper ends of the buckets of durations."""

Labels = tuple[str | int, ...]
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


class Instrument(Protocol):
    """Anything that tells how much of something there is."""

    def lines(self) -> Iterator[str]:
        """What Prometheus reads."""


class Counter:
    """Counts what happens, by the values of its labels.

    Args:
        name: Ends with `_total`.
        told: What is counted, in a line.
        labels: Their names.
        kind: `gauge` for what goes down, too.
    """

    def __init__(self, name: str, told: str, *labels: str, kind: str = "counter") -> None:
        self.name, self.told, self.labels, self.kind = name, told, labels, kind
        self.values: dict[Labels, float] = {}

    def add(self, *labels: str | int, by: float = 1) -> None:
        """One more, or so many."""
        values = self.values
        values[labels] = values.get(labels, 0) + by

    def lines(self) -> Iterator[str]:
        """What Prometheus reads."""
        yield from _head(self.name, self.told, self.kind)
        for labels, value in sorted(self.values.items(), key=str):
            yield f"{self.name}{_said(self.labels, labels)} {value:g}"


class Gauge(Counter):
    """What goes up and down."""

    def __init__(self, name: str, told: str, *labels: str) -> None:
        super().__init__(name, told, *labels, kind="gauge")

    def put(self, value: float, *labels: str | int) -> None:
        """It is so much now."""
        self.values[labels] = value


class Histogram:
    """How long things take, by the values of its labels.

    Args:
        name: Ends with its unit.
        told: What is measured, in a line.
        labels: Their names.
    """

    def __init__(self, name: str, told: str, *labels: str) -> None:
        self.name, self.told, self.labels = name, told, labels
        self.series: dict[Labels, list[float]] = {}
        """For each: how many fell into each bucket, into none, and their sum."""

    def observe(self, seconds: float, *labels: str | int) -> None:
        """One more, of so many seconds."""
        series = self.series.get(labels)
        if series is None:
            series = self.series[labels] = [0] * (len(SECONDS) + 2)
        series[bisect_left(SECONDS, seconds)] += 1
        series[-1] += seconds

    def lines(self) -> Iterator[str]:
        """What Prometheus reads."""
        yield from _head(self.name, self.told, "histogram")
        for labels, series in sorted(self.series.items(), key=str):
            count = 0.0
            for end, n in zip((*SECONDS, "+Inf"), series, strict=False):
                count += n
                yield f"{self.name}_bucket{_said((*self.labels, 'le'), (*labels, str(end)))} {count:g}"
            said = _said(self.labels, labels)
            yield f"{self.name}_sum{said} {series[-1]:.9g}"
            yield f"{self.name}_count{said} {count:g}"


def exposition(instruments: Iterable[Instrument]) -> str:
    """All of them as Prometheus reads them."""
    return "".join(f"{line}\n" for each in instruments for line in each.lines())


def _head(name: str, told: str, kind: str) -> tuple[str, str]:
    return f"# HELP {name} {told}", f"# TYPE {name} {kind}"


def _said(names: Iterable[str], values: Labels) -> str:
    pairs = [f'{name}="{str(value).translate(_ESCAPES)}"' for name, value in zip(names, values, strict=True)]
    return "{" + ",".join(pairs) + "}" if pairs else ""
