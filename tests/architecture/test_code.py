"""Rules for the package that no linter knows: where a channel may be named, who commits, sizes, names."""

import ast
import re

from tests.architecture.repository import PACKAGE, modules, string_constants

# A folder whose slug is an ordinary word of the trade, so that its name alone says nothing.
ORDINARY_WORDS = {"api", "email"}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "data", "info"}
LINES_OF_A_FILE = 500
LINES_OF_A_FUNCTION = 60
SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE|PRAGMA\s)", re.DOTALL
)


def channel_slugs() -> set[str]:
    folders = (
        path for path in (PACKAGE / "channels").iterdir() if path.is_dir() and path.name != "__pycache__"
    )
    return {folder.name for folder in folders} - ORDINARY_WORDS


def test_a_channel_is_named_in_its_own_folder_and_by_the_runtime_only() -> None:
    slugs = channel_slugs()
    named = {
        f"{path}:{line} {text!r}"
        for path, module in modules().items()
        if path.parts[0] != "runtime"
        and not (path.parts[0] in {"channels", "simulators"} and len(path.parts) > 2)
        for line, text in string_constants(module)
        if text in slugs
    }
    assert slugs
    assert named == set()


def test_one_channels_folder_does_not_name_another_channel() -> None:
    named = {
        f"{path}:{line} {text!r}"
        for path, module in modules().items()
        if path.parts[0] in {"channels", "simulators"} and len(path.parts) > 2
        for line, text in string_constants(module)
        if text in channel_slugs() - {path.parts[1]}
    }
    assert named == set()


def test_only_the_store_commits() -> None:
    commits = {
        f"{path}:{node.lineno}"
        for path, module in modules().items()
        if path.parts[0] != "store"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    }
    assert commits == set()


def test_only_the_store_says_sql() -> None:
    said = {
        f"{path}:{line}"
        for path, module in modules().items()
        if path.parts[0] != "store"
        for line, text in string_constants(module)
        if SQL.match(text)
    }
    assert said == set()


def test_no_file_and_no_function_is_too_long() -> None:
    files = {
        f"{path}: {lines} lines"
        for path in modules()
        if (lines := len((PACKAGE / path).read_text(encoding="utf-8").splitlines())) > LINES_OF_A_FILE
    }
    functions = {
        f"{path}:{node.lineno} {node.name}: {lines} lines"
        for path, module in modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LINES_OF_A_FUNCTION
    }
    assert files | functions == set()


def test_no_module_has_a_vague_name() -> None:
    vague = {str(path) for path in modules() if {*path.with_suffix("").parts} & VAGUE_NAMES}
    assert vague == set()


def test_every_module_says_what_lives_there() -> None:
    silent = {str(path) for path, module in modules().items() if not ast.get_docstring(module)}
    assert silent == set()
