"""What was found where something of this desk was looked at."""

from dataclasses import dataclass

WAIT_SECONDS = 5.0
"""So long an answer may take."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `cure` says what to do when it is not well."""

    name: str
    is_well: bool
    evidence: str
    cure: str = ""


def well(name: str, evidence: str) -> Finding:
    """Nothing is to be done."""
    return Finding(name, True, evidence)  # noqa: FBT003 - what the name says


def ill(name: str, evidence: str, cure: str) -> Finding:
    """Something is to be done, and what."""
    return Finding(name, False, evidence, cure)  # noqa: FBT003 - what the name says


def words(error: Exception) -> str:
    """What an error says; some say nothing."""
    return str(error) or "no answer"
