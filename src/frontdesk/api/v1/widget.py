"""The widget's part of the API: what an inbox shows of itself, visits, and a visitor's own conversation.

A visitor sees their own thread in one inbox, and of it neither notes nor activities nor agents' ids.
"""

from typing import Annotated, Literal, Protocol, runtime_checkable
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, SecretStr, StrictInt
from starlette.requests import Request
from typing_extensions import TypedDict

from frontdesk.api.auth import Anonymous, VisitorScope, admit_token
from frontdesk.api.desk import Desk, DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.attachments import _BODY as UPLOAD_BODY
from frontdesk.api.v1.attachments import AttachmentRead, take_upload
from frontdesk.api.v1.fields import Body, Email, Line
from frontdesk.api.v1.messages import page_bounds, seq_of
from frontdesk.domain.errors import Forbidden, Malformed, NotFound, Unauthenticated
from frontdesk.domain.scope import Scope
from frontdesk.features.accounts import visitors
from frontdesk.features.attachments.uploads import note
from frontdesk.features.conversations import visits
from frontdesk.features.conversations.reads import VisitorMessage, VisitorPage
from frontdesk.features.conversations.views import for_visitor
from frontdesk.features.conversations.visits import Claim, VisitorMessageCreate
from frontdesk.features.inboxes.config import InboxUnusable
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.features.ingest.reading import desk_of
from frontdesk.store import inboxes, timeline
from frontdesk.store.tx import ReadTx, Tx

router = APIRouter(prefix="/v1/widget", tags=["widget"], route_class=DeskRoute)

PURPOSE = "visitor"
SeqQuery = Annotated[str | None, Query(max_length=512, description="A seq, or a cursor of a page before.")]


@runtime_checkable
class WidgetConfig(Protocol):
    """The settings of an inbox that a widget may speak with, whatever its channel."""

    accent: str | None
    allowed_origins: tuple[str, ...]
    identity_secret: SecretStr | None


class WidgetRead(BaseModel):
    """What the widget shows before anybody has written."""

    name: str
    greeting: dict[str, str] | None
    accent: str | None
    agents_online: int


class Visit(Body):
    """Who visits. `identifier` needs `hash`, its HMAC-SHA256 by the inbox's secret; the rest is hearsay."""

    identifier: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")] | None = (
        None
    )
    hash: Annotated[str, Field(max_length=256)] | None = None
    name: Line | None = None
    email: Email | None = None
    language: Annotated[str, Field(max_length=64)] | None = None
    token: Annotated[str, Field(max_length=256)] | None = None


class VisitorBrief(TypedDict):
    """The visitor, as they may know themselves."""

    id: UUID
    name: str | None
    verified: bool


class VisitRead(TypedDict):
    """A visit: the token is all that the widget needs from now on."""

    token: str
    visitor: VisitorBrief
    conversation_id: UUID | None


class Typing(Body):
    """Whether the visitor types."""

    state: Literal["on", "off"]


class Seen(Body):
    """Up to which seq the visitor has read."""

    seq: StrictInt = Field(ge=0, le=2**53)


@router.post("/messages", status_code=201)
async def write_message(
    body: VisitorMessageCreate, desk: DeskDep, scope: VisitorScope, once: OnceDep
) -> VisitorMessage:
    """Write to the desk; opens the conversation if there is none."""
    opened = await desk.inboxes.open(_inbox_id(scope))

    def change(tx: Tx) -> VisitorMessage:
        message_id = visits.write(tx, scope, desk_of(opened.row), body)
        message = desk.views.messages(tx, [timeline.get(tx, scope, message_id)])[0]
        return for_visitor(message, read_seq=0)

    return await once.write(change)


@router.get("/messages")
async def list_messages(
    desk: DeskDep,
    scope: VisitorScope,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    before: SeqQuery = None,
    after: SeqQuery = None,
) -> VisitorPage:
    """The visitor's conversation, a page in ascending order; the newest one if nothing is said."""
    if before is not None and after is not None:
        raise Malformed("Give either before or after.", field="before")
    earlier, later = _seq(desk, before, "before"), _seq(desk, after, "after")

    def query(tx: ReadTx) -> VisitorPage:
        row = visits.conversation_of(tx, scope.account_id, _inbox_id(scope), _contact_id(scope))
        if row is None:
            return {"items": [], "previous": None, "next": None}
        found = timeline.page(tx, row.id, before=earlier, after=later, limit=limit + 1, spoken_only=True)
        rows, previous, following = page_bounds(desk, PURPOSE, found, limit, forward=later is not None)
        items = [for_visitor(each, row.read_seq) for each in desk.views.messages(tx, rows)]
        newest = later is None and earlier is None
        return {"items": items, "previous": previous, "next": None if newest else following}

    return await desk.store.read(query)


