"""Conversations: the lists, one of them, what agents do with it, and starting one."""

from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field, StrictInt, model_validator
from typing_extensions import TypedDict

from frontdesk.api.auth import Needs
from frontdesk.api.desk import Desk, DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.pages import Page, PageDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Body, Instant, Language, Line, SchemeName
from frontdesk.domain.conversation import Resolution
from frontdesk.domain.errors import Invalid
from frontdesk.domain.inbound import Party
from frontdesk.domain.scope import Permission, Scope
from frontdesk.domain.spelling import normal
from frontdesk.features.conversations import authors, changes
from frontdesk.features.conversations.permits import CanSendRead, explain
from frontdesk.features.conversations.places import standing_of
from frontdesk.features.conversations.prices import price_of
from frontdesk.features.conversations.reads import ConversationRead, MessageRead
from frontdesk.features.conversations.sending import AuthorCreate
from frontdesk.features.conversations.starting import Invitation, start
from frontdesk.store import conversation_lists, conversations, templates, timeline
from frontdesk.store.conversation_lists import Filter
from frontdesk.store.tx import ReadTx, Tx

router = APIRouter(prefix="/v1", tags=["conversations"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.CONVERSATIONS_READ))]
Writer = Annotated[Scope, Depends(Needs(Permission.CONVERSATIONS_WRITE))]
_LIST = "conversations"


class Counts(TypedDict):
    """How many conversations there are; `mine`, `unassigned` and `unread` count open ones."""

    open: int
    mine: int
    unassigned: int
    pending: int
    snoozed: int
    resolved: int
    unread: int


class ConversationStarted(ConversationRead):
    """A conversation with its messages so far, the greeting first."""

    messages: list[MessageRead]


class AddressGiven(Body):
    """One address of a contact."""

    scheme: SchemeName = Field(examples=["phone"])
    address: Line


class ContactGiven(Body):
    """Who the conversation is with; found by the addresses, the strongest first, or made."""

    name: Line | None = None
    language: Language | None = None
    addresses: list[AddressGiven] = Field(min_length=1, max_length=10)


class ConversationCreate(Body):
    """A conversation to start; `contact` or `contact_id`."""

    inbox_id: UUID
    contact: ContactGiven | None = None
    contact_id: UUID | None = None
    author: AuthorCreate | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "ConversationCreate":
        if (self.contact is None) == (self.contact_id is None):
            msg = "give either contact or contact_id"
            raise ValueError(msg)
        return self


class Assignment(Body):
    """To whom: an agent's id, "me", or null for nobody."""

    assignee_id: UUID | Literal["me"] | None


class Resolving(Body):
    """How the episode ended."""

    resolution: Resolution = Resolution.RESOLVED


class Snoozing(Body):
    """Until when."""

    until: Instant


class Reading(Body):
    """Up to which seq; everything if not said."""

    seq: StrictInt | None = Field(default=None, ge=0, le=2**53)


class Typing(Body):
    """Whether somebody types."""

    state: Literal["on", "off"]


@router.get("/conversations")
async def list_conversations(  # noqa: PLR0917 - each is a filter of the address
    desk: DeskDep,
    scope: Reader,
    page: PageDep,
    status: Literal["open", "pending", "snoozed", "resolved", "all"] = "open",
    assignee: Annotated[UUID | Literal["me", "none"] | None, Query()] = None,
    inbox_id: UUID | None = None,
    contact_id: UUID | None = None,
    thread_id: UUID | None = None,
    participants_id: UUID | None = None,
    unread: Literal["true"] | None = None,
    sort: Literal["newest", "oldest"] = "newest",
) -> Page[ConversationRead]:
    """Conversations, by their last message."""
    purpose = f"{_LIST}:{status}:{sort}"
    place = page.position(purpose, 2)
    wanted = Filter(
        status=status,
        assignee=_me(scope) if assignee == "me" else assignee,
        inbox_id=inbox_id,
        contact_id=contact_id,
        thread_id=thread_id,
        participants_id=participants_id,
        unread=unread is not None,
        oldest_first=sort == "oldest",
        after=None if place is None else (datetime.fromisoformat(str(place[0])), UUID(str(place[1]))),
        limit=page.limit + 1,
    )

    def query(tx: ReadTx) -> tuple[list[Any], datetime]:
        return conversation_lists.page(tx, scope, wanted), tx.now

    rows, now = await desk.store.read(query)
    return page.page(
        purpose,
        rows,
        lambda row: desk.views.conversation(row, now),
        lambda row: [conversation_lists.instant_of(row, status).isoformat(), str(row.id)],
    )


@router.get("/conversations/counts")
async def count_conversations(desk: DeskDep, scope: Reader) -> Counts:
    """How many conversations each view has."""
    found = await desk.store.read(lambda tx: conversation_lists.counts(tx, scope))
    return cast("Counts", found)


