"""Sockets and streams of the live line: frames in, texts out, and the codes with which they end.

Who may hear what is the hub's matter (features/live); here are only handshake, framing and closing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import structlog
from pydantic import ValidationError
from starlette.requests import HTTPConnection, Request
from starlette.responses import StreamingResponse
from starlette.types import Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from frontdesk.api.auth import admit, admit_token, client_address, is_own_origin
from frontdesk.api.desk import Desk, desk_of
from frontdesk.domain.errors import DeskError, Forbidden, NotFound, RateLimited, Unauthenticated
from frontdesk.domain.scope import ActorType, Permission, Scope
from frontdesk.features.live.frames import (
    Ping,
    PresenceSaid,
    Start,
    TypingSaid,
    ViewSaid,
    said_adapter,
    write,
)
from frontdesk.features.live.subscribers import SLOW, Subscriber
from frontdesk.kit.stepping import Unfinished, begin, finish
from frontdesk.store.failures import StoreUnavailable

BAD_FRAME, UNAUTHENTICATED, FORBIDDEN, LATE, FLOOD, TRY_LATER = 4400, 4401, 4403, 4408, 4429, 1013
START_SECONDS = 10.0
MOST_BYTES = 64 * 1024
MOST_SOCKETS_PER_ADDRESS = 2_000
PING_LINE = ": ping\n\n"
AT_ONCE = "frontdesk.at_once"
"""An extension of ASGI that the server may offer: sends a text without a coroutine, or says False.
It would overtake a `send` of the same socket that still waits, so it is for whoever has none."""

log = structlog.get_logger(__name__)
Admit = Callable[[], Awaitable[Scope]]


class _Closed(Exception):
    """The socket is to be closed with this code; `told` is the last frame."""

    def __init__(self, code: int, error: str, message: str) -> None:
        super().__init__(message)
        self.code, self.told = code, write("error", code=error, message=message)


@dataclass(slots=True)
class _Line:
    """One socket while it lives."""

    websocket: WebSocket
    desk: Desk
    scope: Scope
    admit: Callable[[], Awaitable[Scope | None]]
    cursor: str | None
    subscriber: Subscriber | None = None
    key: UUID = field(default_factory=uuid4)


async def serve_socket(websocket: WebSocket, *, visitors: bool) -> None:
    """One WebSocket from handshake to close."""
    if not visitors and not is_own_origin(websocket):
        await websocket.close(FORBIDDEN)  # before the accept: the handshake is refused with 403
        return
    desk, address = desk_of(websocket), client_address(websocket)
    open_now = desk.sockets.get(address, 0)
    if open_now >= MOST_SOCKETS_PER_ADDRESS:
        await websocket.close(TRY_LATER)
        return
    desk.sockets[address] = open_now + 1
    try:
        await websocket.accept()
        await _talk(websocket, desk, visitors=visitors)
    except (WebSocketDisconnect, OSError):  # the client is gone, noticed in reading or in writing
        pass
    except _Closed as closed:
        await _close(websocket, closed.code, closed.told)
    except (StoreUnavailable, RateLimited):
        await _close(websocket, TRY_LATER)
    finally:
        desk.sockets[address] -= 1
        if not desk.sockets[address]:
            del desk.sockets[address]


async def _talk(websocket: WebSocket, desk: Desk, *, visitors: bool) -> None:
    start = await _started(websocket)
    check = _admission(websocket, start.token, visitors=visitors)
    try:
        scope = await check()
    except Unauthenticated as error:
        raise _Closed(UNAUTHENTICATED, error.code, error.message) from error
    except Forbidden as error:
        raise _Closed(FORBIDDEN, error.code, error.message) from error
    line = _Line(websocket, desk, scope, _or_none(check), start.cursor)
    writer = asyncio.ensure_future(_write(line))
    reader = asyncio.ensure_future(_read(line))
    try:
        done, _ = await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (writer, reader):
            task.cancel()
        await asyncio.gather(writer, reader, return_exceptions=True)


async def _started(websocket: WebSocket) -> Start:
    try:
        async with asyncio.timeout(START_SECONDS):
            text = await _receive(websocket)
    except TimeoutError as error:
        raise _Closed(LATE, "start_missing", f"Send a start frame within {START_SECONDS:g} s.") from error
    try:
        return Start.model_validate_json(text)
    except ValidationError as error:
        raise _Closed(BAD_FRAME, "bad_frame", _reason(error)) from error


def _admission(connection: HTTPConnection, token: str | None, *, visitors: bool) -> Admit:
    async def check() -> Scope:
        admission = await (admit(connection) if token is None else admit_token(connection, token))
        scope = admission.scope
        if (scope.actor_type is ActorType.VISITOR) is not visitors:
            raise Forbidden("These credentials are not for this line.")
        if not visitors and not scope.may(Permission.CONVERSATIONS_READ):
            raise Forbidden(f"This needs the permission {Permission.CONVERSATIONS_READ}.")
        return scope

    return check


def _or_none(check: Admit) -> Callable[[], Awaitable[Scope | None]]:
    async def now() -> Scope | None:
        try:
            return await check()
        except (Unauthenticated, Forbidden):
            return None

    return now


async def _write(line: _Line) -> None:
    """Write out what the hub has for this socket, until it ends."""
    send: Send = line.websocket.scope.get("state", {}).get("send") or line.websocket.send
    short: Callable[[str], bool] | None = line.websocket.scope.get("extensions", {}).get(AT_ONCE)

    def at_once(text: str) -> Unfinished | None:
        """Most frames are gone before the first wait, and need no task to be woken for them."""
        if short is not None and short(text):
            return None
        return begin(send({"type": "websocket.send", "text": text}))  # type: ignore[arg-type]

    def found(subscriber: Subscriber) -> None:
        subscriber.sink = at_once
        line.subscriber = subscriber

    async with aclosing(line.desk.hub.stream(line.scope, line.cursor, line.admit, found=found)) as stream:
        async for texts in stream:
            for text in texts:
                if isinstance(text, str):
                    await send({"type": "websocket.send", "text": text})
                else:
                    await finish(text)
    code = line.subscriber.close_code if line.subscriber is not None else None
    if code == SLOW:
        raise _Closed(SLOW, "too_slow", "Too much waited for this socket. Resume from your cursor.")
    await _close(line.websocket, code or TRY_LATER)


async def _read(line: _Line) -> None:
    """Act on what the client says, until it leaves."""
    while True:
        text = await _receive(line.websocket)
        budget = line.desk.frames.hit(line.key)  # before it is read: nonsense counts too
        if not budget.is_allowed:
            raise _Closed(FLOOD, "rate_limited", "Too many frames. Wait, then resume from your cursor.")
        try:
            said = said_adapter.validate_json(text)
        except ValidationError as error:
            raise _Closed(BAD_FRAME, "bad_frame", _reason(error)) from error
        await _act(line, said)


async def _act(line: _Line, said: TypingSaid | PresenceSaid | ViewSaid | Ping) -> None:
    subscriber, hub, scope = line.subscriber, line.desk.hub, line.scope
    if subscriber is None:
        return
    try:
        match said:
            case Ping():
                subscriber.offer(write("pong"))
            case TypingSaid():
                if said.conversation_id is None:
                    raise NotFound("Say which conversation: conversation_id.")
                await hub.typing(subscriber.scope, said.conversation_id, said.state, subscriber)
            case PresenceSaid() if not subscriber.is_visitor:
                hub.presence(scope.account_id).set_state(subscriber, said.state)
            case ViewSaid() if not subscriber.is_visitor:
                await hub.view(subscriber, said.conversation_id)
            case _:
                raise Forbidden("Visitors may not do this.")
    except DeskError as error:
        subscriber.offer(write("error", code=error.code, message=error.message))


async def _receive(websocket: WebSocket) -> str:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    if not isinstance(text, str):
        raise _Closed(BAD_FRAME, "bad_frame", "Only text frames are understood.")
    if len(text) > MOST_BYTES:
        raise _Closed(BAD_FRAME, "bad_frame", f"A frame has at most {MOST_BYTES} bytes.")
    return text


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])


async def _close(websocket: WebSocket, code: int, told: str | None = None) -> None:
    with suppress(RuntimeError, WebSocketDisconnect, OSError):
        if told is not None:
            await websocket.send({"type": "websocket.send", "text": told})
        await websocket.close(code)


async def serve_stream(request: Request, *, visitors: bool, cursor: str | None) -> StreamingResponse:
    """The same as server-sent events: `id` is the cursor, `event` the frame's type, `data` the frame."""
    check = _admission(request, None, visitors=visitors)
    scope = await check()
    last = request.headers.get("last-event-id") or cursor
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    body = _events(desk_of(request), scope, last, _or_none(check))
    return StreamingResponse(body, media_type="text/event-stream", headers=headers)


async def _events(
    desk: Desk, scope: Scope, cursor: str | None, check: Callable[[], Awaitable[Scope | None]]
) -> AsyncIterator[str]:
    try:
        async with aclosing(desk.hub.stream(scope, cursor, check, found=lambda _: None)) as stream:
            async for texts in stream:
                yield "".join(_event(text) for text in texts if isinstance(text, str)) or PING_LINE
    except StoreUnavailable:
        log.warning("live_stream_ended_without_database")


def _event(text: str) -> str:
    """One frame as an event. Our frames begin with their type, and the cursor follows if there is one."""
    type_ = text[len('{"type":"') :].partition('"')[0]
    marker = '"cursor":"'
    at = text.find(marker, 0, 256)
    line = "" if at < 0 else f"id: {text[at + len(marker) :].partition(chr(34))[0]}\n"
    return f"{line}event: {type_}\ndata: {text}\n\n"
