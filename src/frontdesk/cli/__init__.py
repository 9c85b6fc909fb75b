"""What a person types: the `frontdesk` command.

Reads arguments, calls the runtime, prints. No rule of the trade, no SQL, no concrete channel.
"""

import sys


def main() -> None:
    """Run the `frontdesk` command.

    Exit codes: 0 done, 1 not possible now, 2 a bad argument or setting.
    """
    from frontdesk.cli.app import app  # noqa: PLC0415 - importing the package must load nothing
    from frontdesk.cli.failures import explained  # noqa: PLC0415

    with explained():
        app()
    sys.exit(0)
