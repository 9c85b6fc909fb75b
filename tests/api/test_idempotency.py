"""Idempotency keys: one effect and one answer for each key (M-13, G6)."""

import asyncio
from typing import Any

import httpx2
import pytest

from frontdesk.store import canned_responses
from tests.desk import RunningDesk

BODY = {"shortcut": "hi", "title": "Hello", "messages": [{"kind": "text", "body": "Hello {{name}}"}]}


def key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


async def _titles(desk: RunningDesk) -> list[str]:
    rows = await desk.store.read(lambda tx: canned_responses.page(tx, desk.owner.scope, None, "", 100))
    return [row.title for row in rows]


async def test_a_repeat_has_no_effect_and_the_same_answer(desk: RunningDesk) -> None:
    first = await desk.http.post("/v1/canned-responses", json=BODY, headers=key("k1"))
    again = await desk.http.post("/v1/canned-responses", json=BODY, headers=key("k1"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert await _titles(desk) == ["Hello"]


async def test_another_body_under_the_same_key_is_refused(desk: RunningDesk) -> None:
    await desk.http.post("/v1/canned-responses", json=BODY, headers=key("k1"))
    answer = await desk.http.post(
        "/v1/canned-responses", json={**BODY, "shortcut": "other"}, headers=key("k1")
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    elsewhere = await desk.http.patch("/v1/account", json={"name": "X"}, headers=key("k1"))
    assert elsewhere.status_code == 422
    assert await _titles(desk) == ["Hello"]


async def test_fifty_at_once_have_one_effect(desk: RunningDesk) -> None:
    answers = await asyncio.gather(
        *(desk.http.post("/v1/canned-responses", json=BODY, headers=key("race")) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert all(int(each.headers["retry-after"]) >= 1 for each in answers if each.status_code == 409)
    assert await _titles(desk) == ["Hello"]


async def test_failures_are_not_kept(desk: RunningDesk) -> None:
    await desk.owner.post("/v1/canned-responses", BODY)
    clash = await desk.http.post("/v1/canned-responses", json=BODY, headers=key("k2"))
    assert clash.status_code == 409
    response = (await desk.owner.get("/v1/canned-responses"))["items"][0]
    assert (await desk.http.delete(f"/v1/canned-responses/{response['id']}")).status_code == 204
    assert (await desk.http.post("/v1/canned-responses", json=BODY, headers=key("k2"))).status_code == 201


async def test_a_replayed_secret_is_the_same_and_kept_sealed(desk: RunningDesk) -> None:
    body = {"name": "Shop", "permissions": ["contacts:read"]}
    first = await desk.http.post("/v1/tokens", json=body, headers=key("k3"))
    again = await desk.http.post("/v1/tokens", json=body, headers=key("k3"))
    assert first.json()["token"] == again.json()["token"]
    assert len((await desk.owner.get("/v1/tokens"))["items"]) == 2


async def test_keys_of_two_callers_do_not_meet(desk: RunningDesk) -> None:
    other = await desk.tenant("Other Bikes")
    for tenant in (desk.owner, other):
        answer = await tenant.http.post("/v1/canned-responses", json=BODY, headers=key("same"))
        assert answer.status_code == 201
        assert "idempotency-replayed" not in answer.headers


async def _twice(client: httpx2.AsyncClient, method: str, path: str, body: Any) -> tuple[Any, Any]:
    answers = []
    for _ in range(2):
        answer = await client.request(method, path, json=body, headers=key(f"{method} {path}"))
        answers.append((answer.status_code, answer.content))
    return answers[0], answers[1]


async def test_every_kind_of_write_takes_a_key(desk: RunningDesk) -> None:
    """The second answer is the first one, byte for byte, even where a second effect would fail."""
    inbox = await desk.owner.inbox()
    contact = await desk.owner.contact()
    response = await desk.owner.post("/v1/canned-responses", {**BODY, "shortcut": "bye"})
    token = await desk.owner.post("/v1/tokens", {"name": "x", "permissions": ["contacts:read"]})
    user = {"name": "Ana", "email": "ana@rill.example", "password": "long enough pw", "role": "agent"}
    writes: list[tuple[str, str, Any]] = [
        ("POST", "/v1/users", user),
        ("POST", "/v1/inboxes", {"channel": "post", "name": "Two", "config": {"box": "two"}}),
        ("PATCH", f"/v1/inboxes/{inbox['id']}", {"name": "Renamed"}),
        ("POST", f"/v1/inboxes/{inbox['id']}/connect", None),
        ("PATCH", f"/v1/contacts/{contact}", {"name": "Nora V."}),
        ("PATCH", "/v1/account", {"language": "es"}),
        ("DELETE", f"/v1/canned-responses/{response['id']}", None),
        ("DELETE", f"/v1/tokens/{token['id']}", None),
        ("POST", "/v1/conversations", {"inbox_id": inbox["id"], "contact_id": str(contact)}),
    ]
    different = {}
    for method, path, body in writes:
        first, second = await _twice(desk.http, method, path, body)
        if first != second or first[0] >= 300:
            different[f"{method} {path}"] = (first, second)
    assert different == {}
    items = (await desk.owner.get("/v1/contacts"))["items"]
    assert [each["version"] for each in items if each["id"] == str(contact)] == [2]


def form(content: bytes, boundary: str, name: str = "a.txt") -> dict[str, Any]:
    """A form with one file, as a client writes it."""
    disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    head = f"--{boundary}\r\n{disposition}\r\nContent-Type: text/plain\r\n\r\n"
    return {
        "content": head.encode() + content + f"\r\n--{boundary}--\r\n".encode(),
        "headers": {"Content-Type": f"multipart/form-data; boundary={boundary}", **key("file")},
    }


@pytest.mark.parametrize("who", ["agent", "visitor"])
async def test_g6_a_key_belongs_to_the_file_that_was_uploaded_with_it(desk: RunningDesk, who: str) -> None:
    """A body that streams is part of what the key stands for; what frames it (the boundary) is not."""
    http, path = desk.http, "/v1/attachments"
    if who == "visitor":
        inbox = await desk.owner.inbox("webchat", "Chat", {})
        http, path = desk.client(await desk.owner.visitor(inbox["id"])), "/v1/widget/attachments"
    first = await http.post(path, **form(b"one", "x"))
    again = await http.post(path, **form(b"one", "another"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    others = [form(b"two", "x"), form(b"one", "x", "b.txt"), {"content": b"three", "headers": key("file")}]
    for other in others:
        answer = await http.post(path, **other)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    assert (await http.get(first.json()["url"])).content == b"one"


async def test_g6_uploads_at_once_under_one_key_have_one_effect(desk: RunningDesk) -> None:
    answers = await asyncio.gather(
        *(desk.http.post("/v1/attachments", **form(b"one", f"x{n}")) for n in range(10))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1


async def test_g6_a_key_belongs_to_the_history_that_was_imported_with_it(desk: RunningDesk) -> None:
    history = (await desk.http.get("/v1/export?format=jsonl")).content
    answers = [
        await desk.http.post("/v1/import", content=content, headers=key("history"))
        for content in (history, history, history + b"{}\n")
    ]
    assert [each.status_code for each in answers] == [200, 200, 422]
    assert (answers[1].content, answers[1].headers["idempotency-replayed"]) == (answers[0].content, "true")
