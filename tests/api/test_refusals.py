"""Refusals that hold for every kind of answer and every way in: 10, 11, 16, 18 and 44."""

import asyncio
import hashlib
import json
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from frontdesk.kit.clock import utc_now
from frontdesk.store import users
from tests.desk import PASSWORD, RunningDesk, running_desk

ETAG = f'"{hashlib.sha256(b"words").hexdigest()}"'
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), payment=()",
}


async def _answers(desk: RunningDesk) -> dict[str, httpx2.Response]:
    """One answer of every kind."""
    http, stranger = desk.http, desk.client()
    file = (await http.post("/v1/attachments", files={"file": ("a.txt", b"words", "text/plain")})).json()
    made = await http.post("/v1/tokens", json={"name": "a", "permissions": ["contacts:read"]})
    async with http.stream("GET", "/v1/live") as stream:
        answers = {"200 stream": stream}
    answers |= {
        "200 page": await stranger.get("/docs"),
        "200 script": await stranger.get("/docs/start.js"),
        "200 json": await http.get("/v1/account"),
        "200 lean": await http.get("/v1/events"),
        "200 file": await stranger.get(file["url"]),
        "206 part": await stranger.get(file["url"], headers={"Range": "bytes=0-1"}),
        "304 file": await stranger.get(file["url"], headers={"If-None-Match": ETAG}),
        "201 made": made,
        "204 nothing": await http.delete(f"/v1/tokens/{made.json()['id']}"),
        "204 preflight": await stranger.options(
            "/v1/widget/messages",
            headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"},
        ),
        "400 broken": await http.post(
            "/v1/tokens", content=b"{", headers={"Content-Type": "application/json"}
        ),
        "401 stranger": await stranger.get("/v1/account"),
        "403 hook": await stranger.post(f"/hooks/post/{(await desk.owner.inbox())['id']}", content=b"{}"),
        "404 route": await stranger.get("/v1/nothing"),
        "404 page": await stranger.get("/nothing.txt"),
        "405 method": await http.put("/v1/account"),
        "413 body": await http.post("/v1/tokens", content=b"a" * 1_100_000),
        "415 type": await http.post("/v1/tokens", content=b"a", headers={"Content-Type": "text/plain"}),
        "416 range": await stranger.get(file["url"], headers={"Range": "bytes=9-"}),
        "421 host": await stranger.get("/", headers={"Host": "evil.example"}),
        "422 field": await http.post("/v1/tokens", json={}),
    }
    desk.container.desk.links.read = _crash  # type: ignore[method-assign]
    answers["500 crash"] = await stranger.get(file["url"])
    return answers


def _crash(token: str) -> UUID | None:
    raise RuntimeError("nobody foresaw this")


async def test_refusal_44_every_kind_of_answer_carries_the_headers(desk: RunningDesk) -> None:
    wrong = {}
    for kind, answer in (await _answers(desk)).items():
        headers, policy = answer.headers, answer.headers.get("content-security-policy", "")
        found: Any = {name: headers.get(name) for name in HEADERS}
        lax = (
            "unsafe-inline" in policy
            or "unsafe-eval" in policy
            or "*" in policy
            or "default-src" not in policy
        )
        single = all(len(headers.get_list(name)) == 1 for name in (*HEADERS, "content-security-policy"))
        if (
            answer.status_code != int(kind[:3])
            or found != HEADERS
            or lax
            or not single
            or "server" in headers
        ):
            wrong[kind] = (answer.status_code, found, policy)
    assert wrong == {}


