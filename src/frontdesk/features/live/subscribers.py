"""Who follows the line: each with a bounded queue of texts for its socket. A slow one is let go."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from frontdesk.domain.scope import ActorType, Permission, Scope
from frontdesk.features.live.frames import Frame

MOST_WAITING = 1_000
"""Texts that may wait for one socket before it counts as too slow."""

SLOW, REVOKED, RESTARTING = 4408, 4401, 1012


@dataclass(eq=False)
class Subscriber:
    """One socket. `admit` tells its scope as it is now, or None when it may no longer listen."""

    scope: Scope
    admit: Callable[[], Awaitable[Scope | None]]
    key: UUID = field(default_factory=uuid4)
    position: int = 0
    close_code: int | None = None
    reload: bool = False
    _waiting: deque[str] = field(default_factory=deque)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_visitor(self) -> bool:
        """Whether this is a visitor of the widget."""
        return self.scope.actor_type is ActorType.VISITOR

    def text_of(self, frame: Frame) -> str | None:
        """What this audience gets of a frame."""
        scope = self.scope
        if self.is_visitor:
            return frame.visitor if self.hears(frame.inbox_id, frame.contact_id) else None
        if not scope.may(Permission.CONVERSATIONS_READ):
            return None
        if scope.inbox_ids is None or (frame.inbox_id is not None and frame.inbox_id in scope.inbox_ids):
            return frame.agent
        return None

    def hears(self, inbox_id: UUID | None, contact_id: UUID | None) -> bool:
        """Whether what happens in this inbox to this contact is this audience's business."""
        scope = self.scope
        if self.is_visitor:
            return contact_id == scope.contact_id and inbox_id in (scope.inbox_ids or ())
        return scope.may(Permission.CONVERSATIONS_READ) and (
            scope.inbox_ids is None or inbox_id in scope.inbox_ids
        )

    def take(self, frame: Frame) -> None:
        """Queue a frame of the feed, unless it was read already."""
        if frame.position <= self.position:
            return
        self.position = frame.position
        text = self.text_of(frame)
        if text is not None:
            self.offer(text)

    def offer(self, text: str) -> None:
        """Queue a text; too many waiting end the subscription."""
        if len(self._waiting) >= MOST_WAITING:
            self.end(SLOW)
            return
        self._waiting.append(text)
        self._woken.set()

    def end(self, code: int) -> None:
        """Close the socket with this code after what is queued."""
        if self.close_code is None:
            self.close_code = code
        self._woken.set()

    def ask_reload(self) -> None:
        """Its rights changed: what it has seen no longer counts."""
        self.reload = True
        self._woken.set()

    async def wait(self, seconds: float) -> deque[str]:
        """All texts that wait; empty after `seconds` without any, or at the end."""
        if not self._waiting and self.close_code is None and not self.reload:
            try:
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
            except TimeoutError:
                pass
        self._woken.clear()
        waiting, self._waiting = self._waiting, deque()
        return waiting
