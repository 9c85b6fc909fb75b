"""`python -m tests.torture --kills 300 --engine sqlite`: the siege for as long as you like."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.services.databases import sqlite_url_of
from tests.services.postgres import PostgresServer
from tests.torture.siege import besiege


def main() -> int:
    """Run sieges and print what was counted."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument(
        "--kills", type=int, default=100, help="kill -9 this many times, in sieges of at most 50"
    )
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    failed = 0
    for engine in ("sqlite", "postgresql") if options.engine == "both" else (options.engine,):
        left, seed = options.kills, options.seed
        while left > 0:
            kills = min(left, 50)
            failed += _siege(engine, kills, seed)
            left, seed = left - kills, seed + 1
    return 1 if failed else 0


def _siege(engine: str, kills: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if engine == "sqlite":
            verdict = asyncio.run(besiege(folder, sqlite_url_of(folder / "desk.db"), kills=kills, seed=seed))
        else:
            with PostgresServer(fsync=True) as server:
                verdict = asyncio.run(besiege(folder, server.url(), kills=kills, seed=seed))
    bound = 3 / verdict.acknowledged if verdict.acknowledged else 1
    sys.stdout.write(
        f"{engine}, seed {seed}: {verdict.kills} kills, {verdict.acknowledged} acknowledged, "
        f"faults {verdict.faults or f'none (0/{verdict.acknowledged}, 95 % upper bound {bound:.2g})'}\n"
    )
    sys.stdout.flush()
    return len(verdict.faults)


if __name__ == "__main__":
    sys.exit(main())
