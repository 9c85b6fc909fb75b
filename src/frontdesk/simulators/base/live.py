"""The phones' live line: every change as a server-sent event, for the page that shows the phones."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.responses import StreamingResponse

MAX_WAITING = 1000
PING_SECONDS = 15.0


class Live:
    """Hands frames to everybody who listens. A listener that falls behind is let go and starts again."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self._followers: list[tuple[Live, Mapping[str, Any]]] = []

    @property
    def count(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def publish(self, frame: dict[str, Any]) -> None:
        """Tell everybody, and the lines that follow this one."""
        for line, mark in self._followers:
            line.publish({**mark, **frame})
        for queue in list(self._listeners):
            if queue.full():
                self._listeners.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(frame)

    def feed(self, line: "Live", **mark: Any) -> None:
        """Hand every frame to another line too, with these fields beside; it ends when this one does."""
        self._followers.append((line, mark))

    def close(self) -> None:
        """End every stream, so that a server can stop."""
        for line, _ in self._followers:
            line.close()
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)
        self._listeners.clear()

    def stream(self) -> StreamingResponse:
        """A response that goes on until the listener leaves or falls behind."""
        return StreamingResponse(
            self._frames(),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def _frames(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(MAX_WAITING)
        self._listeners.add(queue)
        try:
            yield _event({"type": "hello"})
            while True:
                try:
                    async with asyncio.timeout(PING_SECONDS):
                        frame = await queue.get()
                except TimeoutError:
                    yield ": ping\n\n"
                    continue
                if frame is None:
                    return
                yield _event(frame)
        finally:
            self._listeners.discard(queue)


def _event(frame: dict[str, Any]) -> str:
    return f"event: {frame['type']}\ndata: {json.dumps(frame, ensure_ascii=False)}\n\n"
