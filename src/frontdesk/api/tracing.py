"""A request's own id, bound to every log line of it; what is counted of it, and the answer to a crash."""

import re
import time

import structlog
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk.api.errors import unexpected
from frontdesk.api.guards import BEGINNINGS, HTTP
from frontdesk.api.instruments import Instruments
from frontdesk.kit.ids import uuid7_hex
from frontdesk.kit.log import trace

log = structlog.get_logger("frontdesk.api")

_TRACE = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PLAIN = re.compile(rf"[\w.-]{{0,24}}|{_ID.pattern}", re.IGNORECASE | re.ASCII)
_SLOW_SECONDS = 1.0
_STREAMED = b"text/event-stream"


class Tracing:
    """Gives each request an id, binds it to every log line, and answers what nobody caught."""

    def __init__(
        self, app: ASGIApp, *, log_all: bool = False, instruments: Instruments | None = None
    ) -> None:
        self.app, self.log_all, self.instruments = app, log_all, instruments or Instruments()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Trace one request or socket."""
        if scope["type"] not in HTTP:
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        if scope["type"] == "websocket":
            state["send"] = send  # frames of an open socket have no headers to guard
        trace.set(request_id)
        started, status, is_stream = time.perf_counter(), 0, False
        marked = (b"x-request-id", request_id.encode())

        async def answer(message: Message) -> None:
            nonlocal status, is_stream
            if message["type"] in BEGINNINGS:
                status = message["status"]
                is_stream = _is_stream(message)
                message["headers"] = [*message.get("headers", ()), marked]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except Exception:  # the edge of the process: nothing may pass unanswered
            log.exception("request_failed", method=scope.get("method"), path=told_path(scope))
            if status == 0 and scope["type"] == "http":
                await unexpected(HTTPConnection(scope))(scope, receive, answer)
        took = time.perf_counter() - started
        is_plain = scope["type"] == "http" and not is_stream
        if is_plain and status:
            self.instruments.answered(scope, status, took)
        is_slow = took > _SLOW_SECONDS and is_plain
        if self.log_all or status >= 500 or is_slow:
            milliseconds = round(took * 1000, 1)
            method, path = scope.get("method"), told_path(scope)
            log.info("request", method=method, path=path, status=status, ms=milliseconds)


def told_path(scope: Scope) -> str:
    """A path as it may stand in a log: ids as they are, anything else that could open something hidden."""
    template: str | None = getattr(scope.get("route"), "path", None)
    if template is None:
        return "/".join(part if _PLAIN.fullmatch(part) else "[hidden]" for part in scope["path"].split("/"))
    for name, value in scope.get("path_params", {}).items():
        if _ID.fullmatch(str(value)):
            template = template.replace("{" + name + "}", str(value))
    return template


def _is_stream(message: Message) -> bool:
    """Whether an answer goes on for as long as somebody listens."""
    given = message.get("headers", ())
    return any(name == b"content-type" and value.startswith(_STREAMED) for name, value in given)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"traceparent" and (match := _TRACE.fullmatch(value)):
            return str(match[1].decode())
    return uuid7_hex()
