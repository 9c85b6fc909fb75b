"""The locks name what pyproject.toml asks for, in releases that it allows, each with its hashes."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.architecture.repository import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
WANTED = {
    "app.txt": RUNTIME,
    "dev.txt": [*RUNTIME, *PROJECT["dependency-groups"]["dev"]],
    **{f"{group}.txt": PROJECT["dependency-groups"][group] for group in ("bench", "node", "uv")},
}


@pytest.mark.parametrize("name", sorted(WANTED))
def test_a_lock_allows_what_the_project_asks_for(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    locked = {
        match[1]: Version(match[2]) for match in re.finditer(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE)
    }
    wanted = [Requirement(line) for line in WANTED[name]]
    outdated = {
        str(requirement)
        for requirement in wanted
        if requirement.name.lower() not in locked
        or locked[requirement.name.lower()] not in requirement.specifier
    }
    assert outdated == set(), "run: make lock"
    assert text.count("--hash=sha256:") >= len(locked)
    assert "://" not in text
