"""Contacts who are one person: who may be, merging them, and undoing it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.contacts import ContactRead
from frontdesk.api.v1.fields import Body, Shown
from frontdesk.domain.scope import Permission, Scope
from frontdesk.features.contacts import merging, suggestions
from frontdesk.store import contacts, merges
from frontdesk.store.statement import Row
from frontdesk.store.tx import ReadTx, Tx

router = APIRouter(prefix="/v1", tags=["contacts"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.CONTACTS_READ))]
Writer = Annotated[Scope, Depends(Needs(Permission.CONTACTS_WRITE))]


class ReasonRead(Shown):
    """Why two contacts may be one person: `same_phone`, `same_email` or `same_name`, and what they share."""

    code: str
    detail: str


class SuggestionRead(Shown):
    """A contact who may be the same person."""

    contact: ContactRead
    reasons: list[ReasonRead]


class MergeCreate(Body):
    """Whom to merge into the contact; the contact of the address stays."""

    other_id: UUID


class MergeUndo(Body):
    """Which merge to undo."""

    merge_id: UUID


class MergedContact(Shown):
    """The contact who was merged."""

    id: UUID
    name: str | None


class MergeRead(Shown):
    """A merge that stands."""

    id: UUID
    contact: MergedContact
    merged_at: datetime
    merged_by: UUID | None


class MergeDone(Shown):
    """What a merge made: its id undoes it."""

    merge_id: UUID
    contact: ContactRead


class MergeUndone(Shown):
    """Both contacts, apart again."""

    contact: ContactRead
    other: ContactRead


@router.get("/contacts/{contact_id}/suggestions")
async def list_suggestions(contact_id: UUID, desk: DeskDep, scope: Reader) -> list[SuggestionRead]:
    """Contacts who may be the same person, those with the best reasons first; at most ten."""

    def query(tx: ReadTx) -> list[SuggestionRead]:
        found = suggestions.suggest(tx, scope, contact_id)
        shown = ContactRead.many(tx, desk, scope, [each.contact for each in found])
        return [
            SuggestionRead(
                contact=contact,
                reasons=[ReasonRead(code=reason.code, detail=reason.detail) for reason in each.reasons],
            )
            for contact, each in zip(shown, found, strict=True)
        ]

    return await desk.store.read(query)


@router.get("/contacts/{contact_id}/merges")
async def list_merges(contact_id: UUID, desk: DeskDep, scope: Reader) -> list[MergeRead]:
    """The merges into a contact that stand, the newest first."""

    def query(tx: ReadTx) -> list[Row]:
        contacts.get(tx, scope, contact_id)
        return merges.of_contact(tx, scope.account_id, contact_id)

    return [
        MergeRead(
            id=row.id,
            contact=MergedContact(id=row.merged_id, name=row.name),
            merged_at=row.merged_at,
            merged_by=row.merged_by,
        )
        for row in await desk.store.read(query)
    ]


@router.post("/contacts/{contact_id}/merge")
async def merge_contacts(
    contact_id: UUID, body: MergeCreate, desk: DeskDep, scope: Writer, once: OnceDep
) -> MergeDone:
    """Merge another contact into this one. Threads and addresses move, conversations are not joined."""

    def change(tx: Tx) -> MergeDone:
        merge_id = merging.merge(tx, scope, contact_id, body.other_id)
        return MergeDone(merge_id=merge_id, contact=ContactRead.read(tx, desk, scope, contact_id))

    return await once.write(change)


@router.post("/contacts/{contact_id}/unmerge")
async def unmerge_contacts(
    contact_id: UUID, body: MergeUndo, desk: DeskDep, scope: Writer, once: OnceDep
) -> MergeUndone:
    """Undo a merge: both are as they were; what was said meanwhile stays in its thread."""

    def change(tx: Tx) -> MergeUndone:
        other_id = merging.unmerge(tx, scope, contact_id, body.merge_id)
        return MergeUndone(
            contact=ContactRead.read(tx, desk, scope, contact_id),
            other=ContactRead.read(tx, desk, scope, other_id),
        )

    return await once.write(change)
