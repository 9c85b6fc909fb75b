"""The scanner port: who looks into files for viruses before anybody may have them."""

from collections.abc import AsyncIterable
from typing import Protocol

from frontdesk.domain.errors import DeskError


class ScanFailed(DeskError):
    """The scanner gave no verdict; `retryable` says whether it may give one later."""

    code = "scan_failed"

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


class Scanner(Protocol):
    """Looks into files."""

    async def scan(self, chunks: AsyncIterable[bytes]) -> str | None:
        """What was found in the bytes, by the scanner's name for it; None if nothing was.

        Raises:
            ScanFailed: There is no verdict: no answer, no known answer, or too large for the scanner.
        """

    async def close(self) -> None:
        """Close what is open."""
