"""Who follows the line: each with a bounded queue of texts for its socket. A slow one is let go."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from frontdesk.domain.scope import ActorType, Permission, Scope
from frontdesk.features.live.frames import Frame
from frontdesk.kit.stepping import Unfinished

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
    is_gone: bool = False
    """Whether its stream has ended: what it says about its person no longer counts."""
    sink: Callable[[str], Unfinished | None] | None = None
    """Sends at once, without a task, when nothing waits; what it could not finish is finished first."""
    _waiting: deque[str | Unfinished] = field(default_factory=deque)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _is_idle: bool = False
    _hears_all: bool = False

    def __post_init__(self) -> None:
        self.rescope(self.scope)

    def rescope(self, scope: Scope) -> None:
        """Its rights from now on."""
        self.scope = scope
        self._hears_all = (
            scope.inbox_ids is None
            and scope.actor_type is not ActorType.VISITOR
            and scope.may(Permission.CONVERSATIONS_READ)
        )

    @property
    def is_visitor(self) -> bool:
        """Whether this is a visitor of the widget."""
        return self.scope.actor_type is ActorType.VISITOR

    def text_of(self, frame: Frame) -> str | None:
        """What this audience gets of a frame."""
        if self._hears_all:
            return frame.agent
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
        """Send a text at once, or queue it; too many waiting end the subscription, and nothing follows."""
        if self.close_code is not None:
            return
        if self._is_idle and self.sink is not None:
            self._send_at_once(self.sink, text)
            return
        if len(self._waiting) >= MOST_WAITING:
            self.end(SLOW)
            return
        self._is_idle = False
        self._waiting.append(text)
        self._woken.set()

    def _send_at_once(self, sink: Callable[[str], Unfinished | None], text: str) -> None:
        left: str | Unfinished | None
        try:
            left = sink(text)
        except (OSError, RuntimeError):
            left = text  # its own task shall meet the trouble, not the one who tells everybody
        if left is not None:
            self._is_idle = False
            self._waiting.append(left)
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

    async def wait(self, seconds: float) -> deque[str | Unfinished]:
        """All that waits to be sent; empty after `seconds` without anything, or at the end."""
        if not self._waiting and self.close_code is None and not self.reload:
            self._is_idle = True
            try:
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
            except TimeoutError:
                pass
            finally:
                self._is_idle = False
        self._woken.clear()
        waiting, self._waiting = self._waiting, deque()
        return waiting
