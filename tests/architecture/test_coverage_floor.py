"""S1-31: what the pure parts' own tests run is measured in CI, against a floor."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_ci_measures_coverage_against_a_floor() -> None:
    """S1-31: `make coverage` fails below the floor, and CI runs it."""
    report = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]["report"]
    assert report["fail_under"] >= 92
    assert "make coverage" in (ROOT / ".ci/run").read_text().splitlines()
