"""Contacts: the people who write."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field, StringConstraints

from frontdesk.api.auth import Needs
from frontdesk.api.desk import Desk, DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.pages import LAST, Page, PageDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Body, Language, Line, SchemeName, Shown
from frontdesk.domain.country import Country
from frontdesk.domain.inbound import Address
from frontdesk.domain.scope import Permission, Scope
from frontdesk.domain.spelling import normal
from frontdesk.features.contacts import addresses
from frontdesk.features.conversations.reads import MessageRead
from frontdesk.store import contacts, origins, timeline
from frontdesk.store.statement import Row
from frontdesk.store.tx import ReadTx, Tx

router = APIRouter(prefix="/v1", tags=["contacts"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.CONTACTS_READ))]
Listener = Annotated[Scope, Depends(Needs(Permission.CONVERSATIONS_READ))]
Writer = Annotated[Scope, Depends(Needs(Permission.CONTACTS_WRITE))]

AttributeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
AttributeText = Annotated[str, StringConstraints(max_length=1024, pattern=r"^[^\x00]*$")]
Attributes = Annotated[dict[AttributeName, bool | int | float | AttributeText | None], Field(max_length=100)]


class ContactUpdate(Body):
    """What to change. An attribute of null is removed; those left out stay."""

    name: Line | None = None
    language: Language | None = None
    country: Country | None = Field(default=None, description="ISO 3166-1, two letters.")
    attributes: Attributes | None = None


class IdentityCreate(Body):
    """An address to give to a contact.

    With `verified` the caller vouches for it: whoever writes by it is this contact. Without, it gives way to
    whoever proves it.
    """

    scheme: SchemeName = Field(examples=["phone"])
    address: Line = Field(examples=["+54 9 11 2345-6789"])
    verified: bool = False


class IdentityRead(Shown):
    """One address of a contact."""

    scheme: str
    address: str
    verified: bool


class ContactRead(Shown):
    """A contact."""

    id: UUID
    name: str | None
    avatar_url: str | None
    language: str | None
    country: str | None
    attributes: dict[str, Any]
    verified: bool
    first_touch: dict[str, Any] | None
    identities: list[IdentityRead]
    version: int
    created_at: datetime
    last_seen_at: datetime | None = Field(description="When they wrote last, by what the caller may see.")
    merged_into: UUID | None = Field(description="The contact who stands for this one since a merge.")

    @classmethod
    def read(cls, tx: ReadTx, desk: Desk, scope: Scope, contact_id: UUID) -> Self:
        """From the store.

        Raises:
            NotFound: There is none, or not for this caller.
        """
        [contact] = cls.many(tx, desk, scope, [contacts.get(tx, scope, contact_id)])
        into = origins.merged_into(tx, scope.account_id, contact_id)
        return contact.model_copy(update={"merged_into": into})

    @classmethod
    def many(cls, tx: ReadTx, desk: Desk, scope: Scope, rows: list[Row]) -> list[Self]:
        """From the store's rows, of contacts who were not merged into others."""
        ids = [row.id for row in rows]
        addresses, heard = contacts.identities(tx, scope, ids), contacts.last_heard(tx, scope, ids)
        return [cls._of(desk, row, addresses[row.id], heard.get(row.id)) for row in rows]

    @classmethod
    def _of(cls, desk: Desk, row: Row, identities: list[Row], heard: datetime | None) -> Self:
        return cls(
            id=row.id,
            name=row.name,
            avatar_url=desk.links.link(row.account_id, row.avatar_id) if row.avatar_id else None,
            language=row.language,
            country=row.country,
            attributes=row.attributes or {},
            verified=row.verified,
            first_touch=row.first_touch,
            identities=[
                IdentityRead(scheme=each.scheme, address=each.address, verified=each.verified)
                for each in identities
            ],
            version=row.version,
            created_at=row.created_at,
            last_seen_at=heard,
            merged_into=None,
        )


class SourceInbox(Shown):
    """The inbox of a source."""

    id: UUID
    name: str
    channel: str


class SourceRead(Shown):
    """A line of talk: where and by which address the contact writes."""

    thread_id: UUID
    inbox: SourceInbox
    scheme: str
    address: str
    created_at: datetime


