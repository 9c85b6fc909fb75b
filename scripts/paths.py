"""Where things stand in a checkout, and how its scripts speak to the person who runs them."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = ROOT / ".make"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
WEB = ROOT / "web"
REQUIREMENTS = ROOT / "requirements"


class SetupFailed(Exception):
    """A step could not be done; the text says what to do about it."""


def fingerprint(files: Iterable[Path], *facts: object) -> str:
    """Return a digest of these files' names and contents and of these facts."""
    digest = hashlib.sha256(json.dumps([str(fact) for fact in facts]).encode())
    for file in sorted(files):
        digest.update(f"\0{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def run(*command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
    """Run a command and keep its output for the case that it fails.

    Raises:
        SetupFailed: The command ended with an error; the last of its output goes with it.
    """
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-40:])
        raise SetupFailed(f"{tail}\n\nfailed: {' '.join(map(str, command))}")


def step(title: str, name: str, state: str, work: Callable[[], None], *, done: bool = True) -> None:
    """Do one step of the setup, unless it was done already for exactly this state.

    Args:
        title: What the person reads.
        name: The stamp file's name.
        state: A digest of everything the outcome depends on.
        work: The step itself.
        done: Whether what an earlier run made is still there.
    """
    stamp = STAMPS / name
    if done and stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return
    say(f"→ {title} …")
    started = time.monotonic()
    stamp.unlink(missing_ok=True)
    work()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(state, encoding="utf-8")
    say(f"  done in {time.monotonic() - started:.1f} s")


def say(text: str) -> None:
    """Print one line of progress at once."""
    print(text, file=sys.stderr, flush=True)
