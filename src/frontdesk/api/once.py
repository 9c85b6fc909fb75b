"""Idempotency keys at the edge: one effect and one answer for each key (guarantee G6).

An ordinary route with a key looks for a stored answer first; its endpoint then writes through `Once.write`,
which stores the answer in the commit of the effect. The stored answer is replayed byte for byte.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from frontdesk.api.desk import Desk, desk_of, header
from frontdesk.domain.errors import Conflict, IdempotencyInFlight, IdempotencyMismatch, Invalid
from frontdesk.domain.scope import Scope
from frontdesk.kit.crypto import CannotOpen
from frontdesk.store import idempotency
from frontdesk.store.failures import KeyTaken
from frontdesk.store.idempotency import IdempotencyKey
from frontdesk.store.statement import Row
from frontdesk.store.tx import Tx

T = TypeVar("T")

HEADER = b"idempotency-key"
_LONGEST = 255
_WAIT_SECONDS = 2.0


@dataclass(slots=True)
class Once:
    """One request's idempotency: `key` is None when the client sent none.

    Endpoints write with `await once.write(change)`; the change answers what the route answers (or None).
    """

    desk: Desk
    key: IdempotencyKey | None = None
    model: Any = None
    status: int = 200
    recorded: bool = False

    async def write(self, change: Callable[[Tx], T], *, secret: bool = False) -> T:
        """Run a change and keep its answer under the key, in one commit.

        Args:
            change: A plain function of the transaction; it answers what the endpoint answers.
            secret: Whether the answer holds a secret; it is then kept sealed.
        """
        key = self.key
        if key is None:
            return await self.desk.store.write(change)

        def keyed(tx: Tx) -> T:
            result = change(tx)
            idempotency.remember(tx, key, self.status, None, self.pack(key, result, secret=secret))
            return result

        result = await self.desk.store.write(keyed)
        self.recorded = True
        return result

    async def sent(self, *parts: str) -> None:
        """Say what a body was that came as a stream: only now is it known what the key stands for.

        Raises:
            KeyTaken: The key was used before; what it was used for and the stored answer are looked at next.
        """
        if self.key is None:
            return
        texts = [hashlib.sha256(part.encode()).digest() for part in parts]
        digest = hashlib.sha256(self.key.body_hash + b"".join(texts)).digest()
        key = self.key = replace(self.key, body_hash=digest)
        if await self.desk.store.read(lambda tx: idempotency.find(tx, key)) is not None:
            raise KeyTaken("This Idempotency-Key was used before.")

    def pack(self, key: IdempotencyKey, result: Any, *, secret: bool = False) -> Any:
        """The answer as it is stored."""
        text = _adapter(self.model).dump_json(result).decode() if self.model is not None else ""
        if not secret:
            return {"body": text}
        return {"sealed": self.desk.vault.seal(text, *_place(key)).hex()}


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _place(key: IdempotencyKey) -> tuple[str, ...]:
    return ("idempotency", str(key.account_id), str(key.actor_id), key.key)


async def once_of(request: Request) -> Once:
    """The request's idempotency, as the route prepared it."""
    found = request.scope.get("frontdesk.once")
    return found if isinstance(found, Once) else Once(desk_of(request))


OnceDep = Annotated[Once, Depends(once_of)]


def key_text(request: Request) -> str | None:
    """The client's key.

    Raises:
        Invalid: It is empty, too long or not printable.
    """
    text = header(request, HEADER)
    if text is None:
        return None
    if not 0 < len(text) <= _LONGEST or not (text.isascii() and text.isprintable()):
        raise Invalid("Must be 1 to 255 printable ASCII characters.", field="Idempotency-Key")
    return text


def key_of(scope: Scope, text: str, request: Request, route: str, body: bytes) -> IdempotencyKey:
    """What a client's key stands for: the same route, path, query and body."""
    sent = hashlib.sha256(request.scope["path"].encode("utf-8", "surrogatepass"))
    sent.update(b"?" + request.scope["query_string"] + b"\n" + body)
    return IdempotencyKey(scope.account_id, scope.actor_id, text, route, sent.digest())


def check_same(row: Row, key: IdempotencyKey) -> None:
    """Raises IdempotencyMismatch when the key was used for something else."""
    if row.route != key.route or bytes(row.body_hash) != key.body_hash:
        raise IdempotencyMismatch(
            "This Idempotency-Key was used before for another request.",
            hint="Use a new key for a new request.",
        )


def replay(desk: Desk, row: Row, key: IdempotencyKey) -> Response:
    """The stored answer of an ordinary route, once more."""
    check_same(row, key)
    stored = row.result or {}
    sealed = stored.get("sealed")
    try:
        text = (
            stored.get("body", "") if sealed is None else desk.vault.open(bytes.fromhex(sealed), *_place(key))
        )
    except CannotOpen:  # the master key was changed since, and the earlier one is not named any more
        raise Conflict("This was done; its answer held a secret and cannot be shown again.") from None
    headers = {"Idempotency-Replayed": "true"}
    if not text:
        return Response(status_code=row.status, headers=headers)
    return Response(text, row.status, headers=headers, media_type="application/json")


class InFlight:
    """Which keys are being worked on in this process; repeats wait a moment, then are told to come back."""

    def __init__(self) -> None:
        self._running: dict[tuple[Any, ...], asyncio.Event] = {}

    async def run(
        self, once: Once, key: IdempotencyKey, work: Callable[[], Awaitable[Response]], *, streams: bool
    ) -> Response:
        """Replay the stored answer of the key, or do the work if nobody did or does.

        Args:
            once: The request's idempotency.
            key: What its key stands for, as far as is known without a body that `streams`.
            work: Does the work. If the body streams, it says so by `Once.sent` when it has come.
            streams: Whether the body is still to come.

        Raises:
            IdempotencyInFlight: The first request still runs after 2 s.
            IdempotencyMismatch: The key was used for another request.
        """
        name = (key.account_id, key.actor_id, key.key)
        running = self._running.get(name)
        if running is not None:
            await _wait(running)
        found = None if streams else await once.desk.store.read(lambda tx: idempotency.find(tx, key))
        if found is not None:
            return replay(once.desk, found, key)
        if name in self._running:
            raise _in_flight()
        done = self._running[name] = asyncio.Event()
        try:
            return await self._work(once, work)
        finally:
            del self._running[name]
            done.set()

    async def _work(self, once: Once, work: Callable[[], Awaitable[Response]]) -> Response:
        try:
            response = await work()
            if not once.recorded and 200 <= response.status_code < 300:
                await _record(once, response)
        except KeyTaken:
            key = once.key
            found = None if key is None else await once.desk.store.read(lambda tx: idempotency.find(tx, key))
            if key is None or found is None:
                raise
            return replay(once.desk, found, key)
        return response


async def _record(once: Once, response: Response) -> None:
    """Keep the answer of an endpoint that did not write through `Once`."""
    key = once.key
    if key is None:
        return
    body = {"body": bytes(response.body).decode()}
    await once.desk.store.write(lambda tx: idempotency.remember(tx, key, response.status_code, None, body))


async def _wait(running: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            await running.wait()
    except TimeoutError:
        raise _in_flight() from None


def _in_flight() -> IdempotencyInFlight:
    return IdempotencyInFlight(
        "The first request with this Idempotency-Key is still running; repeat it later."
    )
