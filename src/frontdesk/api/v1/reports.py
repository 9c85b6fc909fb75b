"""Reports: what providers charge."""

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
from frontdesk.store import accounts, costs
from frontdesk.store.statement import Row
from frontdesk.store.tx import ReadTx

router = APIRouter(prefix="/v1", tags=["reports"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.REPORTS_READ))]
_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 12, 31)


class CostRead(Shown):
    """How many messages of a category, billed or not."""

    inbox_id: UUID
    category: str | None
    billable: bool | None
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
