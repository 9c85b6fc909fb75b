"""Spoiling sends on demand: refused, slow, cut off, or taken without an answer. For any provider's API."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from frontdesk.simulators.base.engine import Engine
from frontdesk.simulators.base.faults import AFTER_SEND, BEFORE_SEND, Fault, FaultKind
from frontdesk.simulators.base.ledger import LedgerSend
from frontdesk.simulators.base.wire import Cut

Answer = Response | Cut


@dataclass(frozen=True, slots=True)
class Accepted:
    """A send that was taken. Nothing is carried before `carry` is called."""

    entry: LedgerSend
    carry: Callable[[], None]


class Spoiler:
    """Asks the faults before and after a send is taken, and does what they say.

    Args:
        engine: The simulator's parts.
        refuse: The provider's answer to a fault of a kind that refuses: rate_limit, server_error, error,
            accept_error. It may raise the provider's own error instead.
    """

    def __init__(self, engine: Engine, refuse: Callable[[Fault], Response]) -> None:
        self._engine, self._refuse = engine, refuse

    async def before(self, business: str, phone: str) -> Answer | None:
        """To be asked before the send is checked and taken: the answer, or None to go on."""
        fault = self._engine.faults.next(BEFORE_SEND, business, phone)
        if fault is None:
            return None
        if fault.kind is FaultKind.RESET:
            return Cut()
        if fault.kind is not FaultKind.SLOW:
            return self._refuse(fault)
        await asyncio.sleep(fault.seconds)
        return None

    async def after(self, accepted: Accepted, answer: Response, request: Request) -> Answer:
        """To be returned for a send that was taken: its answer, or less. Carries the message."""
        entry = accepted.entry
        fault = self._engine.faults.next(AFTER_SEND, entry.business, entry.to)
        if fault is None:
            answer.background = BackgroundTask(_as_step(accepted.carry))
            return answer
        entry.answer = fault.kind.value
        accepted.carry()
        match fault.kind:
            case FaultKind.ACCEPT_RESET:
                return Cut()
            case FaultKind.ACCEPT_TIMEOUT:
                await _until_gone(request, fault.seconds if "seconds" in fault.model_fields_set else 600)
                return Cut()
            case FaultKind.ACCEPT_ERROR:
                return self._refuse(fault)
            case _:
                await self._until_told(entry.id)
                return answer

    async def _until_told(self, message_id: str) -> None:
        """Wait until a hook about this message was taken, or none is under way (5 s at most)."""
        deadline = asyncio.get_running_loop().time() + 5
        while asyncio.get_running_loop().time() < deadline:
            is_told = any(
                hook.status == 200 and any(one.partition(":")[0] == message_id for one in hook.ids)
                for hook in self._engine.state.hooks
            )
            if is_told or self._engine.hooks.underway == 0:
                return
            await asyncio.sleep(0.01)


def _as_step(carry: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        carry()

    return step


async def _until_gone(request: Request, seconds: float) -> None:
    """Wait until the client gives up, or so long."""
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        if await request.is_disconnected():
            return
        await asyncio.sleep(0.05)
