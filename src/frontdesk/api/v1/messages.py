"""Messages: the pages of a conversation, writing into it, and what may be done with one.

`POST /v1/conversations/{id}/messages` is the hottest endpoint of the desk and a lean route.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from frontdesk.api.auth import Needs
from frontdesk.api.desk import Desk, DeskDep
from frontdesk.api.lean import LeanRoute
from frontdesk.api.once import OnceDep
from frontdesk.api.pages import LAST, Page, PageDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Body, Line
from frontdesk.domain.content import Content
from frontdesk.domain.errors import Malformed
from frontdesk.domain.message import LONGEST_HOLD_SECONDS
from frontdesk.domain.scope import Permission, Scope
from frontdesk.features.conversations import batches, changes, routing
from frontdesk.features.conversations.reads import MessagePage, MessageRead
from frontdesk.features.conversations.sending import AuthorCreate, MessageCreate
from frontdesk.features.delivery import holding, retries
from frontdesk.kit.pages import CursorInvalid
from frontdesk.store import conversations, deliveries, message_changes, timeline
from frontdesk.store.tx import ReadTx, Row, Tx

router = APIRouter(prefix="/v1", tags=["messages"], route_class=DeskRoute)
lean = APIRouter(prefix="/v1", tags=["messages"], route_class=LeanRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.CONVERSATIONS_READ))]
Writer = Annotated[Scope, Depends(Needs(Permission.CONVERSATIONS_WRITE))]
Sending = Annotated[Scope, Depends(Needs(Permission.MESSAGES_SEND))]
Repairer = Annotated[Scope, Depends(Needs(Permission.MESSAGES_SEND))]
CursorQuery = Annotated[str | None, Query(max_length=512)]
PURPOSE = "messages"


class MessageItems(TypedDict):
    """Messages in order."""

    items: list[MessageRead]


class MessageBatch(Body):
    """Messages of one agent, sent in order, all or none."""

    agent_email: str = Field(min_length=3, max_length=254, description="Who writes.")
    messages: list[MessageCreate] = Field(min_length=1, max_length=50)


class MessageTo(Body):
    """A message to an address or a contact."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    to: Line = Field(
        description="A phone number with its country code, an e-mail address, `scheme:address`, or the id of "
        "a contact.",
        examples=["+34600000001", "nora@rill.example", "telegram:12345"],
    )
    name: Line | None = Field(default=None, description="Of a contact that is not known yet.")
    inbox_id: UUID | None = Field(default=None, description="From which inbox; chosen if not said.")
    from_: Line | None = Field(
        default=None, alias="from", description="From which address of ours, or inbox by its name."
    )
    content: Content
    author: AuthorCreate | None = None
    sent_by: str | None = Field(default=None, max_length=320)
    prefer_text: bool = Field(
        default=False, description="A template goes as plain text where free text may be sent now."
    )
    hold_seconds: int = Field(default=0, ge=0, le=LONGEST_HOLD_SECONDS)

    def route(self) -> routing.Wanted:
        """What the route is chosen by."""
        return routing.Wanted(self.to, self.name, self.inbox_id, self.from_)


class CannedSending(Body):
    """Values for the variables of a canned response."""

    variables: dict[str, str] = Field(default_factory=dict, max_length=100)
    sent_by: str | None = Field(default=None, max_length=320)


class DeliveryOfMessage(TypedDict):
    """Where a message stands with its provider."""

    id: UUID
    status: str
    source_id: str | None
    error_code: str | None
    error: str | None
    retryable: bool
    attempts: int
    pricing: dict[str, Any] | None
    version: int


class MessageVersion(TypedDict):
    """What a message said before it was changed."""

    version: int
    content: dict[str, Any]
    replaced_at: Any


@lean.post("/conversations/{conversation_id}/messages", status_code=201)
async def send_message(
    conversation_id: UUID, body: MessageCreate, desk: DeskDep, scope: Sending, once: OnceDep
) -> MessageRead:
    """Send a message, or keep a note. 201 means that it is durable and will be delivered."""
    return await desk.sender.send(scope, conversation_id, body, once.key)


