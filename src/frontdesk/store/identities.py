"""Addresses of contacts: who is found by them, and how a contact comes to be.

Only a verified address finds anybody. An unverified one is shown but never decides, and gives way to the
contact who proves it. One exception: a contact of whom nothing is proven yet (our side began the talk) is
found by its addresses, and proven by whoever answers from there. An address typed into a form belongs to a
visitor, of whom the visit is proven, so it finds nobody.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.errors import Conflict
from frontdesk.domain.event import EventType
from frontdesk.domain.inbound import Address, Party
from frontdesk.kit.ids import uuid7
from frontdesk.store import contacts, origins
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_i, _c = t.identities, t.contacts

_FIND = Statement(
    sa.select(_i.c.scheme, _i.c.address, _i.c.contact_id, _i.c.verified, _c.c.name)
    .join_from(_i, _c, _c.c.id == _i.c.contact_id)
    .where(
        _i.c.account_id == P("account_id"),
        _i.c.scheme.in_(P("schemes", expanding=True)),
        _i.c.address.in_(P("addresses", expanding=True)),
    )
)
_OWNER = Statement(
    sa.select(_i.c.contact_id, _i.c.verified).where(
        _i.c.account_id == P("account_id"), _i.c.scheme == P("scheme"), _i.c.address == P("address")
    )
)
_OF_CONTACT = Statement(
    sa.select(_i.c.scheme, _i.c.address, _i.c.verified)
    .where(_i.c.contact_id == P("contact_id"), _i.c.account_id == P("account_id"))
    .order_by(_i.c.created_at, _i.c.scheme, _i.c.address)
)
_PROVEN = Statement(
    sa.select(_i.c.contact_id)
    .distinct()
    .where(
        _i.c.account_id == P("account_id"),
        _i.c.contact_id.in_(P("ids", expanding=True)),
        _i.c.verified.is_(sa.true()),
    )
)
_CLAIM = Statement(
    insert(_i)
    .values(
        account_id=P("account_id"),
        scheme=P("scheme"),
        address=P("address"),
        contact_id=P("contact_id"),
        verified=P("verified"),
        created_at=db_now(),
    )
    .on_conflict_do_nothing()
)
_TAKE_OVER = Statement(
    sa.update(_i)
    .where(
        _i.c.account_id == P("account_id"),
        _i.c.scheme == P("scheme"),
        _i.c.address == P("address"),
        _i.c.verified.is_(sa.false()),
    )
    .values(contact_id=P("contact_id"), verified=sa.true())
)
_DETACH = Statement(
    sa.delete(_i).where(
        _i.c.account_id == P("account_id"),
        _i.c.scheme == P("of_scheme"),
        _i.c.address == P("of_address"),
        _i.c.contact_id == P("contact_id"),
    )
)
_ADD_CONTACT = Statement(
    insert(_c).values(
        id=P("id"),
        account_id=P("account_id"),
        name=P("name"),
        language=P("language"),
        verified=P("verified"),
        created_at=db_now(),
    )
)


def owners(tx: ReadTx, account_id: UUID, addresses: Iterable[Address]) -> dict[Address, Row]:
    """Who has these addresses: contact_id, verified and the contact's name, by address."""
    wanted = set(addresses)
    if not wanted:
        return {}
    rows = tx.rows(
        _FIND,
        account_id=account_id,
        schemes=sorted({each.scheme for each in wanted}),
        addresses=sorted({each.value for each in wanted}),
    )
    found = {Address(row.scheme, row.address): row for row in rows}
    return {address: row for address, row in found.items() if address in wanted}


def of_contact(tx: ReadTx, account_id: UUID, contact_id: UUID) -> list[Row]:
    """All addresses of a contact (scheme, address, verified), the oldest first."""
    return tx.rows(_OF_CONTACT, account_id=account_id, contact_id=contact_id)


def find_or_create(
    tx: Tx, account_id: UUID, party: Party, *, language: str | None = None, verified: bool = False
) -> UUID:
    """The contact who has one of these proven addresses, the first that is known; else a new one.

    Addresses that nobody has are added to the contact. One that another contact has stays there: contacts
    are never joined by a message. Fifty at the same time for one address make one contact.

    Args:
        tx: The change.
        account_id: Whose contact.
        party: The addresses, the strongest first, all proven by the channel that names them.
        language: Of a new contact.
        verified: Whether a new contact is marked as verified (its identity was proven by the account itself).
    """
    known = owners(tx, account_id, party.addresses)
    found = _candidates(tx, account_id, party, known)
    if found:
        _complete(tx, account_id, found[0], party, known)
        _follow(tx, account_id, party, known)
        return found[0]
    return _create(tx, account_id, party, language, verified=verified)


