"""A listener on the hub as a socket would be: collects frames, and can be cut at any moment."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from frontdesk.domain.scope import Scope
from frontdesk.features.live.cursors import LiveCursors
from frontdesk.features.live.hub import Hub
from frontdesk.features.live.hydration import Hydration
from frontdesk.features.live.subscribers import Subscriber
from frontdesk.kit.crypto import Vault
from frontdesk.kit.pages import Cursors
from tests.features.scene import Scene

VAULT = Vault(b"k" * 32)
CURSORS = LiveCursors(Cursors(b"c" * 32), VAULT)


@asynccontextmanager
async def hub_of(scene: Scene) -> AsyncIterator[Hub]:
    """A running hub over the scene's store."""
    hub = Hub(scene.store, Hydration(scene.store, scene.views, CURSORS), CURSORS)
    async with hub.running():
        yield hub


class Listener:
    """One stream of frames. `cursor` is where it stands, as a client keeps it."""

    def __init__(self, hub: Hub, scope: Scope, cursor: str | None = None) -> None:
        self.hub, self.scope, self.cursor = hub, scope, cursor
        self.frames: list[dict[str, Any]] = []
        self.subscriber: Subscriber | None = None
        self.admit: Callable[[], Awaitable[Scope | None]] = self._same
        self._task: asyncio.Task[None] | None = None

    async def _same(self) -> Scope | None:
        return self.scope

    async def __aenter__(self) -> "Listener":
        self._task = asyncio.get_running_loop().create_task(self._listen())
        await self.until(lambda: self.of("caught_up") or self.of("resync"))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    def _found(self, subscriber: Subscriber) -> None:
        self.subscriber = subscriber

    async def _listen(self) -> None:
        stream = self.hub.stream(self.scope, self.cursor, self._admit, found=self._found)
        async with contextlib.aclosing(stream):
            async for texts in stream:
                for text in texts:
                    assert isinstance(text, str)
                    frame = json.loads(text)
                    self.frames.append(frame)
                    self.cursor = frame.get("cursor") or self.cursor

    async def _admit(self) -> Scope | None:
        return await self.admit()

    def of(self, type_: str) -> list[dict[str, Any]]:
        """The frames of one type so far."""
        return [frame for frame in self.frames if frame["type"] == type_]

    @property
    def positions(self) -> list[int]:
        """The positions of the events so far."""
        return [frame["event"]["position"] for frame in self.of("event")]

    async def until(self, condition: Callable[[], Any], *, seconds: float = 30) -> None:
        """Wait for something to have come."""
        async with asyncio.timeout(seconds):
            while not condition():
                assert self._task is not None
                if self._task.done():
                    self._task.result()
                    assert condition(), f"the stream ended with {[f['type'] for f in self.frames]}"
                await asyncio.sleep(0.005)

    async def reach(self, count: int) -> None:
        """Wait until that many events have come."""
        await self.until(lambda: len(self.positions) >= count)

    async def drained(self) -> None:
        """Everything that was queued so far has come."""
        assert self.subscriber is not None
        pongs = len(self.of("pong"))
        self.subscriber.offer('{"type":"pong"}')
        await self.until(lambda: len(self.of("pong")) > pongs)

    @property
    def has_ended(self) -> bool:
        """Whether the hub has closed the stream."""
        return self._task is not None and self._task.done()
