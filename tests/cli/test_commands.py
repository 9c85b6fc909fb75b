"""What a person types, and what the command answers: exit codes, names, cures (M-23, S1-10, S4-37)."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from frontdesk.runtime.diagnosis import examine
from frontdesk.runtime.findings import Finding
from frontdesk.runtime.settings import Settings
from frontdesk.store import inboxes
from tests.cli.desk_process import DeskProcess, frontdesk
from tests.desk import running_desk

pytestmark = pytest.mark.slow


def test_help_names_every_command(tmp_path: Path) -> None:
    done = frontdesk(tmp_path, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    for command in ("up", "run", "doctor", "config", "migrate", "jobs", "openapi", "parse", "user"):
        assert re.search(rf"\b{command}\b", done.stdout), command
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["up", "--bogus"], {}, "--bogus"),
        (["up", "--port", "many"], {}, "--port"),
        (["up", "--port", "70000"], {}, "port (from command line)"),
        (["up", "--database", "mysql://x"], {}, "unknown engine 'mysql'"),
        (["up"], {"FRONTDESK_PROT": "1"}, "Did you mean FRONTDESK_PORT?"),
        (["run", "cook"], {}, "cook"),
        (["migrate", "down", "9999"], {}, "revision: There is no revision '9999'."),
        (["nonsense"], {}, "nonsense"),
        (["jobs", "replay", "not-an-id"], {}, "not-an-id"),
        (["openapi", "--output", "nowhere/x.json"], {}, "nowhere/x.json: No such file or directory."),
        (["export", "nowhere/x.jsonl"], {}, "nowhere/x.jsonl"),
        (["migrate", "backup", "nowhere/x.db"], {}, "There is no folder nowhere."),
        (["up", "--data-dir", "/dev/null", "--port", "0"], {}, "/dev/null: File exists."),
    ],
)
def test_bad_input_ends_with_2_and_its_name(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    done = frontdesk(tmp_path, *arguments, **environment)
    assert done.returncode == 2
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_is_full_is_told_in_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "frontdesk", "config", "docs"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (
        1,
        "frontdesk: The output cannot be written: No space left on device.\n",
    )


def test_the_database_goes_up_and_down_and_is_copied(tmp_path: Path) -> None:
    """S1-09 by the command line."""
    for arguments, said in (
        (["migrate", "status"], "schema none"),
        (["migrate", "up"], "schema none →"),
        (["migrate", "status"], "up to date"),
        (["migrate", "backup", "copy.db"], "copy.db"),
        (["migrate", "down", "base"], "→ base"),
        (["migrate", "up"], "schema none →"),
    ):
        done = frontdesk(tmp_path, *arguments)
        assert (done.returncode, said in done.stdout) == (0, True), (arguments, done.stdout, done.stderr)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM accounts").fetchone() == (0,)
    again = frontdesk(tmp_path, "migrate", "backup", "copy.db")
    assert (again.returncode, "exists already" in again.stderr) == (1, True)


def test_users_are_made_without_a_browser(tmp_path: Path) -> None:
    nobody = frontdesk(
        tmp_path, "user", "create", "a@rill.example", "--name", "Ana", stdin="a long password\n"
    )
    assert (nobody.returncode, "Nobody owns this desk yet" in nobody.stderr) == (2, True)
    owner = ["user", "create", "o@rill.example", "--name", "Olive", "--role", "owner", "--account", "Rill"]
    assert frontdesk(tmp_path, *owner, stdin="short\n").returncode == 2
    assert frontdesk(tmp_path, *owner, stdin="a long password\n").returncode == 0
    agent = ["user", "create", "a@rill.example", "--name", "Ana"]
    assert frontdesk(tmp_path, *agent, stdin="a long password\n").returncode == 0
    taken = frontdesk(tmp_path, *agent, stdin="a long password\n")
    assert (taken.returncode, "already in use" in taken.stderr) == (1, True)
    assert frontdesk(tmp_path, "user", "password", "a@rill.example", stdin="a new long one\n").returncode == 0
    with DeskProcess(tmp_path) as desk:
        for email, password, status in (
            ("o@rill.example", "a long password", 201),
            ("a@rill.example", "a long password", 401),
            ("a@rill.example", "a new long one", 201),
        ):
            answer = httpx2.post(f"{desk.url}/v1/session", json={"email": email, "password": password})
            assert answer.status_code == status


def test_dead_letters_are_listed_while_the_desk_runs(tmp_path: Path) -> None:
    none = frontdesk(tmp_path, "jobs", "list")
    assert (none.returncode, "There is no database at" in none.stderr) == (1, True)
    with DeskProcess(tmp_path):
        listed = frontdesk(tmp_path, "jobs", "list")
        assert (listed.returncode, listed.stdout, listed.stderr) == (0, "", "")


def test_the_help_says_what_a_port_is(tmp_path: Path) -> None:
    assert re.search(r"--port\s+INT\b", frontdesk(tmp_path, "up", "--help").stdout)


def test_a_demo_starts_twice_and_keeps_to_itself(tmp_path: Path) -> None:
    with DeskProcess(tmp_path, "--demo") as desk, httpx2.Client(base_url=desk.url) as client:
        [email, password] = re.findall(r"Sign in:\s+(\S+)\s+password:\s+(\S+)", desk.text)[0]
        assert f"{desk.url}/phones" in desk.text
        told = httpx2.get(f"{desk.url}/v1/setup").json()
        assert told["demo_sign_in"] == {"email": email, "password": password}
        assert client.post("/v1/session", json=told["demo_sign_in"]).status_code == 201
        before = [client.get(path).json() for path in ("/v1/users", "/v1/inboxes")]
        assert len(before[0]["items"]) == 3
        inboxes = {each["channel"]: each for each in before[1]["items"]}
        simulated = {"whatsapp", "messenger", "instagram", "telegram", "twilio_sms", "slack", "email"}
        assert {"webchat", *simulated} == set(inboxes)
        assert {each["simulated"] for each in before[1]["items"]} == {True}
        assert inboxes["webchat"]["public_key"] in httpx2.get(f"{desk.url}/demo/shop").text
        second = frontdesk(tmp_path, "up", "--demo", "--port", "0")
        assert (second.returncode, "is using" in second.stderr) == (1, True), second.stderr
        other = tmp_path / "other"
        other.mkdir()
        taken = frontdesk(other, "up", "--demo", "--port", str(desk.port))
        assert (taken.returncode, "Address already in use" in taken.stderr) == (1, True), taken.stderr
        cookies = client.cookies
        assert desk.stop() < 10
    with DeskProcess(tmp_path, "--demo") as desk, httpx2.Client(base_url=desk.url, cookies=cookies) as client:
        after = [client.get(path).json() for path in ("/v1/users", "/v1/inboxes")]
        for one, two in zip(before[1]["items"], after[1]["items"], strict=True):
            assert {**one, "hook_url": ""} == {**two, "hook_url": ""}
        assert after[0] == before[0]
        assert password in desk.text
    refused = frontdesk(tmp_path, "up", "--port", "0")
    assert (refused.returncode, "belongs to a demo" in refused.stderr) == (1, True)


def test_a_real_desk_is_set_up_from_its_machine_and_refuses_the_demo(tmp_path: Path) -> None:
    """Refusals 17 and 66: loopback only until somebody owns it, and no default credentials."""
    with DeskProcess(tmp_path, "--host", "0.0.0.0") as desk:
        assert "Nobody owns this desk yet" in desk.text
        assert "listens on this machine only" in desk.text
        listening = Path("/proc/net/tcp").read_text() if Path("/proc/net/tcp").exists() else ""
        assert f"00000000:{desk.port:04X}" not in listening
        body = {"account_name": "Rill", "name": "Olive", "email": "o@rill.example", "password": "long enough"}
        assert httpx2.post(f"{desk.url}/v1/setup", json=body).status_code == 201
    refused = frontdesk(tmp_path, "up", "--demo", "--port", "0")
    assert (refused.returncode, "belongs to a real desk" in refused.stderr) == (1, True)


def test_what_is_set_can_be_shown(tmp_path: Path) -> None:
    done = frontdesk(tmp_path, "config", "show", "--port", "9000", FRONTDESK_SECRET_KEY="s" * 40)
    assert "port = 9000  # command line" in done.stdout
    assert "secret_key = [hidden]  # FRONTDESK_SECRET_KEY" in done.stdout
    assert "sss" not in done.stdout
    assert f"database = sqlite:///{tmp_path / 'data' / 'frontdesk.db'}  # default" in done.stdout
    key = tmp_path / "data" / "secret.key"
    assert f"secret_key = [made at the first start, in {key}]" in frontdesk(tmp_path, "config", "show").stdout
    assert not key.exists()
    document = json.loads(frontdesk(tmp_path, "openapi").stdout)
    assert document["info"]["title"] == "Frontdesk"


# --- doctor


async def _ill(settings: Settings) -> dict[str, Finding]:
    return {found.name: found async for found in examine(settings) if not found.is_well}


@asynccontextmanager
async def _proxy(answer: Callable[[bytes], bytes | None], port: int) -> AsyncIterator[str]:
    """A proxy in front of a desk that answers some requests itself."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        own = answer(head)
        if own is None:
            inner, outer = await asyncio.open_connection("127.0.0.1", port)
            outer.write(head)
            own = await inner.read(65536)
            outer.close()
        writer.write(own)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _page(_head: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def _no_upgrade(head: bytes) -> bytes | None:
    return _page(head) if b"/v1/live" in head else None


async def test_doctor_finds_each_fault_and_its_cure(sqlite_url: str, tmp_path: Path) -> None:
    """M-23: a wrong proxy, a missing upgrade and a bad hook secret are each found."""
    folder = tmp_path / "data"
    async with running_desk(sqlite_url, folder) as desk:
        port = int(desk.url.rpartition(":")[2])
        base = {"data_dir": folder, "database": sqlite_url, "port": port}
        healthy = await _ill(Settings.model_validate(base))
        assert set(healthy) <= {"web pages"}, healthy

        async with _proxy(_page, port) as url:
            ill = await _ill(Settings.model_validate({**base, "public_url": url}))
            assert "not from a desk" in ill["public address"].evidence
            assert "Let the proxy pass everything" in ill["public address"].cure
        async with _proxy(_no_upgrade, port) as url:
            ill = await _ill(Settings.model_validate({**base, "public_url": url}))
            assert "answers 200 to an upgrade" in ill["live line"].evidence
            assert "proxy_set_header Upgrade" in ill["live line"].cure
        async with _proxy(lambda _head: None, port) as url:
            ill = await _ill(Settings.model_validate({**base, "public_url": url}))
            assert {"public address", "live line"} & set(ill) == set()
        ill = await _ill(Settings.model_validate({**base, "public_url": "http://127.0.0.1:9"}))
        assert "public address" in ill

        config = {"phone_number_id": "123456789012345", "app_secret": "secret", "access_token": "token"}
        await desk.owner.inbox("whatsapp", "Phone", {**config, "verify_token": "word"})
        assert "inbox Phone" not in await _ill(Settings.model_validate(base))
        other_key = {**base, "secret_key": "another key than the one that sealed them"}
        ill = await _ill(Settings.model_validate(other_key))
        assert "app_secret" in ill["inbox Phone"].evidence
        assert "press Connect" in ill["inbox Phone"].cure

        post = await desk.owner.inbox(
            "email", "Post", {"address": "help@rill.example", "outgoing": "sendgrid"}
        )
        ill = await _ill(Settings.model_validate(base))
        assert "not connected yet, not set: smtp_password" in ill["inbox Post"].evidence
        connected = {"state": "connected"}
        await desk.store.write(lambda tx: inboxes.change(tx, desk.owner.scope, UUID(post["id"]), connected))
        assert "inbox Post" not in await _ill(Settings.model_validate(base)), (
            "it has no use for SMTP's password"
        )

    ill = await _ill(Settings.model_validate({**base, "database": "postgresql://nobody@127.0.0.1:9/none"}))
    assert "database" in ill
    (tmp_path / "file").write_text("")
    ill = await _ill(Settings.model_validate({"data_dir": tmp_path / "file" / "below", "port": 0}))
    assert "FRONTDESK_DATA_DIR" in ill["data folder"].cure
