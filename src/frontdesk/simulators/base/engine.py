"""The parts of a simulator, wired together, and what runs beside its requests."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from frontdesk.simulators.base.faults import ALL_KINDS, FaultKind, Faults
from frontdesk.simulators.base.hooks import RETRY_SECONDS, HookSender, HookWire
from frontdesk.simulators.base.journal import Journal
from frontdesk.simulators.base.live import Live
from frontdesk.simulators.base.state import AnyState
from frontdesk.simulators.base.steps import Steps


class Engine:
    """One simulator's state with its faults, hooks, timed steps, live line and journal.

    Args:
        state: What is remembered; with a journal, what an earlier process left is in it afterwards.
        wire: How the provider writes and signs its hooks.
        fault_kinds: What can go wrong here.
        retry_seconds: Waits before each further try of a hook.
        journal: A folder in which phones, messages and hooks under way outlive the process; None: none does.
    """

    def __init__(
        self,
        state: AnyState,
        wire: HookWire,
        *,
        fault_kinds: frozenset[FaultKind] = ALL_KINDS,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        journal: Path | None = None,
    ) -> None:
        self.state = state
        self.faults = Faults(fault_kinds)
        self.hooks = HookSender(state, self.faults, wire, retry_seconds)
        self.steps = Steps()
        self.live = Live()
        state.changed = self.live.publish
        self.journal = Journal(journal) if journal else None
        if self.journal is not None:
            self.journal.load(state)
            self.hooks.journal = self.journal

    @asynccontextmanager
    async def running(self, begin: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
        """Deliver hooks and timed steps while inside. A task that fails ends this block with its error.

        Args:
            begin: Called once all is running, to go on where an earlier process ended (`Carrier.resume`).
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                steps = tasks.create_task(self._run(begin))
                await asyncio.sleep(0)
                try:
                    yield
                finally:
                    self.live.close()
                    steps.cancel()
        finally:
            await self.hooks.stop()
            if self.journal is not None:
                self.journal.close()

    async def _run(self, begin: Callable[[], None]) -> None:
        async with asyncio.TaskGroup() as tasks:
            self.hooks.start(tasks)
            self.steps.start(tasks)
            begin()
            await asyncio.Event().wait()
