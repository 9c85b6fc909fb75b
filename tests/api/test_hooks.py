"""Hooks: proven over the raw body or refused without a trace; what is answered 200 is kept and read once."""

import asyncio
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from websockets.asyncio.client import connect

from frontdesk.store import tables as t
from frontdesk.store.statement import Statement
from tests.api.naughty import SAYABLE
from tests.desk import RunningDesk, running_desk, until

SECRET, VERIFY = "app-secret-app-secret", "verify-me"
CONFIG = {
    "phone_number_id": "100000000000001",
    "waba_id": "200000000000001",
    "access_token": "EAAB",
    "app_secret": SECRET,
    "verify_token": VERIFY,
}
CHANNEL = "whatsapp"


def payload(*texts: str, ids: list[str] | None = None) -> bytes:
    """A provider's request with these texts of one customer."""
    messages = [
        {
            "from": "34600000001", "id": ids[n] if ids else f"wamid.{uuid4().hex}", "timestamp": "1763719200",
            "type": "text", "text": {"body": body},
        }
        for n, body in enumerate(texts)
    ]  # fmt: skip
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001000", "phone_number_id": "100000000000001"},
        "contacts": [{"profile": {"name": "Nora"}, "wa_id": "34600000001"}],
        "messages": messages,
    }
    entry = {"id": "200000000000001", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, ensure_ascii=False).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}


async def rows(desk: RunningDesk, table: Any) -> list[Any]:
    return await desk.store.read(lambda tx: tx.rows(Statement(table.select())))


async def all_read(desk: RunningDesk) -> bool:
    return all(row.state == "done" for row in await rows(desk, t.receipts))


async def hook_of(desk: RunningDesk, **changed: Any) -> tuple[str, httpx2.AsyncClient]:
    config = {key: value for key, value in {**CONFIG, **changed}.items() if value is not None}
    inbox = await desk.owner.inbox(CHANNEL, "WhatsApp", config)
    return f"/hooks/{CHANNEL}/{inbox['id']}", desk.client()


