"""Giving a contact one more address, and taking one away."""

from uuid import UUID

from frontdesk.domain.errors import Conflict, NotFound
from frontdesk.domain.inbound import Address
from frontdesk.domain.scope import Scope
from frontdesk.store import contacts, identities
from frontdesk.store.tx import Tx


def add(tx: Tx, scope: Scope, contact_id: UUID, address: Address, *, verified: bool) -> None:
    """Give a contact an address; nothing changes when it is theirs already.

    Raises:
        NotFound: There is no such contact for this caller.
        Conflict: It is another contact's.
    """
    contacts.get(tx, scope, contact_id)
    owner = identities.owners(tx, scope.account_id, [address]).get(address)
    if owner is not None and owner.contact_id != contact_id:
        raise _taken()
    if owner is not None and (owner.verified or not verified):
        return
    if not identities.attach(tx, scope.account_id, contact_id, address, verified=verified):
        raise _taken()  # somebody was faster
    contacts.changed(tx, scope.account_id, contact_id)


def _taken() -> Conflict:
    return Conflict(
        "The address is another contact's.", field="address", hint="Merge both if they are one person."
    )


def remove(tx: Tx, scope: Scope, contact_id: UUID, address: Address) -> None:
    """Take an address from a contact. Who writes by it next is a new contact, unless by a known thread.

    Raises:
        NotFound: There is no such contact for this caller, or it does not have the address.
    """
    contacts.get(tx, scope, contact_id)
    if not identities.detach(tx, scope.account_id, contact_id, address):
        raise NotFound("The contact has no such address.")
    contacts.changed(tx, scope.account_id, contact_id)
