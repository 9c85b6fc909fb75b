"""What is committed but generated from the code is what the code says now."""

import json
import subprocess
import sys

from tests.architecture.repository import ROOT


def printed(*arguments: str) -> str:
    command = [sys.executable, "-m", "frontdesk", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_openapi_document_is_in_step_with_the_code() -> None:
    """S1-07, S1-18: the browser's types are made from this file; `npm run check` fails when they drift."""
    served = json.loads(printed("openapi"))
    kept = json.loads((ROOT / "web" / "shared" / "openapi.json").read_text(encoding="utf-8"))
    assert served["openapi"].startswith("3.1")
    assert kept == served, "run: make generate"


def test_the_settings_document_is_in_step_with_the_code() -> None:
    kept = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert kept == printed("config", "docs"), "run: make generate"
