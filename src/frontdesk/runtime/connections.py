"""Connections before there is a request: how many an address may hold, how long and large a head may be.

What uvicorn's protocol leaves open. Bodies have their own limits (api/guards.py, api/requests.py); how an
answer goes out is in answers.py.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any, cast

import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from frontdesk.api.errors import CODES, PROBLEM_TYPE, document
from frontdesk.api.guards import CONTENT_SECURITY_POLICY, SECURITY_HEADERS
from frontdesk.kit.limits import Meter
from frontdesk.runtime.answers import AnsweringProtocol

log = structlog.get_logger("frontdesk.runtime")

HEAD_SECONDS = 15.0
"""From the connecting, or from the first byte of a later request, to the end of the request's head."""
HEAD_BYTES = 64 * 1024
"""Request line and headers together."""
STALLED_SECONDS = 300.0
"""How long a client may leave unread what was written for it."""
LINGER_SECONDS = 1.0
"""How long what still comes is thrown away: a client cut off while it writes never sees the answer."""


class Gate:
    """Counts the open connections of each address. Loopback and our own proxies are not counted.

    Args:
        most: How many one address may hold.
        proxies: Addresses or networks through which many people come.
    """

    def __init__(self, most: int, proxies: Sequence[str] = ()) -> None:
        self.most, self.open = most, Counter[str]()
        self._proxies = [ip_network(each, strict=False) for each in proxies]
        self._told = Meter(1)

    def enter(self, address: str) -> bool:
        """Count a connection of a counted address; says whether it may stay."""
        if self.open[address] >= self.most:
            if self._told.hit(address).is_allowed:
                log.warning("connections_refused", limit=self.most)
            return False
        self.open[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One connection less."""
        self.open[address] -= 1
        if self.open[address] <= 0:
            del self.open[address]

    def counts(self, address: str) -> bool:
        """Whether connections of this address are counted."""
        try:
            found = ip_address(address)
        except ValueError:  # no network address: a socket of this machine
            return False
        return not found.is_loopback and not any(found in proxies for proxies in self._proxies)


@dataclass(slots=True)
class _Head:
    """The head of the request that is awaited."""

    is_awaited: bool = True
    taken: int = 0
    timer: asyncio.TimerHandle | None = field(default=None)


class _HeadTooLarge(Exception):
    """Ends the parsing."""


class GuardedProtocol(AnsweringProtocol):
    """HTTP/1.1 with limits to heads and connections; a connection that becomes a WebSocket is let go.

    A head that comes in one piece costs no timer.
    """

    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate, self._counted = gate, ""
        self._head, self._refused = _Head(), 0
        self._in_body = False
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, and wait for the first head."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if self._gate.counts(address):
            if not self._gate.enter(address):
                transport.abort()
                return
            self._counted = address
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._let_go()
        self._go_on()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client reads less than is written: it has some time for it."""
        self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client has read on."""
        self._go_on()
        super().resume_writing()

    def _go_on(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def data_received(self, data: bytes) -> None:
        """Parse what came, within the limits."""
        if self._refused:
            return
        head = self._head
        if not head.is_awaited and self.is_idle and not self._in_body:
            self._head = head = _Head()
        if head.is_awaited:
            head.taken += len(data)
        super().data_received(data)
        self._check_head()

    def _check_head(self) -> None:
        if self._refused or not self._head.is_awaited:
            return
        if self._head.taken > HEAD_BYTES:
            self._refuse(431, f"Request line and headers together have at most {HEAD_BYTES} bytes.")
        elif self._head.timer is None:
            self._await_head()

    def on_message_begin(self) -> None:
        """Another head begins; if it comes in the body's last piece, its part is not counted."""
        if not self._head.is_awaited:
            self._head = _Head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._stop_timer()
        self._head.is_awaited, self._in_body = False, True
        if self._head.taken > HEAD_BYTES and self._size() > HEAD_BYTES:
            self._refused = 431
            raise _HeadTooLarge
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is whole. Until here what comes is no head, also where the answer was given before it."""
        self._in_body = False
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on the socket's own limits hold (api/socket.py)."""
        self._let_go()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the parser's words stay here
        """Refuse what cannot be parsed."""
        if self._refused:
            self._refuse(431, f"Request line and headers together have at most {HEAD_BYTES} bytes.")
        else:
            self._refuse(400, "This is not an HTTP request.")

    def _size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _await_head(self) -> None:
        self._head.timer = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _too_late(self) -> None:
        if self._head.taken:
            self._refuse(408, f"The head of the request did not arrive within {HEAD_SECONDS:g} s.")
        else:
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._head.timer is not None:
            self._head.timer.cancel()
            self._head.timer = None

    def timeout_keep_alive_handler(self) -> None:
        """A head that has begun is waited for by its own clock."""
        if self._head.is_awaited and self._head.taken:
            self.timeout_keep_alive_task = None
        else:
            super().timeout_keep_alive_handler()

    def _let_go(self) -> None:
        self._stop_timer()
        self.stop_waiting()
        if self._counted:
            self._gate.leave(self._counted)
            self._counted = ""

    def on_response_complete(self) -> None:
        """Go on, unless what came behind the request was refused: then this was the last answer."""
        if self._refused and not self.pipeline:
            self.transport.close()
        super().on_response_complete()

    def _is_answer_free(self) -> bool:
        """Whether a refusal may be written now. What was asked before and is whole is answered first."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or cycle.response_complete:
            return True
        if not cycle.more_body:
            cycle.keep_alive = False
            return False
        if self.pipeline:
            self.pipeline.popleft()  # its body will never be whole, and it has not begun
            return False
        cycle.disconnected = True
        cycle.message_event.set()
        if cycle.response_started:
            self.transport.close()  # nobody could tell where the refusal begins
        return not cycle.response_started

    def _refuse(self, status: int, detail: str) -> None:
        """Answer, hang up our half, and close soon."""
        self._refused = status
        self._stop_timer()
        if self.transport.is_closing() or not self._is_answer_free():
            return
        content = document(status, CODES[status], detail).encode()
        headers = [
            (b"content-type", PROBLEM_TYPE.encode()),
            (b"content-length", b"%d" % len(content)),
            (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
            *SECURITY_HEADERS,
        ]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + content)
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)
