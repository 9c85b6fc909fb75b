"""The outside tools: wrk for HTTP load, pgbench for the database's own rate, servers as child processes."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.services.postgres import installed_binaries
from tests.services.processes import free_port

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: requests per second, milliseconds at two percentiles, and what went wrong."""

    rate: float
    p50: float
    p99: float
    errors: int
    refused: int


def require_wrk() -> None:
    """Exit with the cure when wrk is missing."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing; on Debian: apt-get install wrk")


def wrk(
    url: str, script: str, *, seconds: float, connections: int = 32, env: Mapping[str, str] | None = None
) -> Load:
    """Run one of `bench/lua` against a server from one thread."""
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{max(1, round(seconds))}s",
        "-s",
        str(HERE / "lua" / f"{script}.lua"),
        url,
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **(env or {})}
    )
    found = re.search(r"RES rps=(\S+) p50=(\S+) p99=(\S+) err=(\d+) non2xx=(\d+)", done.stdout)
    if found is None:
        sys.exit(f"wrk gave no result: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    rate, p50, p99 = (float(found[n]) for n in (1, 2, 3))
    load = Load(rate, p50, p99, int(found[4]), int(found[5]))
    if load.errors or load.refused:
        print(f"  ! {script}: {load.errors} socket errors, {load.refused} answers were not 2xx")
    return load


def pgbench(dsn: str, script: Path, *, seconds: float, clients: int = 32) -> float:
    """Transactions per second of one SQL script, statements prepared."""
    command = [str(installed_binaries() / "bin/pgbench"), "-n", "-M", "prepared", "-f", str(script),
               "-c", str(clients), "-j", "1", "-T", f"{seconds:g}", dsn]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = (\S+)", done.stdout)
    if found is None:
        sys.exit(f"pgbench gave no result: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return float(found[1])


def uvicorn(app: str) -> list[str]:
    """The command that serves a baseline as the product serves itself."""
    options = {
        "--loop": "uvloop",
        "--http": "httptools",
        "--ws": "websockets-sansio",
        "--log-level": "warning",
    }
    given = [word for option in options.items() for word in option]
    return [sys.executable, "-m", "uvicorn", app, "--port", "{port}", "--no-access-log", *given]


@contextmanager
def serving(
    command: list[str], *, ready: str, env: Mapping[str, str] | None = None, log: Path
) -> Iterator[tuple[str, int]]:
    """A server as a child process; `{port}` becomes a free port. Yields its base URL and process id."""
    port = free_port()
    with log.open("w") as out:
        child = subprocess.Popen(
            [part.replace("{port}", str(port)) for part in command],
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base + ready, child, log)
        yield base, child.pid
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _wait(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        if child.poll() is not None:
            sys.exit(f"the server ended with {child.returncode}: {log.read_text()[-3000:]}")
        try:
            if httpx2.get(url, timeout=1).status_code < 500:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.02)
    sys.exit(f"{url} did not answer: {log.read_text()[-3000:]}")


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process and its children, in MB."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            status = (folder / "status").read_text()
            group = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[2])
        except OSError:
            continue
        if group == pid:
            found = re.search(r"VmRSS:\s+(\d+)", status)
            total += int(found[1]) if found else 0
    return total / 1024
