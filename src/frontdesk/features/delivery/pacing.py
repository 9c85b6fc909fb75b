"""Whether a message may leave now by the limits of its number and of its customer; if not, when.

A number is shared by many conversations, so a message that has to wait gets a turn of its own, and keeps it
(`due_at`). A customer has one lane, whose first message alone asks: it looks when the customer is free.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from frontdesk.domain.pace import Pace, Rates, day_of
from frontdesk.domain.scope import system_scope
from frontdesk.features.conversations.limits import is_spent, uses_of
from frontdesk.features.delivery.loops import Refusal
from frontdesk.store import accounts, deliveries, paces
from frontdesk.store.deliveries import Delivery
from frontdesk.store.paces import Spent
from frontdesk.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Later:
    """It has to wait for its turn."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an inbox; days are those of its zone, or else of the account's."""

    rates: Rates
    zone: str | None = None


def take(tx: Tx, delivery: Delivery, thread_id: UUID, limits: Limits) -> Later | Refusal | None:
    """Take a message's turn; None when it may go, and then it is counted."""
    rates, day = limits.rates, ""
    ids = [delivery.inbox_id, thread_id]
    spent = paces.lock(tx, delivery.account_id, ids if _shares(rates) else ids[1:])
    if rates.has_caps:
        zone = limits.zone or accounts.get(tx, system_scope(delivery.account_id)).time_zone
        day = day_of(tx.now, zone).isoformat()
        if (cap := _cap(tx, rates, spent, ids, zone)) is not None:
            return cap
    if (later := _later(tx, delivery, rates, spent, thread_id)) is not None:
        return later
    if rates.pair.pace is not None:
        spent[thread_id].full_at = rates.pair.pace.after(spent[thread_id].full_at, tx.now)
    _count(tx, delivery, spent, day)
    return None


def _later(
    tx: Tx, delivery: Delivery, rates: Rates, spent: dict[UUID, Spent], thread_id: UUID
) -> Later | None:
    """When it is neither the customer's turn nor the number's: the later of both is found in two steps."""
    if rates.pair.pace is not None:
        turn = rates.pair.pace.turn(spent[thread_id].full_at, tx.now)
        if turn > tx.now:
            return Later(turn, "Waits for its turn: so much goes to one customer at a time.")
    if rates.number.pace is not None:
        turn = _turn(tx, delivery, rates.number.pace, spent[delivery.inbox_id])
        if turn > tx.now:
            return Later(turn, "Waits for its turn: so much goes from one number at a time.")
    return None


def _shares(rates: Rates) -> bool:
    return rates.number.pace is not None or rates.number.per_day is not None


def _cap(tx: Tx, rates: Rates, spent: dict[UUID, Spent], ids: list[UUID], zone: str) -> Refusal | None:
    found = uses_of("pair", rates.pair, spent[ids[1]], tx.now, zone)
    if ids[0] in spent:
        found = uses_of("number", rates.number, spent[ids[0]], tx.now, zone) + found
    return next((Refusal("daily_limit", is_spent(use)) for use in found if use.is_spent_cap), None)


def _turn(tx: Tx, delivery: Delivery, pace: Pace, number: Spent) -> datetime:
    """A delivery's own turn: the one it was given, or the next that is free."""
    if delivery.due_at is not None:
        return delivery.due_at
    turn = pace.turn(number.full_at, tx.now)
    number.full_at = pace.after(number.full_at, tx.now)
    if turn > tx.now:
        paces.save(tx, number)
        deliveries.wait(tx, delivery, turn)
    return turn


def _count(tx: Tx, delivery: Delivery, spent: dict[UUID, Spent], day: str) -> None:
    if delivery.due_at is not None:
        deliveries.wait(tx, delivery, None)
    for each in spent.values():
        if day:
            each.day, each.used = day, each.used_on(day) + 1
        paces.save(tx, each)
