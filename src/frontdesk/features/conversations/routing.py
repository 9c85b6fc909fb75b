"""Choosing the inbox to write from, by what an address is and by where its owner talked before.

Channels say which schemes they reach; nothing here knows one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from frontdesk.domain.errors import Invalid, NotFound
from frontdesk.domain.inbound import Address, Party
from frontdesk.domain.scope import Scope
from frontdesk.domain.spelling import normal
from frontdesk.features.conversations import episodes
from frontdesk.features.conversations.starting import Invitation, open_talk
from frontdesk.kit.phone import e164
from frontdesk.ports.channel import Channel
from frontdesk.store import contacts, identities, inboxes, threads
from frontdesk.store.tx import ReadTx, Row, Tx

_MOST_INBOXES = 1000
_SCHEMED = re.compile(r"([a-z][a-z0-9_]{0,31}):(.+)")
_OTHER_NAMES = {"tel": "phone", "sms": "phone", "mailto": "email"}
_PHONE = re.compile(r"\+?[\d\s().\-]{6,}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """To whom, and from where if it matters to the caller."""

    to: str
    name: str | None = None
    inbox_id: UUID | None = None
    own_address: str | None = None


def open_route(tx: Tx, scope: Scope, channels: Mapping[str, Channel], wanted: Wanted) -> UUID:
    """The open conversation of the chosen route, started if there is none; answers its id.

    The order: an inbox whose channel reaches the address, first one where this address already talks; else,
    where the address belongs to a contact, the inbox that the contact last talked in.

    Raises:
        Invalid: The address is none, the inbox is not there, or nothing reaches the address.
    """
    candidates = _candidates(tx, scope, channels, wanted)
    address = address_of(wanted.to)
    if isinstance(address, UUID):
        inbox, invitation = _to_contact(tx, scope, channels, candidates, address)
    else:
        inbox, invitation = _to_address(tx, scope, channels, candidates, address, wanted.name)
    if inbox is None:
        raise _no_route(channels, candidates, wanted)
    return open_talk(tx, scope, inbox, invitation)


def address_of(to: str) -> Address | UUID:
    """What somebody wrote as an address: a contact's id, `scheme:address`, an e-mail address or a number.

    Raises:
        Invalid: It is nothing of these.
    """
    try:
        return UUID(to)
    except ValueError:
        pass
    schemed = _SCHEMED.fullmatch(to)
    if schemed is not None:
        return normal(_OTHER_NAMES.get(schemed[1], schemed[1]), schemed[2], field="to")
    if "@" in to:
        return normal("email", to, field="to")
    if _PHONE.fullmatch(to):
        return normal("phone", to, field="to")
    raise _not_an_address()


def _not_an_address() -> Invalid:
    hint = "Give a phone number with its country code, an e-mail address, scheme:address, or a contact's id."
    return Invalid("This is no address.", field="to", hint=hint)


def _candidates(tx: ReadTx, scope: Scope, channels: Mapping[str, Channel], wanted: Wanted) -> list[Row]:
    """The inboxes that may be written from, the oldest first."""
    rows = [
        row
        for row in inboxes.page(tx, scope, UUID(int=0), _MOST_INBOXES)
        if row.channel in channels and wanted.inbox_id in {None, row.id}
    ]
    if wanted.inbox_id is not None and not rows:
        raise Invalid("There is no such inbox.", field="inbox_id")
    if wanted.own_address is not None:
        rows = [row for row in rows if _is_from(row, channels[row.channel], wanted.own_address)]
        if not rows:
            hint = "Name an inbox, or the address that its settings have."
            raise Invalid("No inbox writes from there.", field="from", hint=hint)
    return rows


def _is_from(row: Row, channel: Channel, own_address: str) -> bool:
    field = channel.capabilities.own_address
    known = {row.name.casefold(), str(row.config.get(field, "") if field else "").casefold()}
    number = e164(own_address)
    return own_address.casefold() in known or (number is not None and number in known)


def _to_address(  # noqa: PLR0917 - what a route is chosen by
    tx: ReadTx,
    scope: Scope,
    channels: Mapping[str, Channel],
    candidates: Sequence[Row],
    address: Address,
    name: str | None,
) -> tuple[Row | None, Invitation]:
    party = Party((address,), name)
    reaching = [row for row in candidates if address.scheme in channels[row.channel].capabilities.reaches]
    key = episodes.key_of(address)
    talking = (row for row in reaching if threads.find(tx, scope.account_id, row.id, key) is not None)
    inbox = next(talking, reaching[0] if reaching else None)
    if inbox is not None:
        return inbox, Invitation(None, party)
    owner = identities.owners(tx, scope.account_id, [address]).get(address)
    if owner is None or not owner.verified:
        return None, Invitation(None, party)
    return _last_talked(tx, scope, candidates, owner.contact_id), Invitation(owner.contact_id, None)


def _to_contact(
    tx: ReadTx,
    scope: Scope,
    channels: Mapping[str, Channel],
    candidates: Sequence[Row],
    contact_id: UUID,
) -> tuple[Row | None, Invitation]:
    try:
        contacts.get(tx, scope, contact_id)
    except NotFound:
        raise Invalid("There is no such contact.", field="to") from None
    inbox = _last_talked(tx, scope, candidates, contact_id)
    if inbox is not None:
        return inbox, Invitation(contact_id, None)
    for each in identities.of_contact(tx, scope.account_id, contact_id):
        if each.verified:
            address = Address(each.scheme, each.address)
            inbox, invitation = _to_address(tx, scope, channels, candidates, address, None)
            if inbox is not None:
                return inbox, invitation
    return None, Invitation(contact_id, None)


def _last_talked(tx: ReadTx, scope: Scope, candidates: Sequence[Row], contact_id: UUID) -> Row | None:
    by_id = {row.id: row for row in candidates}
    known = threads.inboxes_of_contact(tx, scope.account_id, contact_id)
    return next((by_id[each] for each in known if each in by_id), None)


def _no_route(channels: Mapping[str, Channel], candidates: Sequence[Row], wanted: Wanted) -> Invalid:
    reached = sorted({one for row in candidates for one in channels[row.channel].capabilities.reaches})
    which = "This inbox reaches" if wanted.inbox_id is not None else "The inboxes reach"
    hint = f"{which}: {', '.join(reached)}." if reached else "Add an inbox whose channel reaches it."
    return Invalid("No inbox reaches this address.", field="to", hint=hint)
