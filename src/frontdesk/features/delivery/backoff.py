"""How long to wait between tries, how many there are, and how long a conversation may be held up. Pure."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential, with jitter.

    Attributes:
        first_seconds: Before the second try; doubled before each one after it.
        most_seconds: The longest of these waits.
        attempts: Tries in all, before the message has failed and its job is a dead letter.
        hold_seconds: So long may a failing message hold up its conversation; then the next may go.
        longest_wish: The longest wait of a provider's own wish (`Retry-After`) that is honoured.
    """

    first_seconds: float = 1.0
    most_seconds: float = 300.0
    attempts: int = 10
    hold_seconds: float = 120.0
    longest_wish: timedelta = timedelta(hours=6)

    def seconds(self, attempts: int) -> float:
        """The wait after so many tries."""
        seconds = min(self.first_seconds * 2.0 ** (attempts - 1), self.most_seconds)
        return seconds * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not a secret
