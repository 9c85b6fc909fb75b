"""Names of people whose messages do not tell them: asked of the provider before a message is written.

It is bounded and remembered: no message waits for long, and whoever is not known by then stays nameless.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

import structlog

from frontdesk.domain.errors import DeskError
from frontdesk.domain.inbound import Address, InboundEvent, MessageReceived
from frontdesk.domain.message import Direction
from frontdesk.features.conversations.receive import Arrived
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.ports.channel import KnowsPeople, PeopleUnavailable

log = structlog.get_logger("frontdesk.ingest")

ASK_SECONDS = 3.0
KNOWN_SECONDS, NAMELESS_SECONDS = 6 * 3600.0, 600.0
PAUSE_SECONDS = 60.0
"""An inbox whose provider could not be asked is left alone for as long."""
_AT_ONCE = 8
_REMEMBERED = 10_000

_Key = tuple[UUID, Address]


class Names:
    """What people are called, by inbox and address.

    Args:
        clock: Tells seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[_Key, tuple[float, str | None]] = {}
        self._paused: dict[UUID, float] = {}

    async def of(self, opened: OpenInbox, events: Iterable[InboundEvent]) -> Mapping[Address, str]:
        """The names of those who wrote without telling theirs, as far as they can be had now."""
        if not isinstance(opened.channel, KnowsPeople):
            return {}
        now, inbox_id = self._clock(), opened.row.id
        wanted = {address for event in events if (address := _nameless(event)) is not None}
        unknown = [each for each in wanted if self._known.get((inbox_id, each), (0.0, None))[0] <= now]
        if unknown and self._paused.get(inbox_id, 0.0) <= now:
            await self._ask(opened, opened.channel, unknown)
        found = {each: self._known.get((inbox_id, each), (0.0, None))[1] for each in wanted}
        return {address: name for address, name in found.items() if name}

    async def _ask(self, opened: OpenInbox, channel: KnowsPeople, unknown: list[Address]) -> None:
        turns = asyncio.Semaphore(_AT_ONCE)

        async def ask(address: Address) -> None:
            async with turns:
                self._keep((opened.row.id, address), await channel.name_of(address, opened.connection))

        try:
            async with asyncio.timeout(ASK_SECONDS), asyncio.TaskGroup() as tasks:
                for address in unknown:
                    tasks.create_task(ask(address))
        except (TimeoutError, ExceptionGroup) as error:
            self._pause(opened.row.id, error)

    def _pause(self, inbox_id: UUID, error: TimeoutError | ExceptionGroup[Exception]) -> None:
        """The names can wait; what is no trouble of the provider's is not hidden."""
        if isinstance(error, ExceptionGroup) and (
            unexpected := error.split((PeopleUnavailable, DeskError))[1]
        ):
            raise unexpected
        self._paused[inbox_id] = self._clock() + PAUSE_SECONDS
        log.info("names_not_told", inbox=str(inbox_id), reason=type(error).__name__)

    def _keep(self, key: _Key, name: str | None) -> None:
        while len(self._known) >= _REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known.pop(key, None)
        self._known[key] = (self._clock() + (KNOWN_SECONDS if name else NAMELESS_SECONDS), name)


def named(arrived: Iterable[Arrived], names: Mapping[Address, str]) -> tuple[Arrived, ...]:
    """The same with the names that are known now."""
    return tuple(Arrived(each.id, _with_name(each.event, names)) for each in arrived)


def _nameless(event: InboundEvent) -> Address | None:
    if not isinstance(event, MessageReceived) or event.direction is not Direction.INCOMING:
        return None
    party = event.party
    return party.addresses[0] if party.name is None and party.addresses else None


def _with_name(event: InboundEvent, names: Mapping[Address, str]) -> InboundEvent:
    address = _nameless(event)
    if address is None or address not in names or not isinstance(event, MessageReceived):
        return event
    return replace(event, party=replace(event.party, name=names[address]))
