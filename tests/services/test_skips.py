"""A test that is left out passes on a developer's machine and fails in CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPING = {
    "in_the_test": "import pytest\ndef test_it():\n    pytest.skip('no reason')\n",
    "by_a_mark": "import pytest\n@pytest.mark.skip(reason='no reason')\ndef test_it(): pass\n",
    "whole_file": "import pytest\npytest.skip('no reason', allow_module_level=True)\n",
    "missing_package": "import pytest\npytest.importorskip('no_such_package')\n",
}


@pytest.mark.parametrize(("ci", "verdict"), [("true", "1 failed, 3 errors in"), ("", "4 skipped in")])
def test_a_skip_fails_the_run_in_ci_only(ci: str, verdict: str, tmp_path: Path) -> None:
    for name, source in SKIPPING.items():
        (tmp_path / f"test_{name}.py").write_text(source)
    plugin = ["-p", "tests.services.skips", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", "pytest", "-q", *plugin, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert verdict in done.stdout
    assert (done.returncode == 1) is (ci == "true")
