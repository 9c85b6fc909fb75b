"""The documents tell the truth: paths and targets that they name exist, ticked acceptance ids have a test."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.repository import PACKAGE, ROOT, is_ignored, kept_files, text_of

QUOTED = re.compile(r"`([^`\s]+)`")
LINKED = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"^make ([a-z0-9]+)\b")
COMMAND = re.compile(r"(?:^|\.venv/bin/)frontdesk ([a-z]+)\b")
TICKED = re.compile(r"^\|\s*([SM]\d?-\d+|G\d+)\s*\|.*(?:\[x\]|✓|✔|\bdone\b)", re.IGNORECASE | re.MULTILINE)
FOLDERS = {path.parts[0] for path in kept_files() if len(path.parts) > 1}
RINGS = {path.name for path in PACKAGE.iterdir() if path.is_dir()}


PROOF = re.compile(r"`(tests/[\w/]+)(\.py)?(?:::(\w+))?`")


def documents() -> list[Path]:
    top = {Path("README.md"), Path("CONTRIBUTING.md"), Path("SECURITY.md")}
    return [
        path for path in kept_files() if path in top or (path.parts[0] == "docs" and path.suffix == ".md")
    ]


def named_paths(text: str) -> Iterator[str]:
    """Every quoted text that looks like a path of this repository, as it is written."""
    for quoted in QUOTED.findall(text):
        path = quoted.partition(":")[0].rstrip("/.,")
        if re.fullmatch(r"[\w.\-/*{},]+", path) and "/" in quoted and path.split("/")[0] in FOLDERS | RINGS:
            yield path


def exists(path: str) -> bool:
    """Say whether this path is there, from the root or the package; `*` and `{a,b}` stand for several."""
    match = re.search(r"\{([^}]*)\}", path)
    if match:
        return all(exists(path.replace(match[0], each, 1)) for each in match[1].split(","))
    return any(next(base.glob(path), None) is not None for base in (ROOT, PACKAGE)) or is_ignored(path)


def test_every_path_named_in_a_document_exists() -> None:
    named = {(document, path) for document in documents() for path in named_paths(text_of(document) or "")}
    missing = {f"{document}: {path}" for document, path in named if not exists(path)}
    assert named
    assert missing == set()


def test_every_link_of_a_document_leads_somewhere() -> None:
    links = {(document, link) for document in documents() for link in LINKED.findall(text_of(document) or "")}
    broken = {
        f"{document}: {link}"
        for document, link in links
        if "://" not in link
        and not link.startswith("mailto:")
        and not (ROOT / document.parent / link).exists()
    }
    assert broken == set()


def commands() -> set[tuple[Path, str]]:
    """Every line of a program that a document shows, with the document."""
    return {
        (document, " ".join(code).strip())
        for document in documents()
        for code in re.findall(
            r"`([^`\n]+)`|^(?: {4}|\$ )?((?:make|frontdesk) .+)$", text_of(document) or "", re.MULTILINE
        )
    }


def test_every_make_target_named_in_a_document_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    quoted = {(document, target) for document, line in commands() for target in TARGET.findall(line)}
    assert {f"{document}: make {target}" for document, target in quoted if target not in targets} == set()


def test_every_command_named_in_a_document_exists() -> None:
    show = [sys.executable, "-m", "frontdesk", "--help"]
    shown = subprocess.run(
        show, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200"}
    )
    known = set(re.findall(r"^│ ([a-z]+) ", shown.stdout, re.MULTILINE))
    named = {(document, word) for document, line in commands() for word in COMMAND.findall(line)}
    assert named
    assert {f"{document}: frontdesk {word}" for document, word in named if word not in known} == set()


def test_every_ticked_acceptance_id_is_named_by_a_test() -> None:
    ticked = set(TICKED.findall((ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8")))
    tests = " ".join(
        text_of(path) or ""
        for path in kept_files()
        if (path.parts[0] == "tests" and path.suffix == ".py") or ".test." in path.name
    )
    named = set(re.findall(r"\b(?:[SM]\d?-\d+|G\d+)\b", tests))
    assert ticked - named == set()


def proofs() -> Iterator[tuple[str, str, list[tuple[Path, str | None]]]]:
    """Every row of the acceptance list: its id, its state, and the tests that it names."""
    text = (ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8")
    for row in re.findall(r"^\| (?:[SM]\d?-\d+|G\d+|\d[\d, to]*) \|.*$", text, re.MULTILINE):
        cells = row.split(" | ")
        named = [(ROOT / f"{path}{end}", test or None) for path, end, test in PROOF.findall(row)]
        yield cells[0].strip("| "), cells[2], named


def test_every_test_named_in_the_acceptance_list_exists() -> None:
    rows = list(proofs())
    missing = {
        f"{id_}: {path.name}::{test}"
        for id_, _, named in rows
        for path, test in named
        if not path.exists() or (test and not re.search(rf"def {test}\(", path.read_text(encoding="utf-8")))
    }
    assert len(rows) > 200
    assert missing == set()


def test_a_tick_names_a_test_that_names_its_id() -> None:
    unproved = {id_ for id_, state, named in proofs() if state == "[x]" and not _names(named, id_)}
    assert unproved == set()


def _names(named: list[tuple[Path, str | None]], id_: str) -> bool:
    word = re.compile(rf"(?<![A-Za-z0-9]){id_.replace('-', '[-_]')}(?!\d)", re.IGNORECASE)
    return any(word.search(path.read_text(encoding="utf-8")) for path, _ in named if path.is_file())
