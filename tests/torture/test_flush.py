"""G2: what is acknowledged was flushed. Seen from outside: the calls that the process makes of the kernel."""

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.cli.desk_process import DeskProcess

NEW = {
    "account_name": "Rill Bikes",
    "name": "Olive Rill",
    "email": "olive@rill.example",
    "password": "a long enough password",
}
CALLS = "write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync"
MESSAGES = 5


@contextmanager
def traced(pid: int, out: Path) -> Iterator[None]:
    """Write down a process's calls, with the files they are about, in the order in which they ended."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("needs strace: apt-get install strace")
    command = [strace, "-f", "-y", "-s", "32", "-e", f"trace={CALLS}", "-o", str(out), "-p", str(pid)]
    watcher = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert watcher.stderr is not None
    try:
        first = watcher.stderr.readline()
        if "attached" not in first:
            pytest.skip(f"strace may not attach to a process here: {first.strip()}")
        yield
    finally:
        watcher.send_signal(signal.SIGINT)
        watcher.wait(10)
        watcher.stderr.close()


@contextmanager
def _signed_in(url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url, timeout=30, trust_env=False) as client:
        client.headers["X-CSRF-Token"] = client.post("/v1/setup", json=NEW).json()["csrf_token"]
        yield client


def _conversation(client: httpx2.Client) -> str:
    inbox = client.post("/v1/inboxes", json={"channel": "webchat", "name": "Chat", "config": {}}).json()
    contact = {"name": "Nora", "addresses": [{"scheme": "web", "address": "nora"}]}
    made = client.post("/v1/conversations", json={"inbox_id": inbox["id"], "contact": contact})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


_ANSWER = re.compile(r'(?:write|send)\w*\(\d+<[^>]*>.*"HTTP/1.1 201')
_WAL = re.compile(r"pwrite64\(\d+<[^>]*-wal>")
_FLUSH = re.compile(r"(?:fsync|fdatasync)\(\d+<[^>]*-wal>(?P<done>\) += 0)?")
_ENDED = re.compile(r"<\.\.\. (?:fsync|fdatasync) resumed>\) += 0")


def _steps(trace: str) -> list[str]:
    """What happened in order: `wal` written, `flush` of the WAL ended, `201` begun."""
    steps, flushing = [], set[str]()
    for line in trace.splitlines():
        thread = line.split(maxsplit=1)[0]
        if _ANSWER.search(line):
            steps.append("201")
        elif _WAL.search(line):
            steps.append("wal")
        elif (begun := _FLUSH.search(line)) is not None:
            flushing.add(thread)
            if begun["done"]:
                steps.append("flush")
        elif thread in flushing and _ENDED.search(line):
            steps.append("flush")
    return steps


@pytest.mark.timeout(60)
def test_g2_every_201_comes_after_a_flush_of_what_was_written(tmp_path: Path) -> None:
    out = tmp_path / "calls"
    with DeskProcess(tmp_path) as desk, _signed_in(desk.url) as client:
        path = f"/v1/conversations/{_conversation(client)}/messages"
        with traced(desk.process.pid, out):
            for number in range(MESSAGES):
                body = {"direction": "note", "content": {"kind": "text", "body": f"note {number}"}}
                assert client.post(path, json=body).status_code == 201
            deadline = time.monotonic() + 10
            while out.read_text().count("HTTP/1.1 201") < MESSAGES and time.monotonic() < deadline:
                time.sleep(0.05)
    steps = _steps(out.read_text())
    assert steps.count("201") == MESSAGES, out.read_text()
    before: list[str] = []
    for step in steps:
        if step == "201":
            assert "wal" in before, steps
            assert "flush" in before[before.index("wal") :], steps
            before = []
        else:
            before.append(step)
