"""`frontdesk` as a process: one command, or a desk that runs until it is stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar, Self

import httpx2

from tests.services.processes import die_with_parent, free_port


def frontdesk(
    folder: Path, *arguments: str, stdin: str = "", **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run one command in a folder, with its data there."""
    return subprocess.run(
        [sys.executable, "-m", "frontdesk", *arguments],
        cwd=folder,
        env=_environment(folder, environment),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


def _environment(folder: Path, more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    return {**kept, "FRONTDESK_DATA_DIR": str(folder / "data"), "COLUMNS": "200", **more}


class DeskProcess:
    """A desk that runs while inside; `with DeskProcess(folder, "--demo") as desk`."""

    command: ClassVar[tuple[str, ...]] = ("up",)

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"desk-{self.port}.log"
        self._command = [sys.executable, "-m", "frontdesk", *self.command, "--port", str(self.port), *options]
        self._environment = _environment(folder, environment)
        self.seconds = 0.0

    def __enter__(self) -> Self:
        began = time.monotonic()
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                self._command,
                cwd=self.folder,
                env=self._environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - no thread runs that it could harm
            )
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > began + 60:
                self.process.kill()
                raise RuntimeError(self.text)
            time.sleep(0.02)
        self.seconds = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def stop(self) -> float:
        """Ask it to end; the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0, self.text
        return time.monotonic() - began

    @property
    def text(self) -> str:
        """What it printed."""
        return self.log.read_text(errors="replace")

    def _is_ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/health/ready", timeout=2, trust_env=False).status_code == 200
        except httpx2.HTTPError:
            return False


class ApiProcess(DeskProcess):
    """The API apart."""

    command: ClassVar[tuple[str, ...]] = ("run", "api")


class WorkerProcess(DeskProcess):
    """The workers apart. They answer nobody, so they are asked by what they log."""

    command: ClassVar[tuple[str, ...]] = ("run", "worker")

    def _is_ready(self) -> bool:
        return '"working"' in self.text
