"""What every simulator is made of, wired once: engine, lifespan, the play API beside the provider's own."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Generic, TypeVar

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from frontdesk.simulators.base.conduct import Conduct
from frontdesk.simulators.base.engine import Engine
from frontdesk.simulators.base.faults import ALL_KINDS, FaultKind
from frontdesk.simulators.base.hooks import RETRY_SECONDS, HookWire
from frontdesk.simulators.base.play import Play
from frontdesk.simulators.base.state import AnyState

StateT = TypeVar("StateT", bound=AnyState)


class Box(Generic[StateT]):
    """A provider in a box: mount `app` and run `running()` around the server, or use `serve`.

    A provider's class makes its parts of `state` and `engine`, then calls `open`.

    Args:
        state: What is remembered.
        wire: How the provider writes and signs its hooks.
        fault_kinds: What can go wrong here.
        retry_seconds: Waits before each further try of a hook.
        journal: A folder in which phones, messages and hooks under way outlive the process; None: none does.
    """

    app: Starlette
    """The provider's API, and the play API under /play."""

    def __init__(
        self,
        state: StateT,
        wire: HookWire,
        *,
        fault_kinds: frozenset[FaultKind] = ALL_KINDS,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        journal: Path | None = None,
    ) -> None:
        self.state = state
        self.engine = Engine(
            state, wire, fault_kinds=fault_kinds, retry_seconds=retry_seconds, journal=journal
        )
        self.faults, self.hooks, self.live = self.engine.faults, self.engine.hooks, self.engine.live

    def open(self, conduct: Conduct, routes: Sequence[BaseRoute], resume: Callable[[], None]) -> None:
        """Make the application.

        Args:
            conduct: What its phones do.
            routes: The provider's own API.
            resume: Goes on where an earlier process ended (`Carrier.resume`).
        """
        self._resume = resume
        self.app = Starlette(routes=[*Play(self.engine, conduct).routes(), *routes], lifespan=self._lifespan)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Deliver hooks and timed steps while inside. A task that fails ends this block with its error."""
        return self.engine.running(self._resume)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with self.running():
            yield
