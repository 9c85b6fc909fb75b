"""Setting up, signing in and out, cookies, CSRF, throttling (S1-14, refusals 11 to 18, 48)."""

from pathlib import Path

import httpx2

from frontdesk.store import users
from tests.desk import PASSWORD, RunningDesk, running_desk

NEW = {
    "account_name": "Rill Bikes",
    "name": "Olive Rill",
    "email": "Olive@Rill.example",
    "password": "a long enough password",
}


async def sign_in(desk: RunningDesk) -> tuple[httpx2.AsyncClient, str]:
    """A client with the owner's cookie, and the session's CSRF token."""
    client = desk.client()
    answer = await client.post("/v1/session", json={"email": desk.owner.email, "password": PASSWORD})
    assert answer.status_code == 201
    return client, answer.json()["csrf_token"]


async def test_signing_in_gives_a_cookie_that_scripts_cannot_read(desk: RunningDesk) -> None:
    answer = await desk.client().post(
        "/v1/session", json={"email": desk.owner.email.upper(), "password": PASSWORD}
    )
    assert answer.status_code == 201
    assert answer.json()["user"]["role"] == "owner"
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("frontdesk=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}


async def test_a_write_in_a_session_needs_its_csrf_token(desk: RunningDesk) -> None:
    client, csrf = await sign_in(desk)
    body = {"name": "Rill & Sons"}
    without = await client.patch("/v1/account", json=body)
    wrong = await client.patch("/v1/account", json=body, headers={"X-CSRF-Token": "no"})
    foreign = await client.patch(
        "/v1/account", json=body, headers={"X-CSRF-Token": csrf, "Origin": "https://evil.example"}
    )
    broken = await client.patch(
        "/v1/account", json=body, headers={"X-CSRF-Token": csrf, "Origin": "http://["}
    )
    tried = [without, wrong, foreign, broken]
    assert [answer.status_code for answer in tried] == [403, 403, 403, 403]
    assert (await client.get("/v1/account")).json()["name"] == "Rill Bikes"
    right = await client.patch("/v1/account", json=body, headers={"X-CSRF-Token": csrf})
    assert (right.status_code, right.json()["name"]) == (200, "Rill & Sons")


async def test_text_is_not_taken_for_json(desk: RunningDesk) -> None:
    client, csrf = await sign_in(desk)
    headers = {"X-CSRF-Token": csrf, "Content-Type": "text/plain"}
    answer = await client.patch("/v1/account", content='{"name": "Mine now"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_signing_out_ends_the_session_at_once(desk: RunningDesk) -> None:
    client, csrf = await sign_in(desk)
    stolen = dict(client.cookies)
    gone = await client.request("DELETE", "/v1/session", headers={"X-CSRF-Token": csrf})
    assert gone.status_code == 204
    assert (await desk.client(cookies=stolen).get("/v1/session")).status_code == 401


async def test_unknown_and_wrong_are_told_the_same_way(desk: RunningDesk) -> None:
    client = desk.client()
    wrong = await client.post("/v1/session", json={"email": desk.owner.email, "password": "not this one"})
    unknown = await client.post("/v1/session", json={"email": "no@rill.example", "password": "not this one"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]


async def test_wrong_passwords_are_throttled_and_lock_nobody_out(desk: RunningDesk) -> None:
    client = desk.client()
    body = {"email": "victim@rill.example", "password": "guess"}
    statuses = [(await client.post("/v1/session", json=body)).status_code for _ in range(20)]
    assert statuses[:5] == [401] * 5
    assert statuses[5:] == [429] * 15
    refused = await client.post("/v1/session", json=body)
    assert int(refused.headers["retry-after"]) >= 1
    right = await client.post("/v1/session", json={"email": desk.owner.email, "password": PASSWORD})
    assert right.status_code == 201


async def test_a_new_password_ends_the_other_sessions(desk: RunningDesk) -> None:
    (one, csrf), (other, _) = await sign_in(desk), await sign_in(desk)
    body = {"password": "another long password", "current_password": "wrong"}
    refused = await one.patch("/v1/session", json=body, headers={"X-CSRF-Token": csrf})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "current_password")
    body["current_password"] = PASSWORD
    assert (await one.patch("/v1/session", json=body, headers={"X-CSRF-Token": csrf})).status_code == 200
    assert (await one.get("/v1/session")).status_code == 200
    assert (await other.get("/v1/session")).status_code == 401


async def test_a_disabled_user_is_out_everywhere(desk: RunningDesk) -> None:
    user_id, token = await desk.owner.user()
    row = await desk.store.read(lambda tx: users.get(tx, desk.owner.scope, user_id))
    client = desk.client()
    answer = await client.post("/v1/session", json={"email": row.email, "password": PASSWORD})
    assert answer.status_code == 201
    changed = await desk.http.patch(f"/v1/users/{user_id}", json={"disabled": True})
    assert changed.json()["disabled"] is True
    assert (await client.get("/v1/session")).status_code == 401
    assert (await desk.client(token).get("/v1/account")).status_code == 401
    again = await client.post("/v1/session", json={"email": row.email, "password": PASSWORD})
    assert again.status_code == 401


async def test_an_account_keeps_an_active_owner(desk: RunningDesk) -> None:
    path = f"/v1/users/{desk.owner.user_id}"
    for body in ({"disabled": True}, {"role": "agent"}):
        answer = await desk.http.patch(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert (await desk.http.get("/v1/account")).status_code == 200


async def test_nobody_gives_more_than_they_have(desk: RunningDesk) -> None:
    admin, _ = await desk.owner.user()
    await desk.http.patch(f"/v1/users/{admin}", json={"role": "admin"})
    client = desk.client(await desk.owner.api_token(user_id=admin))
    made_owner = await client.patch(f"/v1/users/{admin}", json={"role": "owner"})
    over_owner = await client.patch(f"/v1/users/{desk.owner.user_id}", json={"password": "x" * 12})
    token = await client.post("/v1/tokens", json={"name": "more", "permissions": ["account:manage"]})
    assert [made_owner.status_code, over_owner.status_code, token.status_code] == [403, 403, 403]


async def test_setting_up_happens_once(empty_desk: RunningDesk) -> None:
    client = empty_desk.client()
    assert (await client.get("/v1/setup")).json() == {"needed": True, "demo": False, "demo_sign_in": None}
    made = await client.post("/v1/setup", json=NEW)
    assert (made.status_code, made.json()["user"]["email"]) == (201, "olive@rill.example")
    assert (await client.get("/v1/session")).json()["account"]["name"] == "Rill Bikes"
    again = await empty_desk.client().post("/v1/setup", json=NEW)
    assert again.status_code == 409
    assert (await client.get("/v1/setup")).json()["needed"] is False


async def test_the_cookie_is_locked_to_the_host_on_https(sqlite_url: str, tmp_path: Path) -> None:
    async with running_desk(sqlite_url, tmp_path, public_url="https://desk.example.com") as desk:
        answer = await desk.client().post(
            "/v1/session", json={"email": desk.owner.email, "password": PASSWORD}
        )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-frontdesk=")
    assert "Secure" in cookie
    assert answer.headers["strict-transport-security"].startswith("max-age=")
