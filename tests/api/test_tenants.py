"""Two accounts side by side: neither reads, changes or even notices the other (refusals 1 to 9)."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from frontdesk.domain.scope import Permission, Scope
from frontdesk.kit.clock import utc_now
from frontdesk.kit.ids import uuid7
from frontdesk.store import jobs, notices, receipts
from frontdesk.store.receipts import Receipt
from frontdesk.store.tx import Tx
from tests.api.routes import Operation, operations
from tests.desk import PASSWORD, Tenant, running_desk

CANARY = "canary-7f3a"
TEXT = {"content": {"kind": "text", "body": f"{CANARY} text"}}

BODIES: dict[str, Any] = {
    "POST /v1/conversations/{conversation_id}/messages": TEXT,
    "POST /v1/conversations/{conversation_id}/messages/batch": {
        "agent_email": "OWNER",
        "messages": [TEXT],
    },
    "POST /v1/conversations/{conversation_id}/canned-responses/{response_id}": {},
    "POST /v1/conversations/{conversation_id}/assign": {"assignee_id": "me"},
    "POST /v1/conversations/{conversation_id}/resolve": {},
    "POST /v1/conversations/{conversation_id}/snooze": {"until": (utc_now() + timedelta(days=1)).isoformat()},
    "POST /v1/conversations/{conversation_id}/read": {},
    "POST /v1/conversations/{conversation_id}/typing": {"state": "on"},
    "PATCH /v1/contacts/{contact_id}": {"name": "Mine"},
    "POST /v1/contacts/{contact_id}/identities": {"scheme": "phone", "address": "+34600000001"},
    "POST /v1/contacts/{contact_id}/merge": {"other_id": str(uuid4())},
    "POST /v1/contacts/{contact_id}/unmerge": {"merge_id": str(uuid4())},
    "PATCH /v1/inboxes/{inbox_id}": {"name": "Mine"},
    "PATCH /v1/users/{user_id}": {"name": "Mine"},
    "PUT /v1/canned-responses/{response_id}": {
        "shortcut": "mine",
        "title": "Mine",
        "messages": [{"kind": "text", "body": "Mine"}],
    },
}
QUERIES = {"DELETE /v1/contacts/{contact_id}/identities": {"scheme": "phone", "address": "+34600000001"}}
ELSEWHERE = {"token", "public_key", "channel"}
"""Path parameters that are credentials of their own; they have tests of their own."""


@dataclass(slots=True)
class Shop:
    """An account with one of everything, each named after the canary."""

    owner: Tenant
    ids: dict[str, str]


async def furnish(owner: Tenant) -> Shop:
    inbox = await owner.inbox(name=f"{CANARY} inbox")
    contact = await owner.contact(f"{CANARY} contact", ("email", f"{CANARY}@rill.example"))
    conversation = await owner.post(
        "/v1/conversations", {"inbox_id": inbox["id"], "contact_id": str(contact)}
    )
    message = await owner.post(f"/v1/conversations/{conversation['id']}/messages", TEXT)
    [delivery] = await owner.get(f"/v1/messages/{message['id']}/deliveries")
    uploaded = await owner.http.post(
        "/v1/attachments", params={"filename": f"{CANARY}.txt"}, content=CANARY.encode()
    )
    response = await owner.post(
        "/v1/canned-responses",
        {"shortcut": CANARY, "title": f"{CANARY} title", "messages": [{"kind": "text", "body": CANARY}]},
    )
    user, _ = await owner.user(name=f"{CANARY} agent")
    address = {"channel": inbox["channel"], "scheme": "email", "address": f"{CANARY}@rill.example"}
    opt_out = await owner.post("/v1/opt-outs", {**address, "kind": "marketing", "note": CANARY})
    token = await owner.post("/v1/tokens", {"name": f"{CANARY} token", "permissions": ["contacts:read"]})
    letter, receipt = await owner.desk.store.write(lambda tx: _trouble(tx, owner.scope, UUID(inbox["id"])))
    return Shop(
        owner,
        {
            "inbox_id": inbox["id"],
            "contact_id": str(contact),
            "conversation_id": conversation["id"],
            "message_id": message["id"],
            "delivery_id": delivery["id"],
            "attachment_id": uploaded.json()["id"],
            "response_id": response["id"],
            "user_id": str(user),
            "token_id": token["id"],
            "opt_out_id": opt_out["id"],
            "letter_id": str(letter),
            "receipt_id": str(receipt),
        },
    )


def _trouble(tx: Tx, scope: Scope, inbox_id: UUID) -> tuple[UUID, UUID]:
    jobs.enqueue(tx, "trouble", inbox_id, scope.account_id, {"what": CANARY})
    [lane] = jobs.claim(tx, "trouble", lanes=1)
    letter = jobs.bury(tx, lane, lane.jobs[0].id, CANARY)
    assert letter is not None
    notices.add(tx, scope.account_id, inbox_id, uuid7(), "error", title=CANARY)
    receipt = Receipt(
        account_id=scope.account_id,
        inbox_id=inbox_id,
        method="POST",
        query={},
        headers={},
        body=CANARY.encode(),
    )
    receipts.add(tx, receipt)
    receipts.finish(tx, receipt.id, reason=CANARY)
    return letter, receipt.id


@pytest.fixture
async def shops(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Shop, Tenant]]:
    """A furnished account, and the owner of another; nothing works in the background."""
    async with running_desk(database_url, tmp_path / "data", workers=False) as desk:
        yield await furnish(desk.owner), await desk.tenant("Other Bikes")


def _probed() -> list[Operation]:
    return [
        each
        for each in operations()
        if each.parameters and not ELSEWHERE & set(each.parameters) and "visitor" not in each.security
    ]


async def _everything(owner: Tenant) -> dict[str, Any]:
    """All that an account can read of itself."""
    lists = [each.path for each in operations() if str(each).startswith("GET /v1/") and not each.parameters]
    skipped = {"/v1/live", "/v1/widget/live", "/v1/widget/messages", "/v1/session", "/v1/setup", "/v1/export"}
    read = {}
    for path in sorted(set(lists) - skipped):
        params = {"starred": "true"} if path == "/v1/messages" else {}
        params |= {"status": "all"} if path == "/v1/conversations" else {}
        read[path] = await owner.get(path, **params)
    return read


async def test_foreign_ids_are_answered_like_unknown_ones(shops: tuple[Shop, Tenant]) -> None:
    """Refusal 1: over all routes and methods that take an id, and nothing changes."""
    shop, stranger = shops
    before = await _everything(shop.owner)
    different, found = {}, {}
    for operation in _probed():
        body = BODIES.get(str(operation))
        if isinstance(body, dict) and "agent_email" in body:
            body = {**body, "agent_email": stranger.email}
        theirs = operation.at(**{name: shop.ids[name] for name in operation.parameters})
        unknown = operation.at(**{name: str(uuid4()) for name in operation.parameters})
        answers = []
        for path in (theirs, unknown):
            query = QUERIES.get(str(operation))
            answer = await stranger.http.request(operation.method, path, json=body, params=query)
            answers.append((answer.status_code, {**answer.json(), "request_id": None}))
        if answers[0] != answers[1]:
            different[str(operation)] = answers
        if answers[0][0] != 404:
            found[str(operation)] = answers[0]
    assert (different, found) == ({}, {})
    assert len(_probed()) > 25
    assert await _everything(shop.owner) == before


async def test_lists_hold_nothing_of_another_account(shops: tuple[Shop, Tenant]) -> None:
    """Refusal 3, with searches."""
    shop, stranger = shops
    read = await _everything(stranger)
    for path in ("/v1/contacts", "/v1/canned-responses"):
        read[f"{path}?q"] = await stranger.get(path, q=CANARY)
        assert CANARY in json.dumps(await shop.owner.get(path, q=CANARY))
    for name in ("inbox_id", "contact_id"):
        read[name] = await stranger.get("/v1/conversations", **{name: shop.ids[name], "status": "all"})
    text = json.dumps(read)
    assert CANARY not in text
    assert [value for value in shop.ids.values() if value in text] == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/conversations", {"inbox_id": "inbox_id", "contact_id": "own contact"}, "inbox_id"),
        ("/v1/conversations", {"inbox_id": "own inbox", "contact_id": "contact_id"}, "contact_id"),
        ("/v1/conversations/{own}/assign", {"assignee_id": "user_id"}, "assignee_id"),
        ("/v1/conversations/{own}/messages", {**TEXT, "reply_to_id": "message_id"}, "reply_to_id"),
        (
            "/v1/conversations/{own}/messages",
            {"content": {"kind": "image", "media": {"attachment_id": "attachment_id"}}},
            "attachment_id",
        ),
        (
            "/v1/conversations/{own}/messages",
            {"content": {"kind": "reaction", "emoji": "+", "target_id": "message_id"}},
            "target_id",
        ),
        ("/v1/tokens", {"name": "x", "permissions": ["contacts:read"], "user_id": "user_id"}, "user_id"),
        (
            "/v1/tokens",
            {"name": "x", "permissions": ["contacts:read"], "inbox_ids": ["inbox_id"]},
            "inbox_ids",
        ),
    ],
)
async def test_foreign_ids_inside_bodies_are_refused(
    shops: tuple[Shop, Tenant], path: str, body: dict[str, Any], field: str
) -> None:
    """Refusal 2."""
    shop, stranger = shops
    inbox, contact = await stranger.inbox(), await stranger.contact("Mine")
    mine = await stranger.post("/v1/conversations", {"inbox_id": inbox["id"], "contact_id": str(contact)})
    known = {**shop.ids, "own contact": str(contact), "own inbox": inbox["id"]}
    text = json.dumps(body)
    for name, value in known.items():
        text = text.replace(f': "{name}"', f': "{value}"').replace(f'["{name}"]', f'["{value}"]')
    before = await _everything(stranger)
    answer = await stranger.http.post(path.format(own=mine["id"]), json=json.loads(text))
    assert answer.status_code in {404, 422}, answer.text
    assert CANARY not in answer.text
    assert await _everything(stranger) == before
    assert field


async def test_an_account_attribute_cannot_be_foreign(shops: tuple[Shop, Tenant]) -> None:
    shop, stranger = shops
    body = {"settings": {"photo_attachment_id": shop.ids["attachment_id"]}}
    answer = await stranger.http.patch("/v1/account", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "settings.photo_attachment_id")


async def test_a_limited_token_sees_its_inbox_only(shops: tuple[Shop, Tenant]) -> None:
    """Refusals 4 and 5."""
    shop, _ = shops
    second = await shop.owner.inbox(name="Second")
    token = await shop.owner.api_token(frozenset(Permission), inbox_ids=[second["id"]])
    limited = Tenant(
        shop.owner.desk,
        shop.owner.account_id,
        shop.owner.user_id,
        shop.owner.email,
        token,
        shop.owner.desk.client(token),
    )
    lists = {
        "/v1/contacts": {},
        "/v1/conversations": {"status": "all"},
        "/v1/inboxes": {},
        "/v1/deliveries": {},
        "/v1/channel-notices": {},
        "/v1/receipts": {},
        "/v1/events": {},
        "/v1/reports/costs": {},
        "/v1/reports/saved-templates": {},
        "/v1/messages": {"starred": "true"},
    }
    read = {path: await limited.get(path, **params) for path, params in lists.items()}
    ids = {
        name: value for name, value in shop.ids.items() if name not in {"response_id", "user_id", "token_id"}
    }
    text = json.dumps(read)
    assert CANARY not in text
    assert [name for name, value in ids.items() if value in text] == []
    for name in ("conversation_id", "contact_id", "message_id", "delivery_id", "receipt_id"):
        for operation in _probed():
            if operation.parameters != [name]:
                continue
            body = BODIES.get(str(operation))
            if isinstance(body, dict) and "agent_email" in body:
                body = {**body, "agent_email": shop.owner.email}
            answer = await limited.http.request(
                operation.method,
                operation.at(**{name: shop.ids[name]}),
                json=body,
                params=QUERIES.get(str(operation)),
            )
            assert answer.status_code == 404, (str(operation), answer.text)
    assert (await limited.http.get("/v1/dead-letters")).status_code == 403


async def test_a_limited_token_cannot_lift_its_limit(shops: tuple[Shop, Tenant]) -> None:
    """Refusal 5: not by a new owner, another's password, a new inbox or others' tokens."""
    owner = shops[0].owner
    first, second = await owner.inbox(name="First"), await owner.inbox(name="Second")
    limited = owner.desk.client(await owner.api_token(frozenset(Permission), inbox_ids=[second["id"]]))
    whole = await owner.post("/v1/tokens", {"name": "whole", "permissions": ["contacts:read"]}, 201)
    other = await owner.post(
        "/v1/tokens", {"name": "first", "permissions": ["contacts:read"], "inbox_ids": [first["id"]]}, 201
    )
    user = {"name": "New", "email": "new@rill.example", "password": "correct horse", "role": "owner"}
    tried = [
        await limited.post("/v1/users", json=user),
        await limited.patch(f"/v1/users/{owner.user_id}", json={"password": "correct horse"}),
        await limited.patch("/v1/account", json={"name": "Mine"}),
        await limited.post("/v1/inboxes", json={"name": "Mine", "channel": "webchat", "config": {}}),
        await limited.delete(f"/v1/tokens/{whole['id']}"),
        await limited.delete(f"/v1/tokens/{other['id']}"),
    ]
    assert [answer.status_code for answer in tried] == [403, 403, 403, 403, 404, 404]
    seen = (await limited.get("/v1/tokens")).json()["items"]
    assert [token["inbox_ids"] for token in seen] == [[second["id"]]]


MASS = {"account_id", "tenant_id", "id", "verified", "created_at", "seq", "status", "version", "permissions"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v1/contacts/{contact_id}", {"name": "Mine"}),
        ("PATCH", "/v1/inboxes/{inbox_id}", {"name": "Mine"}),
        ("PATCH", "/v1/users/{user_id}", {"name": "Mine"}),
        ("PATCH", "/v1/account", {"name": "Mine"}),
        ("POST", "/v1/conversations/{conversation_id}/messages", TEXT),
    ],
)
async def test_fields_that_are_not_offered_are_refused(
    shops: tuple[Shop, Tenant], method: str, path: str, body: dict[str, Any]
) -> None:
    """Refusal 8."""
    shop, _ = shops
    before = await _everything(shop.owner)
    for name in sorted(MASS):
        answer = await shop.owner.http.request(method, path.format(**shop.ids), json={**body, name: "1"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, name), answer.text
    assert await _everything(shop.owner) == before


async def test_low_roles_do_not_see_addresses_of_colleagues(shops: tuple[Shop, Tenant]) -> None:
    """Refusal 9."""
    shop, _ = shops
    agent, token = await shop.owner.user(name="Low")
    items = (await shop.owner.desk.client(token).get("/v1/users")).json()["items"]
    assert {item["id"] for item in items if item["email"] is not None} == {str(agent)}
    assert "hash" not in json.dumps(items)
    assert PASSWORD not in json.dumps(items)
