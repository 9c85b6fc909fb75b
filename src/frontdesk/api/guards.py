"""What every request passes before a route sees it: pure ASGI middlewares with one job each."""

import asyncio
import contextlib
import re
from collections.abc import Callable
from typing import Any, ClassVar

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk.api.desk import NOTED_HEADERS
from frontdesk.api.errors import ApiError, desk_problem
from frontdesk.domain.errors import DeskError, Malformed, TooLarge

HTTP = {"http", "websocket"}
"""What has headers: the rest is the server's own affair."""
WHOLE = "frontdesk.answer"
"""An extension of ASGI that the server may offer: a message with an answer's `status`, `headers`, `body`."""
BEGINNINGS = {"http.response.start", "websocket.http.response.start", WHOLE}
"""The messages that bring the headers of an answer."""
_DRAIN_BYTES = 16 * 1024 * 1024
_DRAIN_SECONDS = 2.0


CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


_POLICY = CONTENT_SECURITY_POLICY.encode()
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), payment=()"),
)


class Headers:
    """Puts the security headers and the rate limit on every answer; a route may set its own policy."""

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        self.app = app
        self.usual = [
            *SECURITY_HEADERS,
            (b"content-security-policy", _POLICY),
            (b"cache-control", b"no-store"),
        ]
        if is_secure:
            self.usual.append((b"strict-transport-security", b"max-age=31536000"))
        self.names = {name for name, _ in self.usual}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] in BEGINNINGS:
                headers = message.get("headers", ())
                own = self.names.intersection([name for name, _ in headers])
                usual = [each for each in self.usual if each[0] not in own] if own else self.usual
                message["headers"] = [*headers, *usual, *_rate(scope)]
            await send(message)

        await self.app(scope, receive, answer)


def _rate(scope: Scope) -> list[tuple[bytes, bytes]]:
    budget = scope.get("state", {}).get("budget")
    if budget is None:
        return []
    return [
        (b"ratelimit-limit", b"%d" % budget.limit),
        (b"ratelimit-remaining", b"%d" % budget.remaining),
        (b"ratelimit-reset", b"%d" % round(budget.reset)),
    ]


_HOST = re.compile(rb"([a-z0-9][a-z0-9.\-]*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.IGNORECASE)
_ADDRESS = re.compile(r"[0-9.]+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_GOOD_HOSTS = 100
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
_ONCE = {
    b"host", b"authorization", b"content-length", b"content-type", b"idempotency-key", b"x-csrf-token",
    b"origin", b"transfer-encoding",
}  # fmt: skip


class Hygiene:
    """Refuses requests that play with hosts, paths or headers, before anything reads them.

    Args:
        app: What comes next.
        hosts: Names under which the desk may be called besides loopback and bare addresses; a page of a
            foreign name that resolves to us (DNS rebinding) is refused. `*` allows all.
        base_path: The prefix under which a reverse proxy shows the desk.
    """

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], base_path: str = "") -> None:
        self.app, self.base_path = app, base_path
        self.hosts = {host.lower() for host in hosts} | _LOOPBACK
        self._good: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a clean request pass."""
        if scope["type"] not in HTTP:
            await self.app(scope, receive, send)
            return
        try:
            self.check(scope)
        except DeskError as error:
            await _refuse(error, scope, receive, send)
            return
        scope["root_path"] = self.base_path
        await self.app(scope, receive, send)

    def check(self, scope: Scope) -> None:
        """Raises Malformed or ApiError."""
        noted: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in _ONCE:
                if name in noted:
                    raise Malformed(f"The header {name.decode()} is given more than once.")
                noted[name] = value
        scope[NOTED_HEADERS] = noted
        host = noted.get(b"host", b"")
        if host not in self._good:
            self._check_host(host)
            if len(self._good) < _GOOD_HOSTS:
                self._good.add(host)
        path: str = scope["path"]
        if not path.startswith("/") or path.startswith("//") or "\\" in path or "\0" in path:
            raise Malformed("The path is not one that can be asked for.")

    def _check_host(self, value: bytes) -> None:
        match = _HOST.fullmatch(value)
        if match is None:
            raise Malformed("The Host header is missing or not a host.")
        host = match[1].decode().lower()
        if host in self.hosts or "*" in self.hosts or _ADDRESS.fullmatch(host):
            return
        raise ApiError(
            421,
            "The desk does not go by this name.",
            hint="Set public_url, or add the name to allowed_hosts (FRONTDESK_ALLOWED_HOSTS).",
        )


class BodyLimit:
    """Refuses bodies above the limit of their path: by what they announce, or while they come.

    Args:
        app: What comes next.
        limit_of: The limit in bytes for a path.
    """

    def __init__(self, app: ASGIApp, *, limit_of: Callable[[str], int]) -> None:
        self.app, self.limit_of = app, limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let bodies within the limit pass."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        limit = self.limit_of(scope["path"].removeprefix(scope.get("root_path", "")))
        announced = scope[NOTED_HEADERS].get(b"content-length")
        if announced is None:
            await self.app(scope, _counted(receive, limit), send)
        elif announced.isdigit() and int(announced) <= limit:
            await self.app(scope, receive, send)
        else:
            await _drain(receive)
            await _refuse(_too_large(limit), scope, receive, send)


async def _drain(receive: Receive, message: Message | None = None) -> None:
    """Read on for a moment and throw away: a client that is cut off while it writes never sees the answer."""
    taken = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            while taken < _DRAIN_BYTES and (message is None or message.get("more_body", False)):
                message = await receive()
                taken += len(message.get("body", b""))


def _counted(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def count() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            await _drain(receive, message)
            raise _too_large(limit)
        return message

    return count


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than {limit} bytes.", hint="Send less, or upload it as an attachment."
    )


class WidgetCors:
    """Lets pages of other sites speak with the widget's part of the API.

    No cookie counts there, only the visitor's token; which sites may start a visit is the inbox's setting.
    """

    paths = ("/v1/widget/", "/widget")
    allowed: ClassVar = {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "X-Request-Id, Retry-After, RateLimit-Remaining",
        "cross-origin-resource-policy": "cross-origin",
    }
    preflight: ClassVar = {
        "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key, Last-Event-ID",
        "access-control-max-age": "600",
    }

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer preflights and mark answers of the widget's addresses."""
        if scope["type"] != "http" or not scope["path"].removeprefix(scope["root_path"]).startswith(
            self.paths
        ):
            await self.app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=self.allowed | self.preflight)(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] in BEGINNINGS:
                MutableHeaders(scope=message).update(self.allowed)
            await send(message)

        await self.app(scope, receive, answer)


async def _refuse(error: DeskError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await desk_problem(HTTPConnection(scope), error)(scope, receive, send)
        return
    close: dict[str, Any] = {"type": "websocket.close", "code": 4403, "reason": error.code}
    await send(close)
