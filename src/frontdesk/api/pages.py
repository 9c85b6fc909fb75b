"""Pages of lists: `?limit=&cursor=` in, `{items, next_cursor}` out. Cursors are opaque and checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from frontdesk.api.desk import Desk, DeskDep
from frontdesk.domain.errors import Malformed
from frontdesk.kit.pages import CursorInvalid

T = TypeVar("T")
R = TypeVar("R")

FIRST = UUID(int=0)
LAST = UUID(int=2**128 - 1)


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    model_config = ConfigDict(defer_build=True)

    items: list[T]
    next_cursor: str | None = Field(
        default=None, description="Ask for the next page with it; null at the end."
    )


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list the caller wants. Fetch `limit + 1` rows to know whether there is more."""

    desk: Desk
    limit: int
    cursor: str | None

    def position(self, purpose: str, count: int = 1) -> list[str | int] | None:
        """The values that the cursor carries; None on the first page.

        Raises:
            Malformed: The cursor is not one of this list.
        """
        if self.cursor is None:
            return None
        try:
            return self.desk.cursors.decode(purpose, self.cursor, count)
        except CursorInvalid:
            raise Malformed(
                "The cursor is not valid for this list.", field="cursor", hint="Start again without a cursor."
            ) from None

    def after_id(self, purpose: str, start: UUID = FIRST) -> UUID:
        """The id after which the page starts, for lists in order of ids."""
        position = self.position(purpose)
        return start if position is None else UUID(str(position[0]))

    def page(
        self,
        purpose: str,
        rows: Sequence[R],
        read: Callable[[R], T],
        place: Callable[[R], Sequence[str | int]],
    ) -> Page[T]:
        """The page of these rows, at most `limit + 1` of them; `place` says where a row stands."""
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        cursor = self.desk.cursors.encode(purpose, place(shown[-1])) if more else None
        return Page(items=[read(row) for row in shown], next_cursor=cursor)


async def page_of(
    desk: DeskDep,
    limit: Annotated[int, Query(ge=1, le=100, description="How many.")] = 50,
    cursor: Annotated[str | None, Query(max_length=1024, description="From the page before.")] = None,
) -> PageRequest:
    """The page that the query asks for."""
    return PageRequest(desk, limit, cursor)


PageDep = Annotated[PageRequest, Depends(page_of)]
