"""The OpenAPI document that the web parts are generated from is the one that the code serves."""

import json
import subprocess
import sys

from tests.architecture.repository import ROOT

DOCUMENT = ROOT / "web" / "shared" / "openapi.json"


def test_the_openapi_document_is_in_step_with_the_code() -> None:
    command = [sys.executable, "-m", "frontdesk", "openapi"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    served = json.loads(done.stdout)
    assert served["openapi"].startswith("3.1")
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == served, (
        f"run: frontdesk openapi > {DOCUMENT.relative_to(ROOT)}"
    )
