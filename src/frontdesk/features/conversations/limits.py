"""The limits of an inbox: per number and per customer, a pace and a cap of a day, and how much is used.

A channel declares what its provider takes; the inbox's settings say otherwise, or more. Deliveries wait for
a pace; only a cap that somebody set refuses.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from frontdesk.domain.pace import Bounds, Pace, Rates, Use, Whose, day_of, next_day
from frontdesk.ports.channel import Capabilities
from frontdesk.store import paces
from frontdesk.store.paces import Spent
from frontdesk.store.tx import ReadTx


def rates_of(capabilities: Capabilities | None, settings: dict[str, Any] | None) -> Rates:
    """What holds for an inbox.

    Args:
        capabilities: Of its channel; None to look at the caps only, which are never a channel's.
        settings: The inbox's own.
    """
    told = ((settings or {}).get("sending") or {}).get("limits") or {}
    number, pair = told.get("number_per_second"), told.get("pair_seconds")
    burst = told.get("pair_burst", 1)
    if capabilities is not None:
        number = number or capabilities.number_per_second
        if pair is None:
            pair, burst = capabilities.pair_seconds, told.get("pair_burst", capabilities.pair_burst)
    return Rates(
        number=Bounds(Pace(1 / number, max(1, int(number))) if number else None, told.get("number_per_day")),
        pair=Bounds(Pace(pair, burst) if pair else None, told.get("pair_per_day")),
    )


def uses(tx: ReadTx, rates: Rates, inbox_id: UUID, thread_id: UUID, zone: str | None) -> tuple[Use, ...]:
    """How much of each limit is used now by an inbox and one of its threads."""
    if rates.are_none:
        return ()
    spent = paces.many(tx, [inbox_id, thread_id])
    return (
        *uses_of("number", rates.number, spent[inbox_id], tx.now, zone or "UTC"),
        *uses_of("pair", rates.pair, spent[thread_id], tx.now, zone or "UTC"),
    )


def uses_of(of: Whose, bounds: Bounds, spent: Spent, now: datetime, zone: str) -> list[Use]:
    """How much of the limits of one number, or of one pair, is used."""
    found: list[Use] = []
    if bounds.pace is not None:
        pace, turn = bounds.pace, bounds.pace.turn(spent.full_at, now)
        used = pace.used(spent.full_at, now)
        found.append(Use(of, pace.burst, pace.burst * pace.seconds, used, turn if turn > now else None))
    if bounds.per_day is not None:
        used = spent.used_on(day_of(now, zone).isoformat())
        free_at = next_day(now, zone) if used >= bounds.per_day else None
        found.append(Use(of, bounds.per_day, None, used, free_at))
    return found


def is_spent(use: Use) -> str:
    """Why nothing more goes today."""
    whose = "this inbox" if use.of == "number" else "this customer"
    return f"The limit of {use.most} messages a day of {whose} is used up."