@router.get("/contacts")
async def list_contacts(
    desk: DeskDep,
    scope: Reader,
    page: PageDep,
    q: Annotated[str | None, Query(max_length=200, description="In names and addresses.")] = None,
) -> Page[ContactRead]:
    """Contacts, the newest first."""
    before = page.after_id("contacts", LAST)

    def query(tx: ReadTx) -> list[ContactRead]:
        return ContactRead.many(tx, desk, scope, contacts.page(tx, scope, q, before, page.limit + 1))

    found = await desk.store.read(query)
    return page.page("contacts", found, lambda each: each, lambda each: [str(each.id)])


@router.get("/contacts/{contact_id}")
async def read_contact(contact_id: UUID, desk: DeskDep, scope: Reader) -> ContactRead:
    """One contact."""
    return await desk.store.read(lambda tx: ContactRead.read(tx, desk, scope, contact_id))


@router.patch("/contacts/{contact_id}")
async def update_contact(
    contact_id: UUID, body: ContactUpdate, desk: DeskDep, scope: Writer, once: OnceDep
) -> ContactRead:
    """Change a contact."""
    given = body.model_dump(exclude_unset=True)

    def change(tx: Tx) -> ContactRead:
        values = dict(given)
        if "attributes" in values:
            old = contacts.get(tx, scope, contact_id).attributes or {}
            merged = {**old, **(values["attributes"] or {})}
            values["attributes"] = {name: value for name, value in merged.items() if value is not None}
        contacts.change(tx, scope, contact_id, values)
        return ContactRead.read(tx, desk, scope, contact_id)

    return await once.write(change)


@router.get("/contacts/{contact_id}/sources")
async def list_sources(contact_id: UUID, desk: DeskDep, scope: Reader) -> list[SourceRead]:
    """Where the contact writes."""
    rows = await desk.store.read(lambda tx: contacts.sources(tx, scope, contact_id))
    return [
        SourceRead(
            thread_id=row.id,
            inbox=SourceInbox(id=row.inbox_id, name=row.inbox_name, channel=row.channel),
            scheme=row.scheme,
            address=row.address,
            created_at=row.created_at,
        )
        for row in rows
    ]


@router.post("/contacts/{contact_id}/identities", status_code=201)
async def add_identity(
    contact_id: UUID, body: IdentityCreate, desk: DeskDep, scope: Writer, once: OnceDep
) -> ContactRead:
    """Give a contact one more address. However a phone number is written, it is one address."""
    address = normal(body.scheme, body.address)

    def change(tx: Tx) -> ContactRead:
        addresses.add(tx, scope, contact_id, address, verified=body.verified)
        return ContactRead.read(tx, desk, scope, contact_id)

    return await once.write(change)


@router.delete("/contacts/{contact_id}/identities")
async def remove_identity(  # noqa: PLR0917 - the address is in the query
    contact_id: UUID, scheme: SchemeName, address: Line, desk: DeskDep, scope: Writer, once: OnceDep
) -> ContactRead:
    """Take an address from a contact. Threads that use it go on."""

    def change(tx: Tx) -> ContactRead:
        addresses.remove(tx, scope, contact_id, Address(scheme, address))
        return ContactRead.read(tx, desk, scope, contact_id)

    return await once.write(change)


@router.get("/contacts/{contact_id}/messages")
async def list_contact_messages(
    contact_id: UUID,
    desk: DeskDep,
    scope: Listener,
    page: PageDep,
    sort: Literal["oldest", "newest"] = "oldest",
) -> Page[MessageRead]:
    """What was said with a contact in every channel, as one line, the oldest or the newest first."""
    purpose = f"contact-messages-{sort}"
    place = page.position(purpose, 3)
    after = None
    if place is not None:
        after = (datetime.fromisoformat(str(place[0])), UUID(str(place[1])), int(place[2]))

    def query(tx: ReadTx) -> list[MessageRead]:
        contacts.get(tx, scope, contact_id)
        rows = timeline.of_contact(
            tx, scope, contact_id, after, page.limit + 1, newest_first=sort == "newest"
        )
        return desk.views.messages(tx, rows)

    return page.page(
        purpose,
        await desk.store.read(query),
        lambda each: each,
        lambda each: [each["created_at"].isoformat(), str(each["conversation_id"]), each["seq"]],
    )
