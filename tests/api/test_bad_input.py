"""Every kind of bad input, on an ordinary route and on a lean one: the same clear answer, and no effect.

S1-05, S1-34, S3-27, refusals 48, 50 to 52, 66.
"""

import asyncio
import json
from typing import Annotated, Any
from uuid import UUID

import httpx2
import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from frontdesk.api.app import create_app
from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.lean import LeanRoute
from frontdesk.api.once import OnceDep
from frontdesk.api.route import DeskRoute
from frontdesk.domain.content import Content
from frontdesk.domain.errors import Conflict
from frontdesk.domain.scope import Permission, Scope
from tests.desk import RunningDesk

PLACE = "0198c2b5-7a60-7000-8000-000000000001"
Sender = Annotated[Scope, Depends(Needs(Permission.MESSAGES_SEND))]


class Order(BaseModel):
    """A body with a bit of everything."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=20)
    count: int = Field(default=1, ge=1, le=9)
    content: Content | None = None
    owner_id: UUID | None = None


class Taken(BaseModel):
    """What was understood."""

    place: UUID
    name: str
    count: int
    limit: int


def _routes(kind: type[DeskRoute], prefix: str) -> APIRouter:
    router = APIRouter(prefix=prefix, route_class=kind)

    @router.post("/{place}", status_code=201)
    async def take(
        place: UUID, body: Order, scope: Sender, desk: DeskDep, once: OnceDep, *, limit: int = 5
    ) -> Taken:
        if body.name == "broken":
            raise RuntimeError("secret internals")
        if body.name == "clash":
            raise Conflict("It is there already.", field="name", hint="Take another.")
        assert desk.store is not None
        assert scope.permissions
        assert once.desk is desk
        return Taken(place=place, name=body.name, count=body.count, limit=limit)

    return router


@pytest.fixture
async def both(desk: RunningDesk) -> httpx2.AsyncClient:
    """A client of an app that has the same endpoint as an ordinary and as a lean route."""
    app = create_app(desk.container.desk)
    for kind, prefix in ((DeskRoute, "/v1/plain"), (LeanRoute, "/v1/lean")):
        app.router.routes[:0] = _routes(kind, prefix).routes
    headers = {"Authorization": f"Bearer {desk.owner.token}"}
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers)


async def test_of_a_key_given_twice_the_last_counts_on_both(both: httpx2.AsyncClient) -> None:
    """Decision 0011: nothing is read from the first one, at any depth."""
    body = b'{"count": 2, "name": "one", "name": "two", "count": 3}'
    for kind in ("plain", "lean"):
        headers = {"Content-Type": "application/json"}
        answer = await both.post(f"/v1/{kind}/{PLACE}", content=body, headers=headers)
        assert (answer.status_code, answer.json()) == (
            201,
            {"place": PLACE, "name": "two", "count": 3, "limit": 5},
        )


PROBLEM = {"type", "title", "status", "code", "detail", "errors"}
DEEP = '{"name": "x", "content": {"kind": "unsupported", "raw": ' + "[" * 5000 + "]" * 5000 + "}}"
BODIES: dict[str, tuple[bytes, int]] = {
    "good": (b'{"name": "x", "count": 2}', 201),
    "good with unicode": ('{"name": "\u00e9\U0001f600\u0000"}'.replace("\u0000", "").encode(), 201),
    "good content": (b'{"name": "x", "content": {"kind": "text", "body": "hi"}}', 201),
    "empty": (b"", 422),
    "blank": (b"   ", 400),
    "not json": (b"{nonsense", 400),
    "half json": (b'{"name": "x"', 400),
    "two documents": (b'{"name": "x"}{"name": "y"}', 400),
    "array": (b"[]", 422),
    "string": (b'"x"', 422),
    "number": (b"1", 422),
    "null": (b"null", 422),
    "not a number": (b'{"name": "x", "count": NaN}', 400),
    "infinity": (b'{"name": "x", "count": Infinity}', 400),
    "huge number": (b'{"name": "x", "count": 1e999}', 422),
    "many digits": (b'{"name": "x", "count": ' + b"9" * 5000 + b"}", 400),
    "lone surrogate": (b'{"name": "\\ud800"}', 400),
    "bad utf-8": (b'{"name": "\xff\xfe"}', 400),
    "utf-16": ('{"name": "x"}'.encode("utf-16"), 400),
    "byte order mark": (b'\xef\xbb\xbf{"name": "x"}', 400),
    "too deep": (DEEP.encode(), 400),
    "missing": (b"{}", 422),
    "unknown field": (b'{"name": "x", "admin": true}', 422),
    "wrong type": (b'{"name": 7}', 422),
    "text for a number": (b'{"name": "x", "count": "many"}', 422),
    "object for text": (b'{"name": {"$ne": 1}}', 422),
    "too long": (json.dumps({"name": "x" * 21}).encode(), 422),
    "too short": (b'{"name": ""}', 422),
    "too large": (b'{"name": "x", "count": 10}', 422),
    "fraction": (b'{"name": "x", "count": 1.5}', 422),
    "no such kind": (b'{"name": "x", "content": {"kind": "telepathy"}}', 422),
    "no kind": (b'{"name": "x", "content": {}}', 422),
    "NUL in content": (b'{"name": "x", "content": {"kind": "text", "body": "a\\u0000b"}}', 422),
    "wrong id": (b'{"name": "x", "owner_id": "1 or 1=1"}', 422),
    "key twice, the last good": (b'{"name": 7, "name": "x"}', 201),
    "key twice, the last bad": (b'{"name": "x", "name": 7}', 422),
    "key twice, the last broken": (b'{"name": "x", "name": "\\ud800"}', 400),
    "kind twice": (b'{"name": "x", "content": {"kind": "telepathy", "kind": "text", "body": "hi"}}', 201),
    "unknown key twice": (b'{"name": "x", "admin": true, "admin": false}', 422),
    "conflict": (b'{"name": "clash"}', 409),
    "crash": (b'{"name": "broken"}', 500),
}


def _shape(answer: httpx2.Response) -> Any:
    body = answer.json()
    body.pop("request_id", None)
    return answer.status_code, answer.headers["content-type"], body


async def test_both_kinds_of_route_answer_alike(both: httpx2.AsyncClient) -> None:
    different, unexpected = {}, {}
    for name, (body, status) in BODIES.items():
        answers = [
            _shape(
                await both.post(
                    f"/v1/{kind}/{PLACE}", content=body, headers={"Content-Type": "application/json"}
                )
            )
            for kind in ("plain", "lean")
        ]
        if answers[0] != answers[1]:
            different[name] = answers
        problem = answers[0][1] == "application/problem+json" and set(answers[0][2]) == PROBLEM
        if answers[0][0] != status or problem != (status >= 400) or "internals" in json.dumps(answers[0]):
            unexpected[name] = answers[0]
    assert (different, unexpected) == ({}, {})


ODD: list[tuple[str, dict[str, str], int]] = [
    ("1%20or%201=1", {}, 422),
    (f"{PLACE}?limit=many", {}, 422),
    (f"{PLACE}?limt=5", {}, 422),
    (f"{PLACE}?limit=1&limit=2", {}, 400),
    (f"{PLACE}?limit=%00", {}, 422),
    (f"{PLACE}", {"Content-Type": "text/plain"}, 415),
    (f"{PLACE}", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    (f"{PLACE}", {"Content-Type": ""}, 415),
    (f"{PLACE}", {"Authorization": "Basic dXNlcjpwYXNz"}, 401),
    (f"{PLACE}", {"Authorization": "Bearer fd_unknown"}, 401),
    (f"{PLACE}", {"Idempotency-Key": "x" * 256}, 422),
    (f"{PLACE}", {"Idempotency-Key": "tab\there"}, 422),
    (f"{PLACE}", {"Content-Length": "2000000"}, 413),
]


async def test_both_kinds_refuse_odd_requests_alike(both: httpx2.AsyncClient) -> None:
    different, unexpected = {}, {}
    for number, (path, headers, status) in enumerate(ODD):
        sent = {"Content-Type": "application/json"} | headers
        answers = [
            _shape(await both.post(f"/v1/{kind}/{path}", content=b'{"name": "x"}', headers=sent))
            for kind in ("plain", "lean")
        ]
        if answers[0] != answers[1]:
            different[number] = answers
        if answers[0][0] != status:
            unexpected[number] = (path, headers, answers[0])
    assert (different, unexpected) == ({}, {})


async def _raw(url: str, text: bytes, *, seconds: float = 10) -> bytes:
    host, _, port = url.removeprefix("http://").partition(":")
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(text)
        await writer.drain()
        answer = await reader.read(4096)
        writer.close()
    return answer


FRAMING: list[tuple[list[str], int]] = [
    (["GET /v1/account HTTP/1.1", "Host: evil.example"], 421),
    (["GET /v1/account HTTP/1.1", "Host: a/?x="], 400),
    (["GET /v1/account HTTP/1.1", "Host: 127.0.0.1", "Host: evil.example"], 400),
    (["GET //evil.example HTTP/1.1", "Host: 127.0.0.1"], 400),
    (["GET /..\\..\\etc HTTP/1.1", "Host: 127.0.0.1"], 400),
    (
        [
            "GET /v1/account HTTP/1.1",
            "Host: 127.0.0.1",
            "Authorization: Bearer a",
            "Authorization: Bearer b",
        ],
        400,
    ),
    (["GET @evil.example/v1/account HTTP/1.1", "Host: 127.0.0.1"], 400),
    (["POST /v1/session HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 5", "Content-Length: 50"], 400),
    (
        [
            "POST /v1/session HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
        ],
        400,
    ),
    (["GET / HTTP/1.1\r\nX: a\0b", "Host: 127.0.0.1"], 400),
]


async def test_requests_that_play_with_hosts_and_framing_are_refused(desk: RunningDesk) -> None:
    """Refusals 50 and 51."""
    unexpected = {}
    for lines, status in FRAMING:
        text = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
        answer = await _raw(desk.url, text)
        if answer.split(b" ", 2)[1] != str(status).encode():
            unexpected[str(lines)] = answer
    assert unexpected == {}


async def test_a_body_that_grows_beyond_the_limit_is_cut_off(desk: RunningDesk) -> None:
    """S1-34: 413, announced or not."""

    async def endless() -> Any:
        for _ in range(40):
            yield b" " * 65536

    answer = await desk.http.post(
        "/v1/tokens", content=endless(), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    announced = await desk.http.post("/v1/tokens", content=b" " * 2_000_000)
    assert announced.status_code == 413
    assert announced.headers["connection"] == "close"


async def test_unknown_addresses_and_methods_are_problems_too(desk: RunningDesk) -> None:
    for method, path, status in (
        ("GET", "/v1/nothing", 404),
        ("POST", "/nothing", 404),
        ("PUT", "/v1/account", 405),
        ("GET", "/v1/conversations/", 404),
        ("TRACE", "/v1/account", 405),
    ):
        answer = await desk.http.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_an_invalid_cursor_is_an_error(desk: RunningDesk) -> None:
    """S4-13."""
    for path in ("/v1/contacts", "/v1/users", "/v1/conversations", "/v1/dead-letters", "/v1/events"):
        for cursor in ("nonsense", "AAAA", "\0", "x" * 2000, "\u2026", ""):
            answer = await desk.http.get(path, params={"after" if "events" in path else "cursor": cursor})
            assert answer.status_code in {400, 422}, (path, cursor, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


async def test_a_cursor_of_another_list_is_an_error(desk: RunningDesk) -> None:
    for _ in range(2):
        await desk.owner.contact()
    page = (await desk.http.get("/v1/contacts", params={"limit": 1})).json()
    assert (await desk.http.get("/v1/contacts", params={"cursor": page["next_cursor"]})).status_code == 200
    answer = await desk.http.get("/v1/users", params={"cursor": page["next_cursor"]})
    assert answer.status_code == 400
