"""How somebody's line stands towards what we want to write: opt-outs, quiet hours, limits."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from frontdesk.domain.consent import OptOutKind
from frontdesk.domain.pace import Use
from frontdesk.domain.quiet import QuietHours


@dataclass(frozen=True, slots=True)
class Standing:
    """What the policy must know besides the channel's window."""

    opt_outs: frozenset[OptOutKind] = frozenset()
    quiet: QuietHours | None = None
    uses: tuple[Use, ...] = ()


NONE = Standing()


def quiet_hours_of(settings: dict[str, Any] | None, time_zone: str | None) -> QuietHours | None:
    """The quiet hours of an inbox, in its own time zone; None where it has none."""
    told = ((settings or {}).get("sending") or {}).get("quiet_hours")
    if not told:
        return None
    begins, ends = time.fromisoformat(told["begins"]), time.fromisoformat(told["ends"])
    return QuietHours(begins, ends, time_zone or "UTC")
