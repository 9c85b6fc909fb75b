"""Write `requirements/*.txt` from `pyproject.toml`: every package with version and hashes, for all platforms.

No index address and no path of this machine lands in them. `lock.py --upgrade` takes the newest releases;
without it only what `pyproject.toml` asks for changes.
"""

import sys

from paths import BIN, REQUIREMENTS, ROOT, SetupFailed, run, say

COMPILE = (
    "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
    "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock",
)  # fmt: skip
# aiogram may not use the Pydantic that we use: it stands apart, held together with nothing.
LOCKS = {
    "aiogram.txt": ("--group", "aiogram"),
    "app.txt": ("pyproject.toml", "--constraint", "requirements/dev.txt"),
    "bench.txt": ("--group", "bench", "--constraint", "requirements/dev.txt"),
    "node.txt": ("--group", "node"),
    "uv.txt": ("--group", "uv"),
}


def main() -> int:
    """Write the locks: first the one for developers, which holds the others together."""
    REQUIREMENTS.mkdir(exist_ok=True)
    everything = {"dev.txt": ("pyproject.toml", "--group", "dev", "--extra", "parquet"), **LOCKS}
    try:
        for name, inputs in everything.items():
            say(f"→ requirements/{name} …")
            run(
                BIN / "uv",
                *COMPILE,
                *sys.argv[1:],
                *inputs,
                "--output-file",
                f"requirements/{name}",
                cwd=ROOT,
            )
    except SetupFailed as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
