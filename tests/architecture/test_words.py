"""What no committed file may say: the address of a package registry, a path of somebody's machine."""

import json
import re
from pathlib import Path

from tests.architecture.repository import ROOT, kept_files, text_of

THIS = Path(__file__).relative_to(ROOT)
LICENCE = Path("LICENSE")
REGISTRIES = r"\b(pypi\.org|pythonhosted\.org|npmjs\.(org|com)|registry\.yarnpkg|deb\.debian\.org)"
MACHINES = r"(?<![\w.~])/(work|root|home/\w+|Users/\w+|opt/(wheels|pypi))/"


def said(pattern: str) -> set[str]:
    """Every place of a kept file where this pattern stands."""
    return {
        f"{path}:{text.count(chr(10), 0, match.start()) + 1} {match[0]}"
        for path in kept_files()
        if path not in {THIS, LICENCE} and (text := text_of(path)) is not None
        for match in re.finditer(pattern, text, re.IGNORECASE)
    }


def test_no_registry_is_named() -> None:
    assert said(REGISTRIES) == set()


def test_no_path_of_a_machine_is_named() -> None:
    assert said(MACHINES) == set()


def test_no_commit_of_a_large_or_built_file() -> None:
    large = {str(path) for path in kept_files() if (ROOT / path).stat().st_size > 1_500_000}
    assert large == set()


def test_the_web_lock_says_no_address() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    addressed = {name for name, package in packages.items() if "://" in package.get("resolved", "")}
    unproved = {
        name
        for name, package in packages.items()
        if name.startswith("node_modules/") and not package.get("link") and "integrity" not in package
    }
    assert packages
    assert (addressed, unproved) == (set(), set())
