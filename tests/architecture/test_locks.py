"""The locks name what pyproject.toml asks for, in releases that it allows, each with its hashes."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.repository import ROOT, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
EXTRAS = [line for lines in PROJECT["project"]["optional-dependencies"].values() for line in lines]
# Not imported: found by name, by us or by the libraries that we do import.
FOUND_BY_NAME = {
    "fastapi-offline",
    "greenlet",
    "httptools",
    "python-multipart",
    "tzdata",
    "uvloop",
    "websockets",
}
# Pydantic asks for exactly one release of its core, aiobotocore for a range of what it wraps.
BROUGHT_IN_STEP = {"aiohttp", "botocore", "pydantic-core", "types-aiobotocore-s3"}
WANTED = {
    "app.txt": RUNTIME,
    "dev.txt": [*RUNTIME, *PROJECT["dependency-groups"]["dev"]],
    **{f"{group}.txt": PROJECT["dependency-groups"][group] for group in ("aiogram", "bench", "node", "uv")},
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


def imported() -> set[str]:
    """What the code imports beside itself and the standard library, by the name to install."""
    roots = {
        name.partition(".")[0]
        for module in modules().values()
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
        )
    }
    brought_by = packages_distributions()
    return {
        canonicalize_name(distribution)
        for root in roots - sys.stdlib_module_names - {"frontdesk"}
        for distribution in brought_by.get(root, [root])
    }


def test_what_the_code_imports_is_asked_for_and_the_other_way_round() -> None:
    wanted = {canonicalize_name(Requirement(line).name) for line in [*RUNTIME, *EXTRAS]}
    assert imported() - wanted - BROUGHT_IN_STEP == set()
    assert wanted - imported() - FOUND_BY_NAME == set()
