"""Reading a request: its body within limits of size and time, its JSON strictly, its query without surprises.

Shared by ordinary and lean routes and by the hooks, so that every bad input is answered alike.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from pydantic_core import from_json
from starlette.requests import HTTPConnection, Request
from starlette.types import Receive

from frontdesk.api.desk import header
from frontdesk.api.errors import ApiError
from frontdesk.domain.errors import Invalid, Malformed
from frontdesk.kit.stepping import begin, finish

BODY_SECONDS = 30.0


async def read_body(request: Request) -> bytes:
    """The whole body. The size limit is the guard's; the time limit is 30 s.

    Raises:
        ApiError: It came too slowly (408).
        Malformed: The client went away in the middle.
    """
    chunks: list[bytes] = []
    begun = begin(_collect(request.receive, chunks))
    if begun is not None:  # most bodies are there already and need no clock
        try:
            async with asyncio.timeout(BODY_SECONDS):
                await finish(begun)
        except TimeoutError:
            message = "The body did not arrive in time."
            raise ApiError(408, message, headers={"Connection": "close"}) from None
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _collect(receive: Receive, chunks: list[bytes]) -> None:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("The body ended too early.")
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)


def check_json_type(connection: HTTPConnection) -> None:
    """Refuse a body that does not say it is JSON (a form of another site can send text, but not this).

    Raises:
        ApiError: Another media type (415).
    """
    given = header(connection, b"content-type") or ""
    if given == "application/json":
        return
    kind = given.partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise ApiError(415, "Send the body as JSON, with `Content-Type: application/json`.")


def parse_json(body: bytes) -> Any:
    """The body's value.

    Raises:
        Malformed: It is not JSON (NaN, lone surrogates and more than 200 levels are not either).
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        reason = str(error)[:200]
        raise Malformed("The body is not valid JSON.", hint=f"{reason}.") from None


def check_query(query: bytes, known: frozenset[str], lists: frozenset[str] = frozenset()) -> None:
    """Refuse unknown and doubled query parameters.

    Raises:
        Invalid: A parameter that the route does not have.
        Malformed: A parameter given twice.
    """
    if not query:
        return
    given = Counter(name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    for name, times in given.items():
        if name not in known:
            message = "There is no such query parameter here."
            raise Invalid(message, field=name[:100], hint=_known(known))
        if times > 1 and name not in lists:
            raise Malformed("The query parameter is given more than once.", field=name)


def _known(names: Iterable[str]) -> str:
    known = ", ".join(sorted(names))
    return f"Known ones: {known}." if known else "This address takes none."


class JsonRequest(Request):
    """A request whose JSON body was read and parsed before the framework asks for it."""

    raw: bytes | None = None
    parsed: Any = None

    async def body(self) -> bytes:
        """The bytes that were read."""
        return await super().body() if self.raw is None else self.raw

    async def json(self) -> Any:
        """The parsed body."""
        return self.parsed


async def read_json(request: JsonRequest) -> bytes:
    """Read and parse the body, and give its bytes; an absent body is left to the schema."""
    body = request.raw = await read_body(request)
    if body:
        check_json_type(request)
        request.parsed = parse_json(body)
    return body