@router.post("/attachments", status_code=201, openapi_extra=UPLOAD_BODY)
async def upload(
    request: Request,
    desk: DeskDep,
    scope: VisitorScope,
    once: OnceDep,
    filename: Annotated[str | None, Query(max_length=255)] = None,
) -> AttachmentRead:
    """Upload a file to send, as a form with the field `file` or as the bare body."""
    taken = await take_upload(request, desk, scope, once, filename)
    return await once.write(lambda tx: AttachmentRead.of(desk, note(tx, scope, taken)))


@router.post("/typing", status_code=204)
async def show_typing(body: Typing, desk: DeskDep, scope: VisitorScope) -> None:
    """Show the agents that the visitor types."""
    row = await desk.store.read(
        lambda tx: visits.conversation_of(tx, scope.account_id, _inbox_id(scope), _contact_id(scope))
    )
    if row is not None:
        await desk.hub.typing(scope, row.id, body.state)


@router.post("/seen", status_code=204)
async def mark_seen(body: Seen, desk: DeskDep, scope: VisitorScope) -> None:
    """The visitor has read up to here: what was sent so far becomes read."""
    await desk.store.write(lambda tx: visits.see(tx, scope, _inbox_id(scope), body.seq))


@router.get("/{public_key}", dependencies=[Anonymous])
async def show_inbox(public_key: str, request: Request, desk: DeskDep) -> WidgetRead:
    """What the widget shows before anybody has written."""
    opened, config = await _open(request, desk, public_key)
    return WidgetRead(
        name=opened.row.name,
        greeting=opened.row.greeting,
        accent=config.accent,
        agents_online=desk.hub.agents_online(opened.row.account_id),
    )


@router.post("/{public_key}/visitor", status_code=201, dependencies=[Anonymous])
async def begin_visit(public_key: str, body: Visit, request: Request, desk: DeskDep) -> VisitRead:
    """Begin or continue a visit. An identity without its valid hash is refused and changes nothing."""
    opened, config = await _open(request, desk, public_key)
    language = _language(body.language)
    claim = Claim(
        identifier=body.identifier, proof=body.hash, name=body.name, email=body.email, language=language
    )
    proven = visits.check_proof(claim, config.identity_secret)
    current = await _current(request, body.token, opened)

    def change(tx: Tx) -> VisitRead:
        row = opened.row
        found = visits.visit(tx, row, claim, current, proven=proven)
        token = visitors.issue(
            tx,
            account_id=row.account_id,
            inbox_id=row.id,
            contact_id=found.contact_id,
            verified=found.verified,
            language=language,
        )
        talk = visits.conversation_of(tx, row.account_id, row.id, found.contact_id)
        return {
            "token": token,
            "visitor": {"id": found.contact_id, "name": found.name, "verified": found.verified},
            "conversation_id": talk.id if talk is not None else None,
        }

    return await desk.store.write(change)


async def _open(request: Request, desk: Desk, public_key: str) -> tuple[OpenInbox, WidgetConfig]:
    """The inbox that a widget names, if it may be used from where the request comes.

    Raises:
        NotFound: There is none.
        Forbidden: Its owner did not allow this site.
    """
    row = None
    if len(public_key) <= 128 and "\0" not in public_key:
        row = await desk.store.read(lambda tx: inboxes.by_public_key(tx, public_key))
    if row is None:
        raise NotFound("There is no such inbox.")
    try:
        opened = await desk.inboxes.open(row.id)
    except InboxUnusable:
        raise NotFound("There is no such inbox.") from None
    config = opened.connection.config
    if not isinstance(config, WidgetConfig):
        raise NotFound("There is no such inbox.")
    origin = request.headers.get("origin")
    if config.allowed_origins and origin is not None and origin not in config.allowed_origins:
        raise Forbidden("The widget of this inbox may not be used on this site.")
    return opened, config


async def _current(request: Request, token: str | None, opened: OpenInbox) -> Scope | None:
    """Who the visitor's kept token says they are.

    Raises:
        Unauthenticated: The token is not one of this inbox (any more).
    """
    if token is None:
        return None
    admission = await admit_token(request, token)
    if admission.scope.contact_id is None or admission.scope.inbox_ids != frozenset({opened.row.id}):
        raise Unauthenticated("The token is not one of this inbox.")
    return admission.scope


def _language(given: str | None) -> str | None:
    """A browser's language, if it is one; a widget's visit never fails for it."""
    plain = (given or "").strip()
    return plain if 2 <= len(plain) <= 35 and plain.replace("-", "").isalnum() and plain.isascii() else None


def _seq(desk: Desk, given: str | None, field: str) -> int | None:
    if given is not None and given.isascii() and given.isdigit() and len(given) <= 15:
        return int(given)
    return seq_of(desk, PURPOSE, given, field)


def _inbox_id(scope: Scope) -> UUID:
    if not scope.inbox_ids:
        raise NotFound("There is no visitor here.")
    return next(iter(scope.inbox_ids))


def _contact_id(scope: Scope) -> UUID:
    if scope.contact_id is None:
        raise NotFound("There is no visitor here.")
    return scope.contact_id
