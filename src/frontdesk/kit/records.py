"""Records: small values that are made by the million. No word of our trade.

A frozen dataclass sets each field through `object.__setattr__`, which is four times the price of making it.
Records are frozen for the type checker and plain at run time. Nobody changes one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, dataclass_transform, overload

T = TypeVar("T")


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True)
def record(cls: type[T] | None = None, /, *, kw_only: bool = False) -> type[T] | Callable[[type[T]], type[T]]:
    """Make a slotted, comparable, hashable dataclass that type checkers treat as frozen."""

    def made(kind: type[T]) -> type[T]:
        return dataclass(slots=True, kw_only=kw_only, unsafe_hash=True)(kind)

    return made if cls is None else made(cls)
