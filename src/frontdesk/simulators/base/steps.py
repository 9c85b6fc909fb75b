"""Timed steps: what happens a while later, in the task group of the running simulator."""

import asyncio
from collections.abc import Callable


class Steps:
    """Does steps after a delay; before it is started, and without a delay, at once."""

    def __init__(self) -> None:
        self._tasks: asyncio.TaskGroup | None = None

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Begin, with tasks of this group. A step that fails ends the group with its error."""
        self._tasks = tasks

    def later(self, delay: float, step: Callable[[], None]) -> None:
        """Do a step after so many seconds."""
        if delay <= 0 or self._tasks is None:
            step()
            return

        async def wait() -> None:
            await asyncio.sleep(delay)
            step()

        self._tasks.create_task(wait())
