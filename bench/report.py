"""The table of figures: each a value with its ratio, limit and goal; kept in bench/out/latest.json."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

OUT = Path(__file__).parent / "out" / "latest.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: `ratio` against `limit` (owed) and `goal` (aim); `at_most` turns the comparison round."""

    name: str
    engine: str
    value: float
    unit: str
    ratio: float | None = None
    limit: float | None = None
    goal: float | None = None
    at_most: bool = False

    @property
    def verdict(self) -> str:
        """`aim`, `ok`, `MISSED`, or nothing when nothing is owed."""
        if self.ratio is None or self.limit is None:
            return ""
        if self.meets(self.goal):
            return "aim"
        return "ok" if self.meets(self.limit) else "MISSED"

    def meets(self, mark: float | None) -> bool:
        """Whether the ratio is on the right side of a mark."""
        if self.ratio is None or mark is None:
            return False
        return self.ratio <= mark if self.at_most else self.ratio >= mark


def middle(values: Sequence[float]) -> float:
    """The median of the rounds."""
    return statistics.median(values)


class Report:
    """Collects figures, prints each as it comes and the whole at the end."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.console = Console(width=150)

    def add(self, figure: Figure) -> None:
        """Add a row."""
        self.figures.append(figure)
        ratio = "" if figure.ratio is None else f" ratio {figure.ratio:.3g}"
        self.console.print(
            f"  {figure.name} ({figure.engine}): {figure.value:,.4g} {figure.unit}{ratio} {figure.verdict}"
        )

    def say(self, text: str) -> None:
        """Tell what is being measured now."""
        self.console.print(f"[bold]{text}[/bold]")

    def finish(self) -> int:
        """Print the table, write the file; the number of rows that missed their limit."""
        table = Table("figure", "engine", "value", "ratio", "owed", "aim", "")
        for row in self.figures:
            sign = "≤" if row.at_most else "≥"
            table.add_row(
                row.name,
                row.engine,
                f"{row.value:,.4g} {row.unit}",
                "" if row.ratio is None else f"{row.ratio:.3g}",
                "" if row.limit is None else f"{sign} {row.limit:g}",
                "" if row.goal is None else f"{sign} {row.goal:g}",
                row.verdict,
            )
        self.console.print(table)
        OUT.parent.mkdir(exist_ok=True)
        OUT.write_text(json.dumps([asdict(row) for row in self.figures], indent=1) + "\n")
        return sum(row.verdict == "MISSED" for row in self.figures)
