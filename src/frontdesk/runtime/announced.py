"""What other packages announce by entry points: looked up once, for it reads a file of every package."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points


@cache
def announced(group: str) -> tuple[EntryPoint, ...]:
    """The entry points of a group."""
    return tuple(entry_points(group=group))
