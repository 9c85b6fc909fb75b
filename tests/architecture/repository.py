"""The files of this repository, as the tests of this folder read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "frontdesk"


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that is or would be committed, relative to the root; in an unpacked archive every file."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.split("\0") if listed.returncode == 0 else map(str, ROOT.rglob("*"))
    paths = (ROOT / name for name in names if name)
    return tuple(sorted(path.relative_to(ROOT) for path in paths if path.is_file()))


def is_ignored(path: str) -> bool:
    """Say whether git ignores this path, so that it may be made by a command and be missing now."""
    asked = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False)
    return asked.returncode == 0


@cache
def text_of(path: Path) -> str | None:
    """The text of a kept file, or None where it is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@cache
def modules() -> dict[Path, ast.Module]:
    """The modules of the package, by their path below `src/frontdesk`."""
    return {
        path.relative_to(PACKAGE): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def string_constants(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string that the code of a module says, with its line; docstrings are prose and left out."""
    prose = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value
