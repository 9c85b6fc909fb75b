"""What a person types: the `frontdesk` command.

Reads arguments, calls the runtime, prints. No rule of the trade, no SQL, no concrete channel.
"""

import gc
import sys

OBJECTS_OF_A_START = 300_000
"""Containers made before the first look for cycles: more than all imports and a start make, which stay."""


def main() -> None:
    """Run the `frontdesk` command.

    Exit codes: 0 done, 1 not possible now, 2 a bad argument or setting.
    """
    gc.set_threshold(OBJECTS_OF_A_START, 20, 20)
    from frontdesk.cli.app import app  # noqa: PLC0415 - importing the package must load nothing
    from frontdesk.cli.failures import explained  # noqa: PLC0415

    with explained():
        app()
    sys.exit(0)