@router.post("/conversations", status_code=201)
async def start_conversation(
    body: ConversationCreate, desk: DeskDep, scope: Writer, once: OnceDep
) -> ConversationStarted:
    """Start a conversation, or find the open one of the same thread. The greeting comes first."""
    author = authors.author_of(scope, body.author.type) if body.author else None
    party = None
    if body.contact is not None:
        addresses = tuple(
            normal(each.scheme, each.address, field=f"contact.addresses.{n}.address")
            for n, each in enumerate(body.contact.addresses)
        )
        party = Party(addresses, body.contact.name)
    language = body.contact.language if body.contact else None
    invitation = Invitation(body.contact_id, party, language)

    def change(tx: Tx) -> ConversationStarted:
        found = start(tx, scope, desk.channels, body.inbox_id, invitation, author=author)
        messages = desk.views.messages(tx, timeline.page(tx, found, limit=50))
        return ConversationStarted(**_read(desk, tx, scope, found), messages=messages)

    return await once.write(change)


@router.get("/conversations/{conversation_id}")
async def get_conversation(conversation_id: UUID, desk: DeskDep, scope: Reader) -> ConversationRead:
    """One conversation."""
    return await desk.store.read(lambda tx: _read(desk, tx, scope, conversation_id))


@router.get("/conversations/{conversation_id}/can-send")
async def can_send(conversation_id: UUID, desk: DeskDep, scope: Reader) -> CanSendRead:
    """Whether a message may be sent now and what it may be; if not, why not and what helps."""

    def query(tx: ReadTx) -> CanSendRead:
        row = conversations.get(tx, scope, conversation_id)
        place = conversations.place(tx, scope.account_id, conversation_id)
        known = [] if place is None else templates.of_inbox(tx, scope.account_id, place.inbox_id)
        channel = desk.channels.get(row.channel)
        if place is None:
            return explain(row, None, channel, tx.now, known)
        price = price_of(tx, place, channel, known)
        return explain(row, place, channel, tx.now, known, standing_of(tx, place, channel), price)

    return await desk.store.read(query)


@router.post("/conversations/{conversation_id}/assign")
async def assign(
    conversation_id: UUID, body: Assignment, desk: DeskDep, scope: Writer, once: OnceDep
) -> ConversationRead:
    """Give it to an agent. "me" takes it only while nobody else has it; an id takes it over."""

    def change(tx: Tx) -> ConversationRead:
        changes.assign(tx, scope, conversation_id, body.assignee_id)
        return _read(desk, tx, scope, conversation_id)

    return await once.write(change)


@router.post("/conversations/{conversation_id}/resolve")
async def resolve(
    conversation_id: UUID, body: Resolving, desk: DeskDep, scope: Writer, once: OnceDep
) -> ConversationRead:
    """End the episode."""

    def change(tx: Tx) -> ConversationRead:
        changes.resolve(tx, scope, conversation_id, body.resolution)
        return _read(desk, tx, scope, conversation_id)

    return await once.write(change)


@router.post("/conversations/{conversation_id}/reopen")
async def reopen(conversation_id: UUID, desk: DeskDep, scope: Writer, once: OnceDep) -> ConversationRead:
    """Make it open again. 409 when the thread has a later open conversation."""

    def change(tx: Tx) -> ConversationRead:
        changes.reopen(tx, scope, conversation_id)
        return _read(desk, tx, scope, conversation_id)

    return await once.write(change)


@router.post("/conversations/{conversation_id}/snooze")
async def snooze(
    conversation_id: UUID, body: Snoozing, desk: DeskDep, scope: Writer, once: OnceDep
) -> ConversationRead:
    """Put it aside until an instant, or until the customer writes."""

    def change(tx: Tx) -> ConversationRead:
        changes.snooze(tx, scope, conversation_id, body.until)
        return _read(desk, tx, scope, conversation_id)

    return await once.write(change)


@router.post("/conversations/{conversation_id}/pending")
async def put_on_pending(
    conversation_id: UUID, desk: DeskDep, scope: Writer, once: OnceDep
) -> ConversationRead:
    """Wait for somebody else."""

    def change(tx: Tx) -> ConversationRead:
        changes.put_on_pending(tx, scope, conversation_id)
        return _read(desk, tx, scope, conversation_id)

    return await once.write(change)


@router.post("/conversations/{conversation_id}/read")
async def mark_read(
    conversation_id: UUID, body: Reading, desk: DeskDep, scope: Writer, once: OnceDep
) -> ConversationRead:
    """Note up to where it was read; the provider is told where it takes read marks."""
    place = await desk.places.get(scope, conversation_id)
    channel = desk.channels.get(place.channel)
    tell = channel is not None and channel.capabilities.receipts

    def change(tx: Tx) -> ConversationRead:
        changes.mark_read(tx, scope, conversation_id, body.seq, tell_provider=tell)
        return _read(desk, tx, scope, conversation_id)

    return await once.write(change)


@router.post("/conversations/{conversation_id}/typing", status_code=204)
async def show_typing(conversation_id: UUID, body: Typing, desk: DeskDep, scope: Writer) -> None:
    """Show the others, and a visitor of the widget, that somebody types."""
    await desk.hub.typing(scope, conversation_id, body.state)


def _me(scope: Scope) -> UUID:
    if scope.user_id is None:
        raise Invalid("This token is nobody's, so there is no “me”.", field="assignee")
    return scope.user_id


def _read(desk: Desk, tx: ReadTx, scope: Scope, conversation_id: UUID) -> ConversationRead:
    return desk.views.conversation(conversations.get(tx, scope, conversation_id), tx.now)
