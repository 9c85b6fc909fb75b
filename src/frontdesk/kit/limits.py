"""Counting against a limit: the generic cell rate algorithm, in memory. No word of our trade."""

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_KEYS_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Budget:
    """What a key may still do: `limit` a minute, `remaining` now, all again in `reset` seconds.

    `retry_after` is 0 when the hit was allowed, else the seconds until the next one is.
    """

    limit: int
    remaining: int
    reset: float
    retry_after: float

    @property
    def is_allowed(self) -> bool:
        """Whether the hit counted."""
        return self.retry_after <= 0


class Meter:
    """Allows `per_minute` hits a minute for each key, `burst` of them at once.

    Memory is bounded: keys whose budget is whole again are forgotten when there are many.

    Args:
        per_minute: The steady rate.
        burst: How many may come at once; as many as a minute allows if not said.
        clock: Monotonic seconds.
    """

    def __init__(
        self, per_minute: int, burst: int | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute, self._burst, self._clock = per_minute, burst or per_minute, clock
        self._gap = 60.0 / per_minute
        self._window = self._gap * self._burst
        self._due: dict[Hashable, float] = {}

    def hit(self, key: Hashable) -> Budget:
        """Count one hit if the key's budget allows it, and say what is left."""
        now = self._clock()
        due = max(self._due.get(key, now), now) + self._gap
        if due - now > self._window + 1e-9:
            return self._budget(due - self._gap - now, due - now - self._window)
        if key not in self._due and len(self._due) >= _KEYS_KEPT:
            self._forget(now)
        self._due[key] = due
        return self._budget(due - now, 0.0)

    def peek(self, key: Hashable) -> Budget:
        """What a hit would find, without counting one."""
        now = self._clock()
        used = max(self._due.get(key, now), now) - now
        return self._budget(used, max(0.0, used + self._gap - self._window - 1e-9))

    def clear(self, key: Hashable) -> None:
        """Give the key its whole budget back."""
        self._due.pop(key, None)

    def _budget(self, used: float, retry_after: float) -> Budget:
        left = max(0, math.floor((self._window - used) / self._gap + 1e-6))
        return Budget(self._burst, left, used, retry_after)

    def _forget(self, now: float) -> None:
        self._due = {key: due for key, due in self._due.items() if due > now}
        if len(self._due) >= _KEYS_KEPT:
            oldest = sorted(self._due, key=self._due.__getitem__)[: _KEYS_KEPT // 10]
            for key in oldest:
                del self._due[key]
