"""What a person types: the `frontdesk` command.

Reads arguments, calls the runtime, prints. No rule of the trade, no SQL, no concrete channel.
"""


def main() -> None:
    """Run the `frontdesk` command."""
    raise SystemExit("no command yet")
