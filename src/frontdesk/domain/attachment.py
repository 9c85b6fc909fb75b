"""What is known of a file besides its bytes."""

from enum import StrEnum

from frontdesk.domain.errors import Invalid


class ScanState(StrEnum):
    """What a virus scanner said of a file. Values are public."""

    UNSCANNED = "unscanned"
    """No scanner was set when the file came."""
    PENDING = "pending"
    """A scanner is set and has not answered yet: the file is neither served nor sent."""
    CLEAN = "clean"
    INFECTED = "infected"
    """Something was found: the file is never served and never sent."""


def may_be_had(scan: str) -> bool:
    """Whether a file with this verdict may be served and sent."""
    return scan in {ScanState.CLEAN, ScanState.UNSCANNED}


def refuse_infected(scan: str) -> None:
    """Refuse a file in which something was found; one that still waits may be named in a message.

    Raises:
        Invalid: Something was found in it.
    """
    if scan == ScanState.INFECTED:
        raise Invalid(
            "The virus scanner found something in this file; it cannot be sent.",
            field="content.media.attachment_id",
        )
