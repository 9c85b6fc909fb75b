"""The import contracts of pyproject.toml hold, and each of them catches what it is there to catch."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.repository import PACKAGE, ROOT

PLANTED = {
    "rings": ("domain/planted.py", "import frontdesk.store.planted\n"),
    "slices": ("features/accounts/planted.py", "import frontdesk.features.live.planted\n"),
    "channels": ("channels/planted_one/planted.py", "import frontdesk.channels.planted_two.planted\n"),
    "backends": ("backends/planted_one/planted.py", "import frontdesk.backends.planted_two.planted\n"),
    "simulators": ("simulators/base/planted.py", "import frontdesk.simulators.planted.planted\n"),
    "wiring": ("api/planted.py", "import frontdesk.channels.planted_two.planted\n"),
    "pure-core": ("features/live/planted.py", "import sqlalchemy\n"),
    "sql-in-the-store": ("kit/planted_sql.py", "import sqlite3\n"),
    "plain-domain": ("domain/planted_too.py", "import structlog\n"),
    "acyclic": ("kit/planted.py", "import frontdesk.kit.planted_too\n"),
}
BYSTANDERS = {
    "store/planted.py": "",
    "channels/planted_one/__init__.py": "",
    "channels/planted_two/__init__.py": "",
    "channels/planted_two/planted.py": "",
    "backends/planted_one/__init__.py": "",
    "backends/planted_two/__init__.py": "",
    "backends/planted_two/planted.py": "",
    "simulators/planted/__init__.py": "",
    "simulators/planted/planted.py": "",
    "kit/planted_too.py": "import frontdesk.kit.planted\n",
}
LINT = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def lint(folder: Path) -> tuple[int, str]:
    command = [
        sys.executable,
        "-c",
        LINT,
        "--config",
        str(ROOT / "pyproject.toml"),
        "--no-cache",
        "--no-logo",
    ]
    environment = {"PYTHONPATH": str(folder), "COLUMNS": "200", "PYTHONWARNINGS": "ignore", "PATH": ""}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_contract_holds() -> None:
    """S1-30: three layers and more; the domain is free of views and frameworks."""
    code, report = lint(ROOT / "src")
    assert code == 0, report


def test_every_contract_catches_its_violation(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "frontdesk", ignore=shutil.ignore_patterns("__pycache__", "static"))
    for path, text in BYSTANDERS.items() | dict(PLANTED.values()).items():
        file = tmp_path / "frontdesk" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    _, report = lint(tmp_path)
    names = dict(
        re.findall(r'^id = "([\w-]+)"\nname = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    )
    assert names.keys() == PLANTED.keys()
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)(?: \(.*\))?$", report, re.MULTILINE))
    assert {contract: verdicts.get(name) for contract, name in names.items()} == dict.fromkeys(
        PLANTED, "BROKEN"
    )