@lean.get("/conversations/{conversation_id}/messages")
async def list_messages(  # noqa: PLR0917 - each is a parameter of the address
    conversation_id: UUID,
    desk: DeskDep,
    scope: Reader,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    before: CursorQuery = None,
    after: CursorQuery = None,
) -> MessagePage:
    """A page in ascending order of seq; the newest one if no cursor is given."""
    if before is not None and after is not None:
        raise Malformed("Give either before or after.", field="before")
    earlier = seq_of(desk, PURPOSE, before, "before")
    later = seq_of(desk, PURPOSE, after, "after")

    def query(tx: ReadTx) -> MessagePage:
        conversations.visible(scope, conversations.place(tx, scope.account_id, conversation_id))
        found = timeline.page(tx, conversation_id, before=earlier, after=later, limit=limit + 1)
        rows, previous, following = page_bounds(desk, PURPOSE, found, limit, forward=later is not None)
        if later is None and earlier is None:
            following = None
        return {"items": desk.views.messages(tx, rows), "previous": previous, "next": following}

    return await desk.store.read(query)


@router.post("/messages", status_code=201)
async def send_to(body: MessageTo, desk: DeskDep, scope: Sending, once: OnceDep) -> MessageRead:
    """Send to an address: the inbox is chosen by what the address is, the conversation found or started."""

    def change(tx: Tx) -> MessageRead:
        conversation_id = routing.open_route(tx, scope, desk.channels, body.route())
        create = MessageCreate(
            content=body.content,
            author=body.author,
            sent_by=body.sent_by,
            prefer_text=body.prefer_text,
            hold_seconds=body.hold_seconds,
        )
        return batches.send_all(tx, desk.sender, desk.views, scope, conversation_id, [create])[0]

    return await once.write(change)


@router.post("/conversations/{conversation_id}/messages/batch", status_code=201)
async def send_batch(
    conversation_id: UUID, body: MessageBatch, desk: DeskDep, scope: Sending, once: OnceDep
) -> MessageItems:
    """Send up to fifty messages of one agent, in order, all or none."""
    creates = [each.model_copy(update={"sent_by": body.agent_email}) for each in body.messages]

    def change(tx: Tx) -> MessageItems:
        sent = batches.send_all(tx, desk.sender, desk.views, scope, conversation_id, creates)
        return {"items": sent}

    return await once.write(change)


@router.post("/conversations/{conversation_id}/canned-responses/{response_id}", status_code=201)
async def send_canned_response(  # noqa: PLR0917
    conversation_id: UUID,
    response_id: UUID,
    body: CannedSending,
    desk: DeskDep,
    scope: Sending,
    once: OnceDep,
) -> MessageItems:
    """Send a canned response with its variables filled in, in order, all or none."""

    def change(tx: Tx) -> MessageItems:
        creates = batches.canned(tx, scope, response_id, body.variables, body.sent_by)
        sent = batches.send_all(tx, desk.sender, desk.views, scope, conversation_id, creates)
        return {"items": sent}

    return await once.write(change)


@router.get("/messages")
async def list_starred(
    desk: DeskDep,
    scope: Reader,
    page: PageDep,
    starred: Annotated[Literal["true"], Query(description="Only these can be listed.")] = "true",  # noqa: ARG001
) -> Page[MessageRead]:
    """Starred messages, the newest first."""
    before = page.after_id("starred", LAST)

    def query(tx: ReadTx) -> list[MessageRead]:
        return desk.views.messages(tx, timeline.starred(tx, scope, before, page.limit + 1))

    found = await desk.store.read(query)
    return page.page("starred", found, lambda each: each, lambda each: [str(each["id"])])


@router.get("/messages/{message_id}")
async def get_message(message_id: UUID, desk: DeskDep, scope: Reader) -> MessageRead:
    """One message."""
    return await desk.store.read(lambda tx: _read(desk, tx, scope, message_id))


@router.put("/messages/{message_id}/star")
async def star(message_id: UUID, desk: DeskDep, scope: Writer, once: OnceDep) -> MessageRead:
    """Set the star."""

    def change(tx: Tx) -> MessageRead:
        changes.star(tx, scope, message_id, starred=True)
        return _read(desk, tx, scope, message_id)

    return await once.write(change)


