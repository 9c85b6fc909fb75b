"""API tokens: claims, times, revocation; who wrote comes from the token (S1-14, S1-15)."""

import asyncio
from datetime import timedelta
from typing import Any

from frontdesk.domain.scope import Permission, Role
from frontdesk.kit.clock import utc_now
from tests.desk import RunningDesk


async def test_a_token_is_shown_once_and_kept_as_a_hash(desk: RunningDesk) -> None:
    made = await desk.owner.post("/v1/tokens", {"name": "Shop", "permissions": ["contacts:read"]})
    assert made["token"].startswith("fd_")
    assert len(made["token"]) >= 43
    listed = await desk.owner.get("/v1/tokens")
    assert [each["name"] for each in listed["items"]] == ["owner", "Shop"]
    assert all("token" not in each for each in listed["items"])
    client = desk.client(made["token"])
    assert (await client.get("/v1/contacts")).status_code == 200
    assert (await client.get("/v1/inboxes")).status_code == 403


TIMES: list[tuple[dict[str, int], int]] = [
    ({"expires_at": -3600}, 401),
    ({"expires_at": -90}, 401),
    ({"expires_at": -30}, 200),
    ({"expires_at": 3600}, 200),
    ({"not_before": 3600}, 401),
    ({"not_before": 90}, 401),
    ({"not_before": 30}, 200),
    ({"not_before": -3600}, 200),
]


async def test_times_count_give_or_take_a_minute(desk: RunningDesk) -> None:
    """S1-14: an expired token is 401; clocks may be off by 60 s."""
    found = []
    for claims, _ in TIMES:
        times: Any = {name: utc_now() + timedelta(seconds=seconds) for name, seconds in claims.items()}
        client = desk.client(await desk.owner.api_token(**times))
        found.append((claims, (await client.get("/v1/account")).status_code))
    assert found == TIMES


async def test_a_token_ends_after_its_ttl(desk: RunningDesk) -> None:
    body = {"name": "Short", "permissions": ["contacts:read"], "ttl_seconds": 60}
    made = await desk.owner.post("/v1/tokens", body)
    now = utc_now()
    assert now.isoformat() < made["expires_at"] < (now + timedelta(seconds=61)).isoformat()


async def test_a_revoked_token_is_refused_at_once(desk: RunningDesk) -> None:
    made = await desk.owner.post("/v1/tokens", {"name": "Gone", "permissions": ["contacts:read"]})
    client = desk.client(made["token"])
    assert (await client.get("/v1/contacts")).status_code == 200
    assert (await desk.http.delete(f"/v1/tokens/{made['id']}")).status_code == 204
    assert (await client.get("/v1/contacts")).status_code == 401
    assert (await desk.http.delete(f"/v1/tokens/{made['id']}")).status_code == 204


async def test_a_change_of_role_counts_at_once(desk: RunningDesk) -> None:
    """Refusal 7; another process notices within 2 s."""
    user_id, token = await desk.owner.user(Role.ADMIN)
    client = desk.client(token)
    assert (await client.get("/v1/tokens")).status_code == 200
    await desk.http.patch(f"/v1/users/{user_id}", json={"role": "agent"})
    assert (await client.get("/v1/tokens")).status_code == 403


BAD: list[tuple[dict[str, Any], str]] = [
    ({"permissions": []}, "permissions"),
    ({"permissions": ["root"]}, "permissions.0"),
    ({"permissions": "contacts:read"}, "permissions"),
    ({"ttl_seconds": 0}, "ttl_seconds"),
    ({"ttl_seconds": 10**12}, "ttl_seconds"),
    ({"expires_at": "tomorrow"}, "expires_at"),
    ({"expires_at": "2027-01-01T00:00:00"}, "expires_at"),
    ({"expires_at": "0001-01-01T00:00:00+14:00"}, "expires_at"),
    ({"not_before": "9999-12-31T23:59:59-14:00"}, "not_before"),
    ({"name": ""}, "name"),
    ({"name": " spaces "}, "name"),
    ({"name": "two\nlines"}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"user_id": "me"}, "user_id"),
]


async def test_bad_claims_are_named(desk: RunningDesk) -> None:
    named = {}
    for change, field in BAD:
        body = {"name": "x", "permissions": ["contacts:read"]} | change
        answer = await desk.http.post("/v1/tokens", json=body)
        named[str(change)] = (answer.status_code, answer.json()["errors"][0]["field"], field)
    assert {name: found for name, found in named.items() if found[:2] != (422, found[2])} == {}
    assert len((await desk.owner.get("/v1/tokens"))["items"]) == 1


async def test_the_author_is_who_the_token_says(desk: RunningDesk) -> None:
    """S1-15: nobody becomes an agent by saying so."""
    inbox = await desk.owner.inbox()
    contact = await desk.owner.contact()
    conversation = await desk.owner.post(
        "/v1/conversations", {"inbox_id": inbox["id"], "contact_id": str(contact)}
    )
    path = f"/v1/conversations/{conversation['id']}/messages"
    content = {"content": {"kind": "text", "body": "hello"}}
    visitor = desk.client(await desk.owner.visitor(inbox["id"], contact))
    as_agent = await visitor.post(path, json={**content, "author": {"type": "agent"}})
    assert as_agent.status_code == 403
    user_id, token = await desk.owner.user(name="Ana Agent")
    message = (await desk.client(token).post(path, json=content)).json()
    assert message["author"] == {"type": "agent", "id": str(user_id), "name": "Ana Agent"}
    disguised = await desk.client(token).post(path, json={**content, "author": {"type": "contact"}})
    assert disguised.status_code in {403, 422}
    assert len((await desk.owner.get(path))["items"]) == 1


async def test_admissions_are_kept_for_two_seconds_only(desk: RunningDesk) -> None:
    """What another process changed counts soon."""
    access = desk.container.desk.access
    token = await desk.owner.api_token([Permission.CONTACTS_READ])
    first = await access.admit_token(token)
    assert first is not None
    assert await access.admit_token(token) is first
    await asyncio.sleep(0)
    access.forget()
    assert await access.admit_token(token) is not first
