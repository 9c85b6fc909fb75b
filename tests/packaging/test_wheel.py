"""What is shipped: the wheel holds the built web pages, and installed alone it is a desk and a library."""

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import httpx2
import pytest

from tests.services.processes import free_port, listens, wait_until

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")

HOOK = {
    "object": "whatsapp_business_account",
    "entry": [
        {
            "id": "10001",
            "changes": [
                {
                    "field": "messages",
                    "value": {
                        "messaging_product": "whatsapp",
                        "metadata": {"display_phone_number": "34910000001", "phone_number_id": "20001"},
                        "contacts": [{"profile": {"name": "Nora Vidal"}, "wa_id": "34600000001"}],
                        "messages": [
                            {
                                "from": "34600000001",
                                "id": "wamid.HBgLMzQ2MDAwMDAwMDE",
                                "timestamp": "1795000000",
                                "type": "text",
                                "text": {"body": "Is the bike ready?"},
                            }
                        ],
                    },
                }
            ],
        }
    ],
}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the locked packages and the wheel, and nothing of the checkout."""
    place = tmp_path_factory.mktemp("installed")
    python = place / "bin" / "python"
    install: list[str | Path] = [UV, "pip", "install", "--quiet", "--python", python]
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, "--allow-existing", place], check=True)
    subprocess.run([*install, "--require-hashes", "-r", ROOT / "requirements/app.txt"], check=True)
    subprocess.run([*install, "--no-deps", wheel], check=True)
    return place


@pytest.fixture
def frontdesk(installed: Path, tmp_path: Path) -> Run:
    """The installed command in an empty folder, on a machine without Node or anything else on its PATH."""

    def run(*arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [installed / "bin" / "frontdesk", *arguments],
            cwd=tmp_path,
            env={"PATH": "", "HOME": str(tmp_path), "COLUMNS": "200"},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_wheel_holds_the_web_pages_and_the_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {"frontdesk/py.typed", "frontdesk/api/static/console/index.html"} <= set(names)
    assert any(re.fullmatch(r"frontdesk/api/static/widget/.+\.js", name) for name in names)
    assert [name for name in names if not name.startswith(("frontdesk/", "frontdesk-"))] == []
    assert [name for name in names if "node_modules" in name or name.endswith((".ts", ".tsx"))] == []


def test_the_version_is_said_in_one_place(wheel: Path, frontdesk: Run) -> None:
    said = re.search(
        r'^__version__ = "(.+)"$', (ROOT / "src/frontdesk/__init__.py").read_text(), re.MULTILINE
    )
    assert said
    assert wheel.name.split("-")[1] == said[1] == version("frontdesk")
    assert said[1] in frontdesk("--version").stdout


def test_help_needs_no_node_and_no_settings(frontdesk: Run) -> None:
    done = frontdesk("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "up" in done.stdout


def test_s0_49_a_webhook_is_parsed_without_a_server(frontdesk: Run, tmp_path: Path) -> None:
    (tmp_path / "hook.json").write_text(json.dumps(HOOK))
    done = frontdesk("parse", "whatsapp", "hook.json")
    assert done.returncode == 0, done.stderr
    assert frontdesk("parse", "whatsapp", "-", stdin=json.dumps(HOOK)).stdout == done.stdout
    [event] = [json.loads(line) for line in done.stdout.splitlines()]
    assert (event["event"], event["kind"], event["text"]) == ("message", "text", "Is the bike ready?")


def test_s0_49_the_message_library_starts_no_server(installed: Path, tmp_path: Path) -> None:
    script = (
        "import sys, frontdesk; print([m for m in ('fastapi', 'sqlalchemy', 'uvicorn') if m in sys.modules])"
    )
    python = installed / "bin" / "python"
    done = subprocess.run([python, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_desk_starts_without_node_and_serves_its_pages(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [str(installed / "bin" / "frontdesk"), "up", "--port", str(port), "--data-dir", "data"]
    log = tmp_path / "log"
    with log.open("wb") as out:
        desk = subprocess.Popen(command, cwd=tmp_path, env={"PATH": ""}, stdout=out, stderr=out)
    try:
        wait_until(lambda: desk.poll() is not None or listens(port), seconds=60, what="the desk listening")
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            answers = {path: client.get(path) for path in ("/health/ready", "/", "/widget.js")}
    except BaseException as error:
        error.add_note(log.read_text(errors="replace"))
        raise
    finally:
        desk.terminate()
        code = desk.wait(20)
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert "<title>" in answers["/"].text
    assert code == 0, log.read_text(errors="replace")
