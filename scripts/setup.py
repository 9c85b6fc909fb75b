"""Prepare a checkout: `.venv` with the locked packages, Node, the console and the widget.

`--tests` and `--bench` add what those drive from outside. Needs Python 3.11 or newer and nothing
else. Every step leaves a stamp with a digest of what it depends on, so a second run only looks.
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python gets to see
    sys.exit("Frontdesk needs Python 3.11 or newer; name one: make setup PYTHON=/path/to/python3.12")

import node
from paths import BIN, PYTHON, REQUIREMENTS, ROOT, VENV, WEB, SetupFailed, fingerprint, run, say, step

STATIC = ROOT / "src" / "frontdesk" / "api" / "static"
# Programs driven from outside, by the option that asks for them, and the Debian packages that bring them.
PROGRAMS: dict[str, dict[str, tuple[str, ...]]] = {
    "--tests": {
        "chromium": ("chromium", "fonts-liberation"),
        "redis-server": ("redis-server",),
        "strace": ("strace",),
    },
    "--bench": {"wrk": ("wrk",)},
}


def provide_environment() -> None:
    """Make `.venv` and install the locked `uv` into it."""
    step("virtual environment", "venv", sys.version, make_environment, done=PYTHON.exists())
    locked = REQUIREMENTS / "uv.txt"
    step(
        "installer",
        "uv",
        fingerprint([locked]),
        lambda: run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", locked),
        done=(BIN / "uv").exists(),
    )


def make_environment() -> None:
    """Make `.venv` with pip in it, also on a Debian whose Python came without `ensurepip`."""
    if version_in_environment() != sys.version:
        venv.create(VENV, clear=True, symlinks=os.name != "nt", with_pip=False)
    if not has_bundled_pip():
        install_on_debian("python3-venv", why="this Python cannot make virtual environments")
    run(PYTHON, "-m", "ensurepip", "--upgrade", "--default-pip")


def version_in_environment() -> str | None:
    """Return what `sys.version` says inside `.venv`, or None where there is none or a broken one."""
    try:
        command = [str(PYTHON), "-c", "import sys; print(sys.version, end='')"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def has_bundled_pip() -> bool:
    """Say whether `ensurepip` works; some distributions keep it in a package of its own."""
    asked = subprocess.run([sys.executable, "-m", "ensurepip", "--version"], capture_output=True, check=False)
    return asked.returncode == 0


def provide_packages() -> None:
    """Install the locked packages and this project, editable, into `.venv`."""
    locked, project = REQUIREMENTS / "dev.txt", ROOT / "pyproject.toml"
    step("Python packages", "packages", fingerprint([locked, project], sys.version), install_packages)


def install_packages() -> None:
    """Install exactly what the lock names, then the project itself without looking further."""
    install = (BIN / "uv", "pip", "install", "--quiet", "--python", PYTHON)
    # Compiled here once: where Python may not write bytecode, each start would compile for seconds.
    locked = REQUIREMENTS / "dev.txt"
    run(*install, "--compile-bytecode", "--require-hashes", "-r", locked, env=index_of_pip())
    run(*install, "--no-deps", "--no-build-isolation", "--editable", ROOT)


def provide_aiogram() -> None:
    """Install Telegram's SDK into a folder of its own, for it wants an older Pydantic than ours."""
    locked, folder = REQUIREMENTS / "aiogram.txt", VENV / "aiogram"
    step(
        "Telegram's SDK for the tests",
        "aiogram",
        fingerprint([locked], sys.version),
        lambda: install_apart(locked, folder),
        done=folder.is_dir(),
    )


def install_apart(locked: Path, folder: Path) -> None:
    """Install what a lock names into a folder of its own, in place of what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    install = (BIN / "uv", "pip", "install", "--quiet", "--python", PYTHON, "--compile-bytecode")
    run(*install, "--require-hashes", "-r", locked, "--target", folder, env=index_of_pip())


def compile_sources() -> None:
    """Compile the project itself, for the same reason: a start would take half as long again."""
    sources = ROOT / "src" / "frontdesk"
    step(
        "bytecode",
        "bytecode",
        fingerprint(sorted(sources.rglob("*.py")), sys.version),
        lambda: run(PYTHON, "-m", "compileall", "-q", sources),
    )


def index_of_pip() -> dict[str, str]:
    """Hand the package index that pip is configured for to uv, unless uv has one of its own."""
    if any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        return {}
    asked = subprocess.run(
        [PYTHON, "-m", "pip", "config", "get", "global.index-url"],
        capture_output=True,
        text=True,
        check=False,
    )
    index = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    return {"UV_DEFAULT_INDEX": index} if index else {}


def provide_web() -> None:
    """Install the web packages and build the console and the widget into the Python package."""
    runtime = node.provide_node()
    manifests = [WEB / "package-lock.json", *WEB.glob("package.json"), *WEB.glob("*/package.json")]
    packages = fingerprint(manifests, runtime)
    step(
        "web packages", "web-packages", packages, lambda: node.npm("ci"), done=(WEB / "node_modules").exists()
    )
    built = all((STATIC / part).is_dir() for part in ("console", "widget"))
    step(
        "console and widget",
        "web-build",
        fingerprint(node.web_files(), packages),
        lambda: node.npm("run", "build"),
        done=built,
    )


def provide_programs(option: str) -> None:
    """Install the programs of an option where that is ours to do, else say what will be left out."""
    missing = {name: packages for name, packages in PROGRAMS[option].items() if shutil.which(name) is None}
    if not missing:
        return
    try:
        install_on_debian(
            *(package for packages in missing.values() for package in packages),
            why=f"{' and '.join(missing)} cannot be found",
        )
    except SetupFailed as failure:
        say(f"! {failure}\n  What needs it is left out.")


def install_on_debian(*packages: str, why: str) -> None:
    """Install Debian packages as root.

    Raises:
        SetupFailed: This is no Debian, or not run as root, or the packages cannot be had.
    """
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise SetupFailed(f"{why}; on Debian: sudo apt-get install {' '.join(packages)}")
    say(f"→ {' '.join(packages)}, because {why} …")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-qq", env=quiet)
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, env=quiet)


def main() -> int:
    """Do every step that is not done yet."""
    try:
        provide_environment()
        provide_packages()
        compile_sources()
        provide_web()
        if "--tests" in sys.argv:
            provide_aiogram()
        for option in PROGRAMS.keys() & sys.argv[1:]:
            provide_programs(option)
    except SetupFailed as failure:
        say(f"\n{failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