async def test_refusal_44_the_one_page_with_inline_styles_runs_no_inline_script(desk: RunningDesk) -> None:
    """ReDoc styles itself; it asks nobody else for anything, not even for a logo."""
    policy = (await desk.client().get("/redoc")).headers["content-security-policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy
    script = (await desk.client().get("/docs/redoc.standalone.js")).text
    assert "cdn.redoc.ly" not in script


async def test_refusal_10_a_link_that_has_ended_or_was_changed_opens_nothing(desk: RunningDesk) -> None:
    made = (await desk.http.post("/v1/attachments", files={"file": ("a.txt", b"words", "text/plain")})).json()
    links, id_, now = desk.container.desk.links, UUID(made["id"]), utc_now()
    good = links.token(id_, now + timedelta(minutes=1))
    longer = links.token(id_, now + timedelta(days=9))
    tokens = {
        "good": good,
        "ended": links.token(id_, now - timedelta(seconds=1)),
        "ended long ago": links.token(id_, now - timedelta(days=400)),
        "another end": longer[:27] + good[27:],
        "another file": links.token(UUID(int=id_.int + 1), now)[:22] + good[22:],
        "cut": good[:-2],
        "changed": good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB"),
        "nothing": "x",
    }
    client = desk.client()
    found = {name: (await client.get(f"/v1/files/{token}")).status_code for name, token in tokens.items()}
    assert found == {name: 200 if name == "good" else 404 for name in tokens}


async def test_refusal_11_wrong_passwords_of_others_lock_nobody_out(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guesses are limited by account and by address; who signed in before from where they are still can."""
    async with running_desk(sqlite_url, tmp_path, workers=False, trusted_proxies=("127.0.0.1",)) as desk:
        signing_in = desk.container.desk.signing_in
        for meter in (signing_in._by_address, signing_in._by_pair, signing_in._by_person):
            monkeypatch.setattr(meter, "_clock", lambda: 0.0)  # all of it happens in one moment

        async def sign_in(address: str, password: str) -> int:
            body = {"email": desk.owner.email, "password": password}
            headers = {"X-Forwarded-For": address}
            return (await desk.client().post("/v1/session", json=body, headers=headers)).status_code

        assert await sign_in("198.51.100.1", PASSWORD) == 201
        guessed = [await sign_in(f"203.0.113.{n // 6}", "wrong") for n in range(60)]
        assert guessed[:6] == [401] * 5 + [429]  # by address and account
        assert guessed.count(401) == 40  # by account, from whichever address
        assert await sign_in("198.51.100.1", PASSWORD) == 201


async def _start(line: ClientConnection, token: str) -> dict[str, Any]:
    await line.send(json.dumps({"type": "start", "token": token}))
    frame: dict[str, Any] = json.loads(await line.recv())
    return frame


async def _code(line: ClientConnection) -> int:
    async with asyncio.timeout(10):
        try:
            while True:
                await line.recv()
        except ConnectionClosed:
            return line.close_code or 0


async def test_refusal_18_a_disabled_user_is_refused_on_every_way_in(desk: RunningDesk) -> None:
    user_id, token = await desk.owner.user()
    row = await desk.store.read(lambda tx: users.get(tx, desk.owner.scope, user_id))
    body, live = {"email": row.email, "password": PASSWORD}, desk.url.replace("http", "ws") + "/v1/live"
    browser = desk.client()
    assert (await browser.post("/v1/session", json=body)).status_code == 201
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    async with connect(live, proxy=None) as line:
        assert (await _start(line, token))["type"] == "hello"
        await desk.http.patch(f"/v1/users/{user_id}", json={"disabled": True})
        assert await _code(line) == 4401  # the socket that was open
    bearer = desk.client(token)
    refused = {
        "password": (await desk.client().post("/v1/session", json=body)).status_code,
        "session": (await browser.get("/v1/session")).status_code,
        "session's stream": (await browser.get("/v1/live")).status_code,
        "token": (await bearer.get("/v1/account")).status_code,
        "token's stream": (await bearer.get("/v1/live")).status_code,
        "token on a lean route": (await bearer.get("/v1/events")).status_code,
    }
    assert refused == dict.fromkeys(refused, 401)
    async with connect(live, proxy=None) as line:
        assert (await _start(line, token))["code"] == "unauthenticated"
        assert await _code(line) == 4401
    async with connect(live, proxy=None, additional_headers={"Cookie": cookie}) as line:
        await line.send('{"type":"start"}')
        assert await _code(line) == 4401


@pytest.mark.parametrize("public_url", [None, "https://desk.example.com"])
async def test_refusal_16_the_session_cookie_has_these_attributes_and_no_other(
    sqlite_url: str, tmp_path: Path, public_url: str | None
) -> None:
    async with running_desk(sqlite_url, tmp_path, workers=False, public_url=public_url) as desk:
        body = {"email": desk.owner.email, "password": PASSWORD}
        answers = [await desk.client().post("/v1/session", json=body) for _ in range(2)]
    cookies = [SimpleCookie(answer.headers["set-cookie"]) for answer in answers]
    name = "__Host-frontdesk" if public_url else "frontdesk"
    (morsel, other) = (cookie[name] for cookie in cookies)
    given = {key: value for key, value in morsel.items() if value}
    secure: dict[str, Any] = {"secure": True} if public_url else {}
    assert given == {"httponly": True, "samesite": "lax", "path": "/", "max-age": str(14 * 86400)} | secure
    assert morsel.value != other.value  # each sign-in is another session
    assert len(morsel.value) >= 43
