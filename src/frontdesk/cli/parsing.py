"""`frontdesk parse` as a command; what it does is in parse.py."""

import sys
from typing import Annotated

from cyclopts import Parameter

File = Annotated[str | None, Parameter(allow_leading_hyphen=True)]
Batch = Annotated[
    bool, Parameter(negative="", help="Read JSON lines from standard input, answer each with one.")
]


def parse(channel: str | None = None, file: File = None, /, *, batch: Batch = False) -> None:
    """Print what a recorded payload says, as neutral events: `parse CHANNEL FILE`, `-` for standard input.

    Nothing is verified, stored or sent.
    """
    from frontdesk.cli import parse as parsing  # noqa: PLC0415 - help needs no channel

    given = [each for each in (channel, file) if each is not None]
    status = parsing.main([*given, "--batch"] if batch else given)
    if status:
        sys.exit(status)
