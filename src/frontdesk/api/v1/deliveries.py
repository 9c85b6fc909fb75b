"""What went wrong on its way: deliveries in trouble, dead letters, notices of providers, failed receipts."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.pages import LAST, Page, PageDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Shown
from frontdesk.domain.errors import Forbidden, NotFound
from frontdesk.domain.message import DeliveryStatus
from frontdesk.domain.scope import Permission, Scope
from frontdesk.store import attempts, dead_letters, deliveries, jobs, notices, receipts
from frontdesk.store.statement import Row
from frontdesk.store.tx import ReadTx, Tx

router = APIRouter(prefix="/v1", tags=["deliveries"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.DELIVERIES_READ))]
Manager = Annotated[Scope, Depends(Needs(Permission.DELIVERIES_MANAGE))]


class _Read(Shown):
    @classmethod
    def of(cls, row: Row) -> Self:
        """From the store's row."""
        return cls.model_validate({name: getattr(row, name) for name in cls.model_fields})


class DeliveryRead(_Read):
    """Where an outgoing message stands."""

    id: UUID
    inbox_id: UUID
    conversation_id: UUID
    message_id: UUID
    status: str
    source_id: str | None
    error_code: str | None
    error: str | None
    retryable: bool
    attempts: int
    pricing: dict[str, Any] | None
    version: int
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None


class AttemptRead(_Read):
    """One try of a delivery, with what went over the wire, redacted."""

    id: UUID
    number: int
    outcome: str | None
    error_code: str | None
    error: str | None
    request: dict[str, Any] | None
    response: dict[str, Any] | None
    started_at: datetime
    finished_at: datetime | None


class DeadLetterRead(_Read):
    """Work that will not be tried again unless somebody says so."""

    id: UUID
    queue: str
    key: UUID
    payload: dict[str, Any]
    attempts: int
    reason: str
    failed_at: datetime
    replayed_at: datetime | None


class ChannelNoticeRead(_Read):
    """What a provider says about our side, or an error of theirs that belongs to no message."""

    id: UUID
    inbox_id: UUID
    kind: str
    code: str | None
    title: str | None
    detail: dict[str, Any] | None
    created_at: datetime


class ReceiptRead(Shown):
    """A provider's request as it came."""

    id: UUID
    inbox_id: UUID
    method: str
    state: str
    reason: str | None
    events: int
    received_at: datetime
    body: str

    @classmethod
    def of(cls, row: Row) -> Self:
        """From the store's row."""
        names = ("id", "inbox_id", "method", "state", "reason", "events", "received_at")
        values = {name: getattr(row, name) for name in names}
        return cls.model_validate({**values, "body": bytes(row.body).decode("utf-8", "replace")})


@router.get("/deliveries")
async def list_deliveries(
    desk: DeskDep, scope: Reader, page: PageDep, status: Literal["failed", "unknown"] = "failed"
) -> Page[DeliveryRead]:
    """Deliveries in trouble, the newest first."""
    purpose, wanted = f"deliveries {status}", DeliveryStatus(status)
    before = page.after_id(purpose, LAST)
    rows = await desk.store.read(lambda tx: deliveries.in_trouble(tx, scope, wanted, before, page.limit + 1))
    return page.page(purpose, rows, DeliveryRead.of, _place)


@router.get("/deliveries/{delivery_id}/attempts")
async def list_attempts(delivery_id: UUID, desk: DeskDep, scope: Reader) -> list[AttemptRead]:
    """Every try of a delivery, in order."""

    def query(tx: ReadTx) -> list[Row]:
        deliveries.get(tx, scope, delivery_id)
        return attempts.of_delivery(tx, scope.account_id, delivery_id)

    return [AttemptRead.of(row) for row in await desk.store.read(query)]


@router.get("/dead-letters")
async def list_dead_letters(desk: DeskDep, scope: Reader, page: PageDep) -> Page[DeadLetterRead]:
    """Dead letters, the newest first."""
    _check_all_inboxes(scope)
    before = page.after_id("dead letters", LAST)
    rows = await desk.store.read(lambda tx: dead_letters.page(tx, scope.account_id, before, page.limit + 1))
    return page.page("dead letters", rows, DeadLetterRead.of, _place)


@router.post("/dead-letters/{letter_id}/replay")
async def replay_dead_letter(letter_id: UUID, scope: Manager, once: OnceDep) -> DeadLetterRead:
    """Try once more."""
    _check_all_inboxes(scope)

    def change(tx: Tx) -> DeadLetterRead:
        jobs.replay(tx, scope.account_id, letter_id)
        return DeadLetterRead.of(dead_letters.get(tx, scope.account_id, letter_id))

    return await once.write(change)


@router.get("/channel-notices")
async def list_channel_notices(desk: DeskDep, scope: Reader, page: PageDep) -> Page[ChannelNoticeRead]:
    """What providers said, the newest first."""
    before = page.after_id("notices", LAST)
    rows = await desk.store.read(lambda tx: notices.page(tx, scope, before, page.limit + 1))
    return page.page("notices", rows, ChannelNoticeRead.of, _place)


@router.get("/receipts")
async def list_receipts(
    desk: DeskDep, scope: Manager, page: PageDep, state: Literal["new", "done", "failed"] = "failed"
) -> Page[ReceiptRead]:
    """Requests of providers, the newest first."""
    purpose = f"receipts {state}"
    before = page.after_id(purpose, LAST)
    rows = await desk.store.read(lambda tx: receipts.page(tx, scope, state, before, page.limit + 1))
    return page.page(purpose, rows, ReceiptRead.of, _place)


@router.post("/receipts/{receipt_id}/replay")
async def replay_receipt(receipt_id: UUID, scope: Manager, once: OnceDep) -> ReceiptRead:
    """Read a provider's request once more; what it says is applied once all the same."""

    def change(tx: Tx) -> ReceiptRead:
        if not _sees(scope, receipts.get(tx, scope.account_id, receipt_id).inbox_id):
            raise NotFound("There is no such receipt.")
        receipts.replay(tx, scope.account_id, receipt_id)
        return ReceiptRead.of(receipts.get(tx, scope.account_id, receipt_id))

    return await once.write(change)


def _place(row: Row) -> list[str]:
    return [str(row.id)]


def _sees(scope: Scope, inbox_id: UUID) -> bool:
    return scope.inbox_ids is None or inbox_id in scope.inbox_ids


def _check_all_inboxes(scope: Scope) -> None:
    if scope.inbox_ids is not None:
        raise Forbidden("Dead letters are for those who see all inboxes.")
