"""Who may be the same person as a contact, with reasons to check. Nothing is merged here."""

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from frontdesk.domain.scope import Scope
from frontdesk.domain.spelling import same_person_key
from frontdesk.store import contacts, likenesses
from frontdesk.store.tx import ReadTx, Row

_MOST = 10
_DIGITS = 6
_SHORTEST_MAILBOX = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: `same_phone`, `same_email` or `same_name` (with a part of an address in common), and what."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another contact and why they may be the same."""

    contact: Row
    reasons: tuple[Reason, ...]


def suggest(tx: ReadTx, scope: Scope, contact_id: UUID) -> list[Suggestion]:
    """At most ten contacts who may be this one, those with most reasons first.

    Raises:
        NotFound: There is no such contact for this caller.
    """
    contact = contacts.get(tx, scope, contact_id)
    own = contacts.identities(tx, scope, [contact_id])[contact_id]
    keys = {key for row in own if (key := same_person_key(row.scheme, row.address)) is not None}
    spellings = {form for _, value in keys for form in (value, value.removeprefix("+"))}
    rows = {row.id: row for row in likenesses.by_address(tx, scope, contact_id, sorted(spellings))}
    rows |= {row.id: row for row in likenesses.by_name(tx, scope, contact_id, contact.name)}
    theirs = contacts.identities(tx, scope, sorted(rows))
    found = [Suggestion(row, _reasons(contact, own, row, theirs[row.id])) for row in rows.values()]
    found = sorted((each for each in found if each.reasons), key=_order)
    return found[:_MOST]


def _order(each: Suggestion) -> tuple[int, int, str]:
    sure = sum(reason.code != "same_name" for reason in each.reasons)
    return (-sure, -len(each.reasons), str(each.contact.id))


def _reasons(contact: Row, own: list[Row], other: Row, theirs: list[Row]) -> tuple[Reason, ...]:
    mine, yours = _keys(own), _keys(theirs)
    out = [
        Reason(f"same_{kind}", value)
        for kind, value in sorted(mine.keys() & yours.keys())
        if mine[kind, value] or yours[kind, value]
    ]
    name = _plain(contact.name)
    if name and name == _plain(other.name) and (common := _overlap(own, theirs)) is not None:
        out.append(Reason("same_name", common))
    return tuple(out)


def _keys(rows: list[Row]) -> dict[tuple[str, str], bool]:
    """Phones and mailboxes, and whether one of their spellings is verified."""
    out: dict[tuple[str, str], bool] = {}
    for row in rows:
        key = same_person_key(row.scheme, row.address)
        if key is not None:
            out[key] = out.get(key, False) or bool(row.verified)
    return out


def _plain(name: str | None) -> str:
    """A name without case, accents and spacing."""
    parted = unicodedata.normalize("NFKD", name or "")
    return " ".join("".join(c for c in parted if not unicodedata.combining(c)).casefold().split())


def _overlap(own: list[Row], theirs: list[Row]) -> str | None:
    """A part that addresses of both have: a mailbox's name or domain's owner, or a number's last digits."""
    common = sorted(_parts(own) & _parts(theirs))
    return common[0] if common else None


def _parts(rows: list[Row]) -> set[str]:
    out = set()
    for row in rows:
        key = same_person_key(row.scheme, row.address)
        if key is None:
            continue
        kind, value = key
        if kind == "phone":
            out.add(f"…{value[-_DIGITS:]}")
            continue
        mailbox = value.partition("@")[0].partition("+")[0]
        if len(mailbox) >= _SHORTEST_MAILBOX:
            out.add(f"{mailbox}@…")
    return out
