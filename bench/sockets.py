"""Many WebSocket readers in one process, cheap: raw frames, counted by a marker, never parsed."""

import asyncio
import base64
import os
import struct
from urllib.parse import urlsplit


class Reader(asyncio.Protocol):
    """One socket: shakes hands, sends its first frame, then counts the marker."""

    def __init__(self, request: bytes, first: bytes | None, marker: bytes, tally: "Tally") -> None:
        self.request, self.first, self.marker, self.tally = request, first, marker, tally
        self.open, self.rest = False, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the handshake."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Count; a marker cut in two is kept for the next piece."""
        data = self.rest + data
        if not self.open:
            head, separator, data = data.partition(b"\r\n\r\n")
            if not separator:
                self.rest = head
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise ConnectionError(head.decode(errors="replace"))
            self.open = True
            if self.first:
                self.transport.write(masked(self.first))
            self.tally.opened += 1
        if not self.tally.sample and self.marker in data:
            self.tally.sample = data
        self.tally.add(data.count(self.marker))
        end = data.rfind(self.marker)
        keep = data if end < 0 else data[end + len(self.marker) :]
        self.rest = keep[-(len(self.marker) - 1) :]


class Tally:
    """What all readers counted together; `reach` waits for a number."""

    def __init__(self) -> None:
        self.count, self.opened, self.sample = 0, 0, b""
        self._target, self._done = -1, asyncio.Event()

    def add(self, number: int) -> None:
        """Count frames."""
        self.count += number
        if number and self.count >= self._target > 0:
            self._done.set()

    async def reach(self, target: int, seconds: float) -> None:
        """Wait until that many frames have come in all."""
        self._target = target
        self._done.clear()
        if self.count < target:
            await asyncio.wait_for(self._done.wait(), seconds)


def masked(payload: bytes) -> bytes:
    """A client's text frame (RFC 6455, section 5)."""
    mask = os.urandom(4)
    size = len(payload)
    head = bytes([0x81, 0x80 | size]) if size < 126 else struct.pack("!BBH", 0x81, 0x80 | 126, size)
    return head + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


async def connect(url: str, *, number: int, first: bytes | None, marker: bytes, headers: str = "") -> Tally:
    """Open that many sockets, 50 at a time."""
    parts, tally, loop = urlsplit(url), Tally(), asyncio.get_running_loop()
    tally.readers = []  # type: ignore[attr-defined]
    for start in range(0, number, 50):
        for _ in range(min(50, number - start)):
            key = base64.b64encode(os.urandom(16)).decode()
            request = (
                f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: {key}\r\n{headers}\r\n"
            ).encode()
            _, reader = await loop.create_connection(
                lambda request=request: Reader(request, first, marker, tally),  # type: ignore[misc]
                parts.hostname or "",
                parts.port or 80,
            )
            tally.readers.append(reader)  # type: ignore[attr-defined]
        for _ in range(600):
            if tally.opened >= min(start + 50, number):
                break
            await asyncio.sleep(0.05)
    if tally.opened < number:
        raise ConnectionError(f"only {tally.opened} of {number} sockets opened")
    return tally
