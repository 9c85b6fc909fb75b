"""Desks that start at once: forked from a process that has loaded the product, and has done nothing else.

A desk that is killed and started again twenty times spends most of its life loading modules. What runs here
is what `python -m` runs, with arguments, environment, folder, session and output of its own; only the loading
is shared. Tests of the command itself start Python instead: see tests/cli.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.services.processes import die_with_parent

_ROOT = Path(__file__).resolve().parents[2]
_LAZY = (
    "alembic.command",
    "uvicorn.lifespan.off",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)
"""What a desk loads only when it starts."""
_BYTES = 128 * 1024


class WarmProcess:
    """A module run as `python -m` runs it; used as a `subprocess.Popen` is.

    Args:
        module: What to run.
        arguments: Its arguments.
        env: Its whole environment.
        out: Where it prints and complains to.
    """

    def __init__(
        self, module: str, arguments: Sequence[str], *, env: Mapping[str, str], out: IO[bytes]
    ) -> None:
        order = {"module": module, "arguments": list(arguments), "env": dict(env), "folder": str(Path.cwd())}
        self.returncode: int | None = None
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(_control(), [json.dumps(order).encode()], [theirs.fileno(), out.fileno()])
        self.pid = self._told(None)

    def poll(self) -> int | None:
        """The code it ended with, or None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, seconds: float | None = None) -> int:
        """Wait for its end and answer its code.

        Raises:
            subprocess.TimeoutExpired: It has not ended in time.
        """
        if self.returncode is None:
            self.returncode = self._told(seconds)
            self._line.close()
        return self.returncode

    def _told(self, seconds: float | None) -> int:
        if not select.select([self._line], [], [], seconds)[0]:
            raise subprocess.TimeoutExpired("a warm process", seconds or 0)
        said = self._line.recv(64)
        if not said:
            raise RuntimeError("the process that starts desks has ended")
        return int(said)


_starting = threading.Lock()


def _control() -> socket.socket:
    """The way to the process that forks; it is started when the first asks."""
    with _starting:
        return _started()


@cache
def _started() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "tests.services.warm", str(theirs.fileno())]
    path = os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])
    with theirs:
        process = subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": path}, pass_fds=[theirs.fileno()], cwd=_ROOT
        )

    def end() -> None:  # it ends by itself when nobody is at the other end, also when we are killed
        ours.close()
        process.wait(20)

    atexit.register(end)
    return ours


def _load() -> None:
    import frontdesk  # noqa: PLC0415 - whoever asks for a process loads nothing here

    for found in pkgutil.walk_packages(frontdesk.__path__, "frontdesk."):
        if "__main__" not in found.name and ".migrations" not in found.name:  # those are run, not loaded
            importlib.import_module(found.name)
    for name in _LAZY:
        importlib.import_module(name)
    assert threading.active_count() == 1, "a process with threads must not be forked"
    gc.collect()
    gc.freeze()


def _orders(control: socket.socket) -> dict[str, Any] | None:
    """Fork for every order; returns it in the child, and None in the parent when no more can come."""
    running: dict[int, socket.socket] = {}
    woken, wakes = socket.socketpair()
    for end in (woken, wakes):
        end.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready = select.select([control, woken], [], [])[0]
        if woken in ready:
            woken.recv(4096)
            _report_ended(running)
        if control in ready:
            said, files, _, _ = socket.recv_fds(control, _BYTES, 2)
            if not said:
                return None
            line = socket.socket(fileno=files[0])
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                for each in (control, woken, wakes, line, *running.values()):
                    each.close()
                _settle(files[1])
                return dict(json.loads(said))
            running[pid] = line
            line.send(str(pid).encode())
            os.close(files[1])


def _report_ended(running: dict[int, socket.socket]) -> None:
    for pid in list(running):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            with running.pop(pid) as line:
                line.setblocking(False)
                try:
                    line.send(str(os.waitstatus_to_exitcode(status)).encode())
                except OSError:
                    continue  # nobody asks any more


def _settle(out: int) -> None:
    """Be a process of one's own: a session, files and signals as a new program has them."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    die_with_parent()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(out)


def _run(order: dict[str, Any]) -> None:
    """Become what was ordered."""
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["folder"])
    sys.argv = [order["module"], *order["arguments"]]
    importlib.reload(importlib.import_module("frontdesk.kit.ids"))  # its part of an id is a process's own
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


def main() -> None:
    """Load everything, then fork until nobody can ask any more."""
    control = socket.socket(fileno=int(sys.argv[1]))
    _load()
    order = _orders(control)
    if order is not None:
        _run(order)


if __name__ == "__main__":
    main()
