"""The channel port is one place to import from, wherever its names are written."""

import ast
from pathlib import Path
from types import ModuleType

import pytest

from frontdesk.ports import channel
from frontdesk.ports.channel import contract, optional

ROOT = Path(__file__).resolve().parents[2]


def _said_in(module: ModuleType) -> set[str]:
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }


@pytest.mark.parametrize("module", [contract, optional])
def test_every_name_of_the_port_is_imported_from_one_place(module: ModuleType) -> None:
    names = _said_in(module)
    assert names
    assert names - set(channel.__all__) == set()
    assert all(getattr(channel, name) is getattr(module, name) for name in names)


@pytest.mark.parametrize("name", ["Outbound", "SendResult"])
def test_so_are_its_unions(name: str) -> None:
    assert name in channel.__all__
    assert getattr(channel, name) == getattr(contract, name)


@pytest.mark.parametrize("folder", ["src/frontdesk", "examples"])
def test_nobody_imports_from_behind_it(folder: str) -> None:
    behind = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / folder).rglob("*.py")
        if path.parent != ROOT / "src/frontdesk/ports/channel"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("frontdesk.ports.channel.")
    }
    assert behind == set()
