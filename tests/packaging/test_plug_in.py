"""A channel in a package of its own (`examples/line`), as a stranger installs it: found, proved, used."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontdesk.runtime.announced import announced
from tests.desk import running_desk, until

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "line"
HOOK = {
    "destination": "Ub0tb0tb0t",
    "events": [
        {
            "type": "message",
            "timestamp": 1795000000123,
            "source": {"type": "user", "userId": "Unora"},
            "message": {"id": "501", "type": "text", "text": "Is the bike ready?"},
        }
    ],
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package and its metadata, as an installer unpacks its wheel."""
    folder = tmp_path_factory.mktemp("plug_in")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "wheel")]
    subprocess.run(command, cwd=EXAMPLE, check=True, capture_output=True)
    [wheel] = (folder / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def on_the_path(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(installed))
    announced.cache_clear()
    yield
    announced.cache_clear()


def run(installed: Path, *command: str) -> "subprocess.CompletedProcess[bytes]":
    paths = [str(installed), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=env, capture_output=True, check=False
    )


def test_its_own_tests_pass_with_the_conformance_kit(installed: Path) -> None:
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
    done = run(installed, "pytest", *options, "examples/line/tests")
    assert done.returncode == 0, done.stdout.decode()[-4000:]
    assert b" passed" in done.stdout


def test_the_parser_reads_its_payloads(installed: Path, tmp_path: Path) -> None:
    payload = tmp_path / "payload.json"
    payload.write_text(json.dumps(HOOK), encoding="utf-8")
    done = run(installed, "frontdesk", "parse", "line", str(payload))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    [event] = told if isinstance(told, list) else [told]
    assert (event["event"], event["sender"], event["text"]) == ("message", "Unora", "Is the bike ready?")


@pytest.mark.usefixtures("on_the_path")
async def test_the_desk_offers_it_and_takes_its_hooks(database_url: str, tmp_path: Path) -> None:
    """S2-03: a package adds a way to reach people, found by its entry point; no file of ours changes."""
    async with running_desk(database_url, tmp_path / "data") as desk:
        offered = {each["slug"]: each for each in await desk.owner.get("/v1/channels")}
        assert offered["line"]["name"] == "LINE"
        settings = {"basic_id": "@harbour", "channel_secret": "a-channel-secret"}
        inbox = await desk.owner.inbox("line", "Harbour Bikes", settings)
        assert inbox["config"]["channel_secret"] == {"set": True}
        body = json.dumps(HOOK).encode()
        proof = base64.b64encode(hmac.digest(b"a-channel-secret", body, hashlib.sha256)).decode()
        for signature, status in (("", 403), (proof, 200)):
            answer = await desk.client().post(
                f"/hooks/line/{inbox['id']}",
                content=body,
                headers={"x-line-signature": signature, "content-type": "application/json"},
            )
            assert answer.status_code == status, answer.text

        async def conversations() -> list[dict[str, Any]]:
            return list((await desk.owner.get("/v1/conversations"))["items"])

        [conversation] = await until(conversations, what="the conversation")
        assert conversation["preview"]["text"] == "Is the bike ready?"