@router.delete("/messages/{message_id}/star")
async def take_star(message_id: UUID, desk: DeskDep, scope: Writer, once: OnceDep) -> MessageRead:
    """Take the star away."""

    def change(tx: Tx) -> MessageRead:
        changes.star(tx, scope, message_id, starred=False)
        return _read(desk, tx, scope, message_id)

    return await once.write(change)


@router.get("/messages/{message_id}/deliveries")
async def list_deliveries(message_id: UUID, desk: DeskDep, scope: Reader) -> list[DeliveryOfMessage]:
    """Where a message stands with its provider."""

    def query(tx: ReadTx) -> list[DeliveryOfMessage]:
        timeline.place(tx, scope, message_id)
        return [_delivery(row) for row in deliveries.of_message(tx, scope.account_id, message_id)]

    return await desk.store.read(query)


@router.post("/messages/{message_id}/retry")
async def retry(message_id: UUID, desk: DeskDep, scope: Repairer, once: OnceDep) -> MessageRead:
    """Send a message again that failed or whose outcome is unknown (the customer may then have two)."""

    def change(tx: Tx) -> MessageRead:
        retries.retry(tx, scope, message_id)
        return _read(desk, tx, scope, message_id)

    return await once.write(change)


@router.post("/messages/{message_id}/cancel")
async def cancel(message_id: UUID, desk: DeskDep, scope: Repairer, once: OnceDep) -> MessageRead:
    """Take back a message that was sent with `hold_seconds` and has not left; 409 once it is on its way."""

    def change(tx: Tx) -> MessageRead:
        holding.cancel(tx, scope, message_id)
        return _read(desk, tx, scope, message_id)

    return await once.write(change)


@router.get("/messages/{message_id}/versions")
async def list_versions(message_id: UUID, desk: DeskDep, scope: Reader) -> list[MessageVersion]:
    """What a message said before it was edited or taken back, the oldest first."""

    def query(tx: ReadTx) -> list[MessageVersion]:
        timeline.place(tx, scope, message_id)
        return [
            {
                "version": row.version,
                "content": desk.views.stored(row.content),
                "replaced_at": row.replaced_at,
            }
            for row in message_changes.versions(tx, scope.account_id, message_id)
        ]

    return await desk.store.read(query)


def seq_of(desk: Desk, purpose: str, cursor: str | None, field: str) -> int | None:
    """The seq that a cursor carries.

    Raises:
        Malformed: It is not one of this list.
    """
    if cursor is None:
        return None
    try:
        return int(desk.cursors.decode(purpose, cursor, 1)[0])
    except CursorInvalid:
        raise Malformed(
            "The cursor is not valid for this list.", field=field, hint="Start again without a cursor."
        ) from None


def page_bounds(
    desk: Desk, purpose: str, rows: Sequence[Row], limit: int, *, forward: bool
) -> tuple[Sequence[Row], str | None, str | None]:
    """Of `limit + 1` rows in ascending order, those of the page, and the cursors before and after them."""
    more = len(rows) > limit
    shown = rows[:limit] if forward else rows[-limit:]
    if not shown:
        return shown, None, None
    first, last = (desk.cursors.encode(purpose, [row.seq]) for row in (shown[0], shown[-1]))
    has_earlier = shown[0].seq > 1 if forward else more
    has_later = more if forward else True
    return shown, first if has_earlier else None, last if has_later else None


def _read(desk: Desk, tx: ReadTx, scope: Scope, message_id: UUID) -> MessageRead:
    return desk.views.messages(tx, [timeline.get(tx, scope, message_id)])[0]


def _delivery(row: Row) -> DeliveryOfMessage:
    return {
        "id": row.id,
        "status": row.status,
        "source_id": row.source_id,
        "error_code": row.error_code,
        "error": row.error,
        "retryable": bool(row.retryable),
        "attempts": row.attempts,
        "pricing": row.pricing,
        "version": row.version,
    }
