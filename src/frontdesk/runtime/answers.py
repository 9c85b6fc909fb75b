"""How an answer leaves: uvicorn's HTTP/1.1 protocol, with what it does for every request made cheaper.

A head goes out together with its body (one system call and one packet, not two), a header line is checked and
spelled once, and a connection that waits for its next request keeps one timer instead of a new one each time.
What is not of the usual kind (streams, HEAD) is left to uvicorn.
"""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from frontdesk.api.guards import WHOLE

_LINES = 1024
_EXTENSIONS: Mapping[str, Mapping[object, object]] = MappingProxyType({WHOLE: MappingProxyType({})})
_JOINED_BYTES = 64 * 1024
"""Up to this size head and body are joined; copying a larger body costs more than a second call."""


@lru_cache(_LINES)
def _line(name: bytes, value: bytes) -> bytes:
    """One header as it goes over the wire.

    Raises:
        RuntimeError: It holds what would end the line.
    """
    if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        msg = f"not a header: {name!r}"
        raise RuntimeError(msg)
    return name + b": " + value + b"\r\n"


class Cycle(RequestResponseCycle):
    """One request and its answer."""

    _head: bytes = b""

    async def send(self, message: Any) -> None:
        """Take one event of the app."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if message["type"] == WHOLE:
            await self._whole(message)
            return
        if not self.response_started:
            length = _length(message) if self.scope["method"] != "HEAD" else None
            if length is not None:
                self._begin(message, length)
                return
        elif self._head:
            head, self._head = self._head, b""
            if self._end(head, message):
                return
            self.transport.write(head)
        await super().send(message)

    async def _whole(self, message: Any) -> None:
        """An answer in one message; where it cannot leave in one piece it goes the usual way."""
        body: bytes = message["body"]
        if not self.response_started and self.scope["method"] != "HEAD" and len(body) <= _JOINED_BYTES:
            self._begin(message, len(body))
            head, self._head = self._head, b""
            self._finish(head + body)
            return
        await self.send({**message, "type": "http.response.start"})
        await self.send({"type": "http.response.body", "body": body})

    def _begin(self, message: Any, length: int) -> None:
        """Keep the head until its body is there."""
        self.response_started, self.waiting_for_100_continue = True, False
        self.chunked_encoding, self.expected_content_length = False, length
        parts = [STATUS_LINE[message["status"]]]
        is_told = False
        for name, value in (*self.default_headers, *message["headers"]):
            parts.append(_line(name, value))
            if name == b"connection":
                is_told = b"close" in value.lower()
        self.keep_alive = self.keep_alive and not is_told
        if not self.keep_alive and not is_told:
            parts.append(b"connection: close\r\n")
        parts.append(b"\r\n")
        self._head = b"".join(parts)

    def _end(self, head: bytes, message: Any) -> bool:
        """Send head and body in one, if this is all of it."""
        body = message.get("body", b"")
        is_whole = not message.get("more_body", False) and len(body) == self.expected_content_length
        if not is_whole or len(body) > _JOINED_BYTES or message["type"] != "http.response.body":
            return False
        self._finish(head + body)
        return True

    def _finish(self, answer: bytes) -> None:
        self.transport.write(answer)
        self.expected_content_length, self.response_complete = 0, True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


def _length(message: Any) -> int | None:
    """The announced length of an answer; None where nothing of the kind is announced."""
    if message["type"] != "http.response.start":
        return None
    for name, value in message.get("headers", ()):
        if name == b"content-length":
            return int(value)
    return None


class AnsweringProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose answers leave in one piece."""

    _idle_since = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether a request was answered and no other has begun."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is not None and cycle.response_complete

    def on_headers_complete(self) -> None:
        """Run the app for the request whose head is here."""
        parser, scope = self.parser, self.scope
        if parser.should_upgrade():
            super().on_headers_complete()
            return
        scope["method"] = parser.get_method().decode("ascii")
        version = parser.get_http_version()
        if version != "1.1":
            scope["http_version"] = version
        url = httptools.parse_url(self.url)
        path = url.path.decode("ascii")
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"], scope["query_string"] = url.path, url.query or b""
        scope["extensions"] = cast("Any", _EXTENSIONS)
        before = cast("RequestResponseCycle | None", self.cycle)
        self.cycle = Cycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for it."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait_for_next(self.timeout_keep_alive)

    def _wait_for_next(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing came for long enough."""
        self.timeout_keep_alive_task = None
        if not self.is_idle:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._wait_for_next(left)
        else:
            super().timeout_keep_alive_handler()

    def _unset_keepalive_if_required(self) -> None:
        """The timer goes on: it looks for itself whether anything came."""

    def stop_waiting(self) -> None:
        """Forget the timer: the connection ends, or speaks another protocol from here on."""
        super()._unset_keepalive_if_required()
