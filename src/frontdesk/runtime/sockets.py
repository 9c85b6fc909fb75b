"""How a text leaves over a WebSocket: uvicorn's protocol, with a short way for what many sockets are told.

A frame that goes to a thousand sockets is spelled once, and handed to each transport without a coroutine.
Anything but a text on an open line that keeps up is left to uvicorn.
"""

from functools import lru_cache

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

from frontdesk.api.socket import AT_ONCE

_FRAMES = 64


@lru_cache(_FRAMES)
def _framed(text: str) -> bytes:
    """A whole text as a server sends it (RFC 6455, section 5.2: not masked)."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


class FramedSocket(WebSocketsSansIOProtocol):
    """A WebSocket that offers its app `AT_ONCE` among the extensions."""

    def handle_connect(self, event: Request) -> None:
        """Shake hands, and tell the app of the short way."""
        super().handle_connect(event)
        if self.response.status_code == 101 and not self.conn.extensions:
            self.scope["extensions"][AT_ONCE] = self.write_text  # type: ignore[assignment]

    def write_text(self, text: str) -> bool:
        """Send a text now; False if it must go the long way: the line is not open, or does not keep up."""
        is_open = self.conn.state is State.OPEN and not self.close_sent and not self.disconnected
        if not is_open or not self.writable.is_set():
            return False
        self.transport.write(_framed(text))
        return True
