"""Merging two contacts who are one person, and undoing it.

Addresses and threads move to the contact who stays; what they lack is filled in from the other. Conversations
are never joined, so undoing puts both back as they were; what was said meanwhile stays in its thread.
"""

from typing import Any
from uuid import UUID

from frontdesk.domain.errors import Conflict, Forbidden, Invalid, NotFound
from frontdesk.domain.event import EventType
from frontdesk.domain.scope import Scope
from frontdesk.kit.ids import uuid7
from frontdesk.store import contacts, merges, origins
from frontdesk.store.tx import Row, Tx

_FILLED = ("name", "language", "country", "avatar_id", "first_touch")


def merge(tx: Tx, scope: Scope, contact_id: UUID, other_id: UUID) -> UUID:
    """Merge `other_id` into `contact_id`, who stays; answers the merge's id.

    Raises:
        NotFound: There is no such contact for this caller.
        Invalid: Both are the same, or the other does not exist.
        Conflict: One of them was merged already. Of two merges at the same time one comes here.
        Forbidden: One writes to inboxes that the caller does not see.
    """
    contacts.get(tx, scope, contact_id)
    if contact_id == other_id:
        raise Invalid("A contact cannot be merged with itself.", field="other_id")
    try:
        contacts.get(tx, scope, other_id)
    except NotFound:
        raise Invalid("There is no such contact.", field="other_id") from None
    rows = merges.lock_contacts(tx, scope.account_id, [contact_id, other_id])
    for each in (contact_id, other_id):
        if origins.merged_into(tx, scope.account_id, each) is not None:
            raise Conflict("The contact was merged into another one already.", hint="Look at it again.")
    _check_sight(tx, scope, [contact_id, other_id])
    merge_id = uuid7()
    values, filled = _filled(rows[contact_id], rows[other_id])
    merges.add(
        tx,
        scope.account_id,
        merge_id,
        contact_id=contact_id,
        merged_id=other_id,
        filled=filled,
        merged_by=scope.user_id,
    )
    merges.fill(tx, contact_id, values)
    merges.fill(tx, other_id, _values(rows[other_id]))
    _tell(tx, EventType.CONTACT_MERGED, merge_id, rows[contact_id], rows[other_id])
    return merge_id


def unmerge(tx: Tx, scope: Scope, contact_id: UUID, merge_id: UUID) -> UUID:
    """Undo a merge into this contact; answers the contact who is back.

    Raises:
        NotFound: There is no such contact or merge for this caller.
        Conflict: It was undone already, or the contact was merged into another one since.
        Forbidden: The contact writes to inboxes that the caller does not see.
    """
    contacts.get(tx, scope, contact_id)
    found = merges.lock(tx, scope.account_id, merge_id)
    if found.contact_id != contact_id:
        raise NotFound("There is no such merge.")
    rows = merges.lock_contacts(tx, scope.account_id, [contact_id, found.merged_id])
    if merges.lock(tx, scope.account_id, merge_id).undone_at is not None:
        raise Conflict("The merge was undone already.")
    if origins.merged_into(tx, scope.account_id, contact_id) is not None:
        raise Conflict("The contact was merged into another one since.", hint="Undo that merge first.")
    _check_sight(tx, scope, [contact_id])
    merges.undo(tx, found)
    merges.fill(tx, contact_id, _emptied(rows[contact_id], found.filled or {}))
    merges.fill(tx, found.merged_id, _values(rows[found.merged_id]))
    _tell(tx, EventType.CONTACT_UNMERGED, merge_id, rows[contact_id], rows[found.merged_id])
    merged_id: UUID = found.merged_id
    return merged_id


def _check_sight(tx: Tx, scope: Scope, ids: list[UUID]) -> None:
    if scope.inbox_ids is None:
        return
    for each in ids:
        for thread in merges.threads_of(tx, scope.account_id, each):
            if thread.inbox_id not in scope.inbox_ids:
                raise Forbidden("The contact also writes to inboxes that you do not see.")


def _values(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_FILLED, "attributes")}


def _filled(row: Row, other: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the contact is said to be now, and what of it came from the other."""
    values, filled = _values(row), {}
    for name in _FILLED:
        if values[name] is None and getattr(other, name) is not None:
            values[name] = getattr(other, name)
            filled[name] = values[name] if isinstance(values[name], str | dict) else str(values[name])
    mine, theirs = row.attributes or {}, other.attributes or {}
    new = {name: value for name, value in theirs.items() if name not in mine}
    if new:
        values["attributes"], filled["attributes"] = {**mine, **new}, new
    return values, filled


def _emptied(row: Row, filled: dict[str, Any]) -> dict[str, Any]:
    """What the contact is without what came from the other; what was changed since stays."""
    values = _values(row)
    for name in _FILLED:
        if name in filled:
            now = values[name] if isinstance(values[name], str | dict) else str(values[name])
            values[name] = None if now == filled[name] else values[name]
    new = filled.get("attributes", {})
    if new:
        kept = {
            name: value
            for name, value in (row.attributes or {}).items()
            if name not in new or new[name] != value
        }
        values["attributes"] = kept or None
    return values


def _tell(tx: Tx, event: EventType, merge_id: UUID, row: Row, other: Row) -> None:
    facts = {"version": row.version + 1, "merge_id": str(merge_id), "merged_id": str(other.id)}
    tx.emit(row.account_id, event, subject_id=row.id, facts=facts)
    facts = {"version": other.version + 1}
    tx.emit(other.account_id, EventType.CONTACT_UPDATED, subject_id=other.id, facts=facts)
