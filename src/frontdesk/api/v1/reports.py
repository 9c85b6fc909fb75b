"""Reports: what providers charge, and what was saved."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Shown
from frontdesk.domain.errors import Invalid
from frontdesk.domain.scope import Permission, Scope
from frontdesk.store import accounts, costs, savings
from frontdesk.store.statement import Row
from frontdesk.store.tx import ReadTx

router = APIRouter(prefix="/v1", tags=["reports"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.REPORTS_READ))]
_MOST_DAYS = 366
_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 12, 31)


class CostRead(Shown):
    """How many messages of a category, billed or not."""

    inbox_id: UUID
    category: str | None
    billable: bool | None
    count: int


class SavedRead(Shown):
    """How many templates went as text on a day of the account's zone, since free text was allowed."""

    day: date
    inbox_id: UUID
    name: str
    language: str
    category: str | None
    count: int


@router.get("/reports/costs")
async def read_costs(
    desk: DeskDep,
    scope: Reader,
    since: Annotated[date, Query(alias="from", description="First day, in the account's zone.")] = _EARLIEST,
    until: Annotated[date, Query(alias="to", description="Last day, included.")] = _LATEST,
) -> list[CostRead]:
    """Messages that have a price, by inbox, category and whether they are billed."""
    if not _EARLIEST <= since <= until <= _LATEST:
        raise Invalid("Must not be after `to`, and both between 2000 and 2999.", field="from")

    def query(tx: ReadTx) -> list[Row]:
        zone = ZoneInfo(accounts.get(tx, scope).time_zone)
        start = datetime.combine(since, time(), zone)
        end = datetime.combine(until + timedelta(days=1), time(), zone)
        return costs.counts(tx, scope, start, end)

    return [
        CostRead(
            inbox_id=row.inbox_id,
            category=row.category,
            billable=None if row.billable is None else row.billable in {"true", "1", 1},
            count=row.n,
        )
        for row in await desk.store.read(query)
    ]


@router.get("/reports/saved-templates")
async def read_saved_templates(
    desk: DeskDep,
    scope: Reader,
    since: Annotated[
        date | None, Query(alias="from", description="First day, in the account's zone; 30 before the last.")
    ] = None,
    until: Annotated[
        date | None, Query(alias="to", description="Last day, included; today. At most 366 in all.")
    ] = None,
) -> list[SavedRead]:
    """Templates that went as text instead (`prefer_text`), by day, inbox and template."""

    def query(tx: ReadTx) -> list[SavedRead]:
        zone = ZoneInfo(accounts.get(tx, scope).time_zone)
        found: list[SavedRead] = []
        for day in _days(since, until or tx.now.astimezone(zone).date()):
            start = datetime.combine(day, time(), zone)
            end = datetime.combine(day + timedelta(days=1), time(), zone)
            found += [_saved(day, row) for row in savings.counts(tx, scope, start, end)]
        return found

    return await desk.store.read(query)


def _days(since: date | None, until: date) -> list[date]:
    if not _EARLIEST + timedelta(days=30) <= until <= _LATEST:
        raise Invalid("Must be between 2000 and 2999.", field="to")
    first = since or until - timedelta(days=30)
    if not _EARLIEST <= first <= until or (until - first).days >= _MOST_DAYS:
        hint = f"At most {_MOST_DAYS} days, between 2000 and 2999."
        raise Invalid("Must not be after `to`, nor too long before it.", field="from", hint=hint)
    return [first + timedelta(days=n) for n in range((until - first).days + 1)]


def _saved(day: date, row: Row) -> SavedRead:
    return SavedRead(
        day=day,
        inbox_id=row.inbox_id,
        name=row.name,
        language=row.language,
        category=row.category,
        count=row.n,
    )
