"""Starting a coroutine without a task: most sends are done at their first step. No word of our trade."""

from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from types import coroutine
from typing import Any


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A coroutine that was begun and waits for `waits_for`. It must be finished, by `finish`, in a task."""

    work: Coroutine[Any, Any, Any]
    waits_for: Any


def begin(work: Coroutine[Any, Any, Any]) -> Unfinished | None:
    """Run a coroutine to its first real wait; None if it ended before. What it raises is raised here."""
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    return Unfinished(work, waits_for)


@coroutine
def finish(begun: Unfinished) -> Generator[Any, Any, None]:
    """Await the rest of a begun coroutine."""
    work, waits_for = begun.work, begun.waits_for
    try:
        while True:
            try:
                answer = yield waits_for
            except BaseException as error:  # noqa: BLE001 - handed on to whom it was meant for
                waits_for = work.throw(error)
            else:
                waits_for = work.send(answer)
    except StopIteration:
        return
