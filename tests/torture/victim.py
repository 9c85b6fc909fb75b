"""The desk as a process that can be killed and started again on the same port, folder and database."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.services.processes import free_port
from tests.services.warm import WarmProcess


class Victim:
    """One `frontdesk up`. Not a context manager: its life is not that simple."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        *,
        options: Sequence[str] = (),
        module: str = "frontdesk",
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.port, self.options, self.module = folder, free_port(), options, module
        self.url = f"http://127.0.0.1:{self.port}"
        self.kills, self.starts = 0, 0
        self.start_seconds: list[float] = []
        self._env = {
            **os.environ,
            "FRONTDESK_DATA_DIR": str(folder),
            "FRONTDESK_DATABASE": database_url,
            "FRONTDESK_LIMITS__REQUESTS_PER_MINUTE": "10000000",
            "FRONTDESK_LIMITS__REQUESTS_PER_MINUTE_PER_ADDRESS": "10000000",
            **(env or {}),
        }
        self._process: WarmProcess | None = None

    @property
    def log(self) -> Path:
        """Everything it printed, over all its lives."""
        return self.folder / "victim.log"

    def start(self, *, seconds: float = 30) -> None:
        """Start it and wait until it is ready."""
        began = time.monotonic()
        arguments = ["up", "--host", "127.0.0.1", "--port", str(self.port), *self.options]
        with self.log.open("ab") as out:
            self._process = WarmProcess(self.module, arguments, env=self._env, out=out)
        self._await_ready(began + seconds)
        self.starts += 1
        self.start_seconds.append(time.monotonic() - began)

    def _await_ready(self, deadline: float) -> None:
        assert self._process is not None
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the desk ended with {self._process.returncode}:\n{self.tail()}")
            if self._is_ready():
                return
            time.sleep(0.02)
        raise TimeoutError(f"the desk was not ready in time:\n{self.tail()}")

    def _is_ready(self) -> bool:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=1)) as connection:
            try:
                connection.request("GET", "/health/ready")
                return connection.getresponse().status == 200
            except (OSError, HTTPException):
                return False

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:]

    def kill(self) -> None:
        """End it with SIGKILL, whatever it is doing."""
        self._end(signal.SIGKILL)
        self.kills += 1

    def stop(self, *, seconds: float = 15) -> float:
        """Ask it to end with SIGTERM; the seconds it took."""
        began = time.monotonic()
        self._end(signal.SIGTERM, seconds)
        return time.monotonic() - began

    @property
    def exit_code(self) -> int | None:
        """The code of its last end."""
        return None if self._process is None else self._process.poll()

    def _end(self, how: signal.Signals, seconds: float = 15) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        os.kill(self._process.pid, how)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            raise
