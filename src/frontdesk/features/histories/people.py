"""The contacts of a history: known by their addresses, or new."""

from uuid import UUID

from frontdesk.domain.errors import Conflict
from frontdesk.domain.history import HistoryContact, history_id, is_uuid
from frontdesk.domain.inbound import Address
from frontdesk.store import histories, identities
from frontdesk.store.tx import Tx


def take_contact(tx: Tx, account_id: UUID, line: HistoryContact, renamed: dict[str, UUID]) -> bool:
    """Take a contact, or note in `renamed` who has its addresses. Says whether it is new.

    Raises:
        Conflict: Its id or its addresses are of others, with field and cure.
    """
    contact_id = history_id(account_id, "contact", line.id)
    owner = histories.contact_owner(tx, contact_id)
    if owner is not None:
        if owner != account_id:
            raise taken("contact")
        return False
    addresses = {Address(each.scheme, each.value): each for each in line.addresses}
    known = identities.owners(tx, account_id, addresses)
    found = sorted({row.contact_id for row in known.values()})
    if len(found) > 1:
        raise Conflict(
            f"These addresses are of {len(found)} contacts: {', '.join(map(str, found))}.",
            field="addresses",
            hint="Merge them in the desk first, or leave all but one contact's addresses out.",
        )
    if found:
        renamed[line.id] = found[0]
        contact_id = found[0]
    else:
        _add(tx, account_id, line, contact_id)
    for address, each in addresses.items():
        if address not in known:
            identities.attach(tx, account_id, contact_id, address, verified=each.verified)
    return not found


def _add(tx: Tx, account_id: UUID, line: HistoryContact, contact_id: UUID) -> None:
    attributes = dict(line.attributes or {})
    if not is_uuid(line.id):
        attributes["imported_id"] = line.id
    histories.add_contact(
        tx,
        id=contact_id,
        account_id=account_id,
        name=line.name or None,
        language=line.language,
        attributes=attributes or None,
        first_touch=line.first_touch,
        verified=line.verified,
        last_seen_at=line.last_seen_at,
        created_at=line.created_at,
    )


def taken(what: str) -> Conflict:
    """Why a line whose id another account has is not taken."""
    return Conflict(
        f"This id is of another account's {what}.", field="id", hint="Write another id; any text will do."
    )