def find_or_introduce(tx: Tx, account_id: UUID, party: Party, *, language: str | None = None) -> UUID:
    """The contact whom our side means by these addresses, which nobody has proven; else a new one.

    Addresses that nobody has are added, unverified. One that somebody has stays there.

    Raises:
        Conflict: They are of several contacts.
    """
    known = owners(tx, account_id, party.addresses)
    found = _candidates(tx, account_id, party, known)
    if len(found) > 1:
        raise Conflict(
            f"These addresses are of {len(found)} contacts: {', '.join(map(str, found))}.",
            field="contact.addresses",
            hint="Name one of them with contact_id, or give the addresses of one only.",
        )
    free = Party(tuple(each for each in party.addresses if each not in known), party.name)
    if found:
        _complete(tx, account_id, found[0], free, known, proven=False)
        return found[0]
    return _create(tx, account_id, free, language, verified=False, proven=False)


def _candidates(tx: ReadTx, account_id: UUID, party: Party, known: dict[Address, Row]) -> list[UUID]:
    """Who is found by these addresses: by proven ones, else those of whom nothing is proven."""
    rows = [known[each] for each in party.addresses if each in known]
    by_proof = [row.contact_id for row in rows if row.verified]
    if by_proof or not rows:
        return list(dict.fromkeys(by_proof))
    ids = list(dict.fromkeys(row.contact_id for row in rows))
    proven = {row.contact_id for row in tx.rows(_PROVEN, account_id=account_id, ids=ids)}
    return [each for each in ids if each not in proven]


def attach(tx: Tx, account_id: UUID, contact_id: UUID, address: Address, *, verified: bool) -> bool:
    """Give an address to a contact. Says whether it is theirs now; a proven one of somebody else stays."""
    params = {"account_id": account_id, "scheme": address.scheme, "address": address.value}
    if tx.run(_CLAIM, **params, contact_id=contact_id, verified=verified):
        return True
    if verified and tx.run(_TAKE_OVER, **params, contact_id=contact_id):
        return True
    owner = tx.first(_OWNER, **params)
    return owner is not None and owner.contact_id == contact_id


def detach(tx: Tx, account_id: UUID, contact_id: UUID, address: Address) -> bool:
    """Take an address from a contact. Says whether they had it; their threads keep answering to it."""
    params = {"account_id": account_id, "of_scheme": address.scheme, "of_address": address.value}
    return bool(tx.run(_DETACH, **params, contact_id=contact_id))


def _follow(tx: Tx, account_id: UUID, party: Party, known: dict[Address, Row]) -> None:
    """New addresses belong where the proven one belongs by which their contact was found."""
    new = [each for each in party.addresses if each not in known]
    by = next((each for each in party.addresses if each in known and known[each].verified), None)
    if new and by is not None:
        origins.follow(tx, account_id, by, new)


def _complete(
    tx: Tx,
    account_id: UUID,
    contact_id: UUID,
    party: Party,
    known: dict[Address, Row],
    *,
    proven: bool = True,
) -> None:
    changed = False
    for address in _sorted(party.addresses):
        row = known.get(address)
        if row is None or not row.verified:
            changed |= attach(tx, account_id, contact_id, address, verified=proven)
    if party.name is not None:
        changed |= contacts.fill_name(tx, account_id, contact_id, party.name)
    if changed:
        contacts.updated(tx, account_id, contact_id)


def _create(
    tx: Tx, account_id: UUID, party: Party, language: str | None, *, verified: bool, proven: bool = True
) -> UUID:
    contact_id = uuid7()
    for address in _sorted(party.addresses):
        if not attach(tx, account_id, contact_id, address, verified=proven):
            # Somebody made the same contact at the same time; what we claimed so far goes to them too.
            owner = tx.one(_OWNER, account_id=account_id, scheme=address.scheme, address=address.value)
            found: UUID = owner.contact_id
            _hand_over(tx, account_id, contact_id, found)
            known = owners(tx, account_id, party.addresses)
            _complete(tx, account_id, found, party, known, proven=proven)
            return found
    tx.run(
        _ADD_CONTACT,
        id=contact_id,
        account_id=account_id,
        name=party.name,
        language=language,
        verified=verified,
    )
    tx.emit(account_id, EventType.CONTACT_CREATED, subject_id=contact_id, facts={"version": 1})
    return contact_id


_HAND_OVER = Statement(
    sa.update(_i)
    .where(_i.c.account_id == P("account_id"), _i.c.contact_id == P("old"))
    .values(contact_id=P("new"))
)


def _hand_over(tx: Tx, account_id: UUID, old: UUID, new: UUID) -> None:
    tx.run(_HAND_OVER, account_id=account_id, old=old, new=new)


def _sorted(addresses: Sequence[Address]) -> list[Address]:
    return sorted(addresses, key=lambda each: (each.scheme, each.value))
