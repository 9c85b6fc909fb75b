"""Passwords: argon2, in a thread and few at a time, so that signing in stalls nobody."""

import asyncio
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from frontdesk.domain.errors import Busy

if TYPE_CHECKING:
    from pwdlib import PasswordHash

T = TypeVar("T")

SHORTEST, LONGEST = 10, 256
_AT_ONCE = 2
_MOST_WAITING = 40


@cache
def _argon2() -> "PasswordHash":
    from pwdlib import PasswordHash  # noqa: PLC0415 - loaded when somebody first signs in

    return PasswordHash.recommended()


class Passwords:
    """Makes and checks hashes of passwords. Each takes some 50 ms and 64 MiB."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """A salted hash."""
        return await self._run(lambda: _argon2().hash(password))

    async def is_right(self, password: str, stored: str | None) -> bool:
        """Whether the password fits; takes as long for somebody who does not exist."""
        if self._decoy is None:  # made for everybody's first try, or its time would tell who exists
            self._decoy = await self.hash("nobody has this password")
        if stored is None:
            await self._verify(password, self._decoy)
            return False
        return await self._verify(password, stored)

    async def _verify(self, password: str, stored: str) -> bool:
        return await self._run(lambda: _argon2().verify(password, stored))

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= _MOST_WAITING:
            raise Busy("Too many people sign in right now.", retry_after=2)
        self._waiting += 1
        try:
            async with self._free:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
