"""Ids for a simulated provider; with a seed they come out the same in every run."""

import random
import secrets
from uuid import UUID


class Ids:
    """A source of ids. Without a seed they are unguessable enough for a simulator and differ in every run."""

    def __init__(self, seed: int | None) -> None:
        self.random = random.Random(secrets.randbits(64) if seed is None else seed)  # noqa: S311

    def number(self, digits: int = 16) -> str:
        """A numeric id that does not begin with zero."""
        return str(self.random.randrange(10 ** (digits - 1), 10**digits))

    def word(self, length: int = 32) -> str:
        """A lower-case hexadecimal word."""
        return self.random.randbytes(length).hex()[:length]

    def uuid(self) -> str:
        """A random UUID."""
        return str(UUID(bytes=self.random.randbytes(16), version=4))
