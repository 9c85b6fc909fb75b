"""`python -m bench [--only NAME …]`: measure, print the table, write bench/out/latest.json."""

import argparse
import sys

from bench import fanout, hooks, intake, parsing, posting, processes, reading, starting, store
from bench.report import Report
from bench.tools import require_wrk

CASES = ("starting", "parsing", "store", "posting", "processes", "hooks", "intake", "reading", "fanout")


def main() -> int:
    """Run the cases; exit 1 when a figure misses what is owed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=CASES, default=CASES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    require_wrk()
    report = Report()
    if "starting" in options.only:
        starting.run(report)
    if "parsing" in options.only:
        parsing.run(report, options.rounds)
    timed = {
        "store": store,
        "posting": posting,
        "processes": processes,
        "hooks": hooks,
        "intake": intake,
        "reading": reading,
    }
    for name, case in timed.items():
        if name in options.only:
            case.run(report, options.rounds, options.seconds)
    if "fanout" in options.only:
        fanout.run(report, options.rounds)
    return 1 if report.finish() else 0


if __name__ == "__main__":
    sys.exit(main())
