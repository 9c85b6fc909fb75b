"""uvicorn's WebSocket with a short way for what many are told, and bounds to what a client can make it hold.

A frame that goes to a thousand sockets is spelled once, and handed to each transport without a coroutine.
Anything but a text on an open line that keeps up is left to uvicorn. What frames say is for api/socket.py.
"""

from functools import lru_cache

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

from frontdesk.api.socket import AT_ONCE

CLOSE_SECONDS = 10.0
"""How long what was written may take to be read once the line ends; then it is cut off."""
_FRAMES = 64


@lru_cache(_FRAMES)
def _framed(text: str) -> bytes:
    """A whole text as a server sends it (RFC 6455, section 5.2: not masked)."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


class FramedSocket(WebSocketsSansIOProtocol):
    """A WebSocket that offers its app `AT_ONCE` among the extensions, and holds little for its client."""

    def handle_connect(self, event: Request) -> None:
        """Shake hands, and tell the app of the short way."""
        super().handle_connect(event)
        if self.response.status_code == 101 and not self.conn.extensions:
            self.scope["extensions"][AT_ONCE] = self.write_text  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Take what came; a handshake that cannot be is answered, and not left open."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            answer = self.conn.reject(400, "This is no WebSocket handshake.\n")
            self.transport.write(answer.serialize())
            self.transport.close()

    def handle_parser_exception(self) -> None:
        """End a line that speaks against the protocol, also before its handshake was answered."""
        if self.conn.close_sent is not None:
            super().handle_parser_exception()
        else:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": CloseCode.PROTOCOL_ERROR})
            self.handshake_complete = self.close_sent = self.disconnected = True
            self.transport.close()
        self._cut_off_soon()

    def handle_ping(self) -> None:
        """Answer, unless the client does not read: pongs would wait without limit."""
        pongs = self.conn.data_to_send()
        if self.writable.is_set():
            self.transport.write(b"".join(pongs))

    def handle_cont(self, event: Frame) -> None:
        """Keep a piece; without an end, empty ones are nothing to keep."""
        if event.data or event.fin:
            super().handle_cont(event)

    def handle_close(self, event: Frame) -> None:
        """The client leaves."""
        super().handle_close(event)
        self._cut_off_soon()

    def keepalive_timeout(self) -> None:
        """The client answers no pings."""
        super().keepalive_timeout()
        self._cut_off_soon()

    async def send(self, message: ASGISendEvent) -> None:
        """Take one event of the app."""
        await super().send(message)
        if message["type"] == "websocket.close":
            self._cut_off_soon()

    def _cut_off_soon(self) -> None:
        self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def write_text(self, text: str) -> bool:
        """Send a text now; False if it must go the long way: the line is not open, or does not keep up."""
        is_open = self.conn.state is State.OPEN and not self.close_sent and not self.disconnected
        if not is_open or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(_framed(text))
        return True