async def test_the_challenge_is_answered_to_who_knows_the_token(desk: RunningDesk) -> None:
    path, http = await hook_of(desk)
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    answer = await http.get(path, params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    for wrong in ({"hub.verify_token": "x"}, {"hub.mode": "unsubscribe"}, {"hub.verify_token": ""}):
        assert (await http.get(path, params={**asked, **wrong})).status_code == 403


async def test_a_signed_request_becomes_messages_once(desk: RunningDesk) -> None:
    """G3, refusal 34: a redelivery is 200 and has no second effect."""
    path, http = await hook_of(desk)
    body = payload("one", "two", ids=["wamid.1", "wamid.2"])
    for _ in range(3):
        answer = await http.post(path, content=body, headers=signed(body))
        assert answer.status_code == 200
    await asyncio.gather(*(http.post(path, content=body, headers=signed(body)) for _ in range(5)))
    await until(lambda: all_read(desk))
    (conversation,) = (await desk.owner.get("/v1/conversations"))["items"]
    messages = (await desk.owner.get(f"/v1/conversations/{conversation['id']}/messages"))["items"]
    assert [m["content"]["body"] for m in messages] == ["one", "two"]
    assert conversation["unread"] == 2
    assert len(await rows(desk, t.receipts)) == 8


async def test_what_is_not_proven_leaves_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """Refusals 31, 32, 33."""
    async with running_desk(sqlite_url, tmp_path / "data") as desk:
        path, http = await hook_of(desk)
        body = payload("x")
        good = signed(body)
        digest = good["X-Hub-Signature-256"].removeprefix("sha256=")
        again = json.dumps(json.loads(body)).encode() + b" "
        attacks: list[tuple[bytes, dict[str, str]]] = [
            (body, {}),
            (body, {"X-Hub-Signature-256": ""}),
            (body, {"X-Hub-Signature-256": digest}),
            (body, {"X-Hub-Signature-256": f"sha1={digest}"}),
            (body, {"X-Hub-Signature-256": f"sha256={digest[:-1]}"}),
            (body, {"X-Hub-Signature-256": "sha256=" + "0" * 64}),
            (body, signed(body, "another tenant's secret")),
            (body + b" ", good),
            (again, good),
            (
                body.replace(b"Nora", b"Mona"),
                {**good, "X-Forwarded-Host": "evil", "X-Forwarded-Proto": "https"},
            ),
        ]
        for content, headers in attacks:
            answer = await http.post(path, content=content, headers=headers)
            assert answer.status_code == 403, (headers, answer.text)
            assert answer.json()["code"] == "signature_invalid"
        secretless, _ = await hook_of(desk, app_secret=None)
        for secret in ("", SECRET, "None"):
            headers = {
                "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            }
            assert (await http.post(secretless, content=body, headers=headers)).status_code == 403
        for unknown in (
            f"/hooks/{CHANNEL}/{uuid4()}",
            f"/hooks/{CHANNEL}/x",
            path.replace(CHANNEL, "webchat"),
            "/hooks/x/y",
        ):
            assert (await http.post(unknown, content=body, headers=good)).status_code == 404
        assert await rows(desk, t.receipts) == []
        assert await rows(desk, t.jobs) == []
        assert await rows(desk, t.messages) == []


async def test_a_proven_but_unreadable_request_is_kept_and_shown(desk: RunningDesk) -> None:
    """G9."""
    path, http = await hook_of(desk)
    for body in (b"not json", b"[" * 20_000, b'"text"'):
        assert (await http.post(path, content=body, headers=signed(body))).status_code == 200
    healthy = payload("fine")
    assert (await http.post(path, content=healthy, headers=signed(healthy))).status_code == 200

    async def settled() -> bool:
        return all(row.state != "new" for row in await rows(desk, t.receipts))

    await until(settled)
    failed = (await desk.owner.get("/v1/receipts", state="failed"))["items"]
    assert len(failed) >= 2
    assert all(each["reason"] for each in failed)
    (conversation,) = (await desk.owner.get("/v1/conversations"))["items"]
    assert conversation["preview"]["text"] == "fine"


async def test_text_is_kept_to_the_byte(desk: RunningDesk) -> None:
    """G24: in by a hook, through the store, out by REST and the socket; and out to a provider."""
    path, http = await hook_of(desk)
    frames: list[str] = []
    url = desk.url.replace("http://", "ws://") + "/v1/live"
    async with connect(
        url, max_size=None, additional_headers={"Authorization": f"Bearer {desk.owner.token}"}
    ) as socket:
        await socket.send(json.dumps({"type": "start", "cursor": None}))
        for start in range(0, len(SAYABLE), 10):
            body = payload(*SAYABLE[start : start + 10])
            assert (await http.post(path, content=body, headers=signed(body))).status_code == 200
        async with asyncio.timeout(20):
            while len(frames) < len(SAYABLE):
                frame = json.loads(await socket.recv())
                if frame["type"] == "event" and frame["event"]["type"] == "message.received":
                    frames.append(frame["event"]["message"]["content"]["body"])
    (conversation,) = (await desk.owner.get("/v1/conversations"))["items"]
    messages = (await desk.owner.get(f"/v1/conversations/{conversation['id']}/messages", limit=100))["items"]
    read = [m["content"]["body"] for m in messages]
    assert [text.encode() for text in read] == [text.encode() for text in SAYABLE]
    assert frames == SAYABLE


async def test_text_reaches_a_provider_to_the_byte(desk: RunningDesk) -> None:
    """G24, outwards."""
    inbox = await desk.owner.inbox()
    contact = {"addresses": [{"scheme": "post", "address": "1"}]}
    started = await desk.owner.post("/v1/conversations", {"inbox_id": inbox["id"], "contact": contact})
    path = f"/v1/conversations/{started['id']}/messages"
    for text in SAYABLE:
        sent = await desk.owner.post(path, {"content": {"kind": "text", "body": text}})
        assert sent["content"]["body"] == text
    await until(lambda: len(desk.channel.sent) == len(SAYABLE), seconds=30)
    assert [each.content.body for each in desk.channel.sent] == SAYABLE  # type: ignore[union-attr]


async def test_a_challenge_that_is_no_text_is_answered(desk: RunningDesk) -> None:
    """Refusal 31: half a surrogate, which JSON can hold and UTF-8 cannot, is no error of ours."""
    inbox = await desk.owner.inbox("slack", "Slack", {"app_id": "A123", "signing_secret": SECRET})
    body, at = b'{"type":"url_verification","challenge":"ab\\ud800"}', str(int(time.time()))
    digest = hmac.new(SECRET.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    proof = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}
    answer = await desk.client().post(f"/hooks/slack/{inbox['id']}", content=body, headers=proof)
    assert (answer.status_code, answer.text) == (200, "ab?")
