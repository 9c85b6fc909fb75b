"""The widget's API: visits, identities that must be proven, and a visitor's own conversation."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.desk import RunningDesk, until

SECRET = "a secret of sixteen or more"


def proof(identifier: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), identifier.encode(), hashlib.sha256).hexdigest()


@dataclass(slots=True)
class Site:
    """A desk with a web chat inbox, as a page's visitor meets it."""

    desk: RunningDesk
    inbox: dict[str, Any]
    http: httpx2.AsyncClient

    @property
    def path(self) -> str:
        return f"/v1/widget/{self.inbox['public_key']}"

    async def visit(self, status: int = 201, **body: Any) -> dict[str, Any]:
        answer = await self.http.post(f"{self.path}/visitor", json=body)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def visitor(self, **body: Any) -> tuple[dict[str, Any], httpx2.AsyncClient]:
        visit = await self.visit(**body)
        return visit, self.desk.client(visit["token"])

    async def say(
        self, visitor: httpx2.AsyncClient, body: str, status: int = 201, **more: Any
    ) -> dict[str, Any]:
        content = {"kind": "text", "body": body}
        answer = await visitor.post("/v1/widget/messages", json={"content": content, **more})
        assert answer.status_code == status, answer.text
        return dict(answer.json())


@pytest.fixture
async def site(desk: RunningDesk) -> Site:
    config = {"identity_secret": SECRET}
    inbox = await desk.owner.inbox("webchat", "Website", config, greeting={"default": "Hello!"})
    return Site(desk, inbox, desk.client())


async def test_the_widget_shows_the_inbox(site: Site) -> None:
    shown = (await site.http.get(site.path)).json()
    assert (shown["name"], shown["greeting"], shown["agents_online"]) == ("Website", {"default": "Hello!"}, 0)
    unknown = await site.http.get(f"/v1/widget/{uuid4()}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


async def test_a_visitor_is_told_which_of_their_words_an_agent_has_read(site: Site) -> None:
    _, visitor = await site.visitor(name="Vera")

    async def statuses() -> list[str]:
        items = (await visitor.get("/v1/widget/messages")).json()["items"]
        return [item["status"] for item in items if item["direction"] == "incoming"]

    first = await site.say(visitor, "is it in stock?")
    await site.say(visitor, "in size M")
    assert (first["status"], await statuses()) == ("delivered", ["delivered", "delivered"])
    (conversation,) = (await site.desk.owner.get("/v1/conversations"))["items"]
    assert first["conversation_id"] == conversation["id"]
    path = f"/v1/conversations/{conversation['id']}/read"
    await site.desk.owner.post(path, {"seq": first["seq"]}, status=200)
    assert await statuses() == ["read", "delivered"]
    await site.desk.owner.post(path, {}, status=200)
    assert await statuses() == ["read", "read"]


async def test_a_visitor_writes_and_reads_the_answer(site: Site) -> None:
    visit, visitor = await site.visitor(name="Vera", language="en-GB")
    assert visit["conversation_id"] is None
    assert visit["visitor"]["verified"] is False
    sent = await site.say(visitor, "is it in stock?")
    assert (sent["seq"], sent["direction"], sent["author"]) == (
        1,
        "incoming",
        {"type": "contact", "name": "Vera"},
    )
    (conversation,) = (await site.desk.owner.get("/v1/conversations"))["items"]
    path = f"/v1/conversations/{conversation['id']}"
    await site.desk.owner.post(
        f"{path}/messages", {"content": {"kind": "text", "body": "it is"}, "reply_to_id": sent["id"]}
    )
    await site.desk.owner.post(
        f"{path}/messages", {"content": {"kind": "text", "body": "secret"}, "direction": "note"}
    )
    await site.desk.owner.post(f"{path}/assign", {"assignee_id": "me"}, 200)
    page = (await visitor.get("/v1/widget/messages")).json()
    assert [(m["seq"], m["content"]["body"], m["direction"]) for m in page["items"]] == [
        (1, "is it in stock?", "incoming"), (2, "it is", "outgoing"),
    ]  # fmt: skip
    answer = page["items"][1]
    assert answer["author"] == {"type": "agent", "name": "Olive Owner"}
    assert answer["reply_to"]["preview"] == "is it in stock?"
    again = await site.visit(token=visit["token"])
    assert (again["visitor"]["id"], again["conversation_id"]) == (visit["visitor"]["id"], conversation["id"])


async def test_what_the_visitor_has_seen_is_read(site: Site) -> None:
    _, visitor = await site.visitor()
    await site.say(visitor, "hi")
    (conversation,) = (await site.desk.owner.get("/v1/conversations"))["items"]
    path = f"/v1/conversations/{conversation['id']}"
    message = await site.desk.owner.post(f"{path}/messages", {"content": {"kind": "text", "body": "x"}})

    async def status() -> str:
        return str((await site.desk.owner.get(f"/v1/messages/{message['id']}"))["status"])

    async def is_delivered() -> bool:
        return await status() == "delivered"

    await until(is_delivered)
    for seq in (2, 1, 99):
        assert (await visitor.post("/v1/widget/seen", json={"seq": seq})).status_code == 204
    assert await status() == "read"
    assert (await site.desk.owner.get(path))["seen_seq"] == 2


async def test_pages_of_a_visitor(site: Site) -> None:
    _, visitor = await site.visitor()
    for n in range(7):
        await site.say(visitor, f"{n}")
    newest = (await visitor.get("/v1/widget/messages", params={"limit": 3})).json()
    assert [m["seq"] for m in newest["items"]] == [5, 6, 7]
    older = (
        await visitor.get("/v1/widget/messages", params={"limit": 3, "before": newest["previous"]})
    ).json()
    assert [m["seq"] for m in older["items"]] == [2, 3, 4]
    plain = (await visitor.get("/v1/widget/messages", params={"limit": 3, "before": 5})).json()
    assert plain["items"] == older["items"]
    later = (await visitor.get("/v1/widget/messages", params={"after": 5})).json()
    assert [m["seq"] for m in later["items"]] == [6, 7]
    assert (await visitor.get("/v1/widget/messages", params={"after": "zzz"})).status_code == 400


async def test_an_identity_needs_its_valid_hash(site: Site) -> None:
    """Refusal 21."""
    good = proof("user-1")
    for bad in (
        None,
        "",
        proof("user-2"),
        proof("user-1", "another inbox's secret"),
        good.upper(),
        good[:-1],
        good + "0",
        "é",
    ):
        await site.visit(401, identifier="user-1", **({} if bad is None else {"hash": bad}))
    await site.visit(401, hash=good)
    assert (await site.desk.owner.get("/v1/contacts"))["items"] == []
    visit = await site.visit(identifier="user-1", hash=good, name="Una")
    assert visit["visitor"] == {"id": visit["visitor"]["id"], "name": "Una", "verified": True}
    again = await site.visit(identifier="user-1", hash=good)
    assert again["visitor"]["id"] == visit["visitor"]["id"]


async def test_without_a_secret_nobody_is_identified(desk: RunningDesk) -> None:
    """Refusal 21: fail closed."""
    inbox = await desk.owner.inbox("webchat", "Open", {})
    site = Site(desk, inbox, desk.client())
    for secret in ("", "x"):
        await site.visit(401, identifier="u", hash=proof("u", secret))


async def test_an_anonymous_visitor_takes_nobodys_place(site: Site) -> None:
    """Refusals 22 and 23."""
    first, known = await site.visitor(identifier="user-1", hash=proof("user-1"), email="una@example.org")
    await site.say(known, "private")
    stranger, anonymous = await site.visitor(name="Una", email="una@example.org")
    assert stranger["visitor"]["id"] != first["visitor"]["id"]
    assert (await anonymous.get("/v1/widget/messages")).json()["items"] == []
    contact = await site.desk.owner.get(f"/v1/contacts/{stranger['visitor']['id']}")
    assert contact["verified"] is False
    assert all(each["scheme"] != "email" or not each["verified"] for each in contact["identities"])
    owner = await site.desk.owner.get(f"/v1/contacts/{first['visitor']['id']}")
    assert owner["verified"] is True
    signed_out = await site.visit(token=stranger["token"], identifier="user-1", hash=proof("user-1"))
    assert signed_out["visitor"]["id"] == first["visitor"]["id"]


async def test_the_widget_stands_where_it_may(desk: RunningDesk) -> None:
    """Refusal 24."""
    inbox = await desk.owner.inbox("webchat", "Shop", {"allowed_origins": ["https://shop.example"]})
    site = Site(desk, inbox, desk.client())
    for origin in (
        "https://evil.example",
        "https://shop.example.evil.example",
        "http://shop.example",
        "null",
    ):
        assert (await site.http.get(site.path, headers={"Origin": origin})).status_code == 403
        refused = await site.http.post(f"{site.path}/visitor", json={}, headers={"Origin": origin})
        assert refused.status_code == 403
    fine = {"Origin": "https://shop.example"}
    assert (await site.http.get(site.path, headers=fine)).status_code == 200
    assert (await site.http.post(f"{site.path}/visitor", json={}, headers=fine)).status_code == 201


async def test_a_visitor_is_nobody_on_the_agents_side(site: Site) -> None:
    """Refusal 6, S1-15."""
    _, visitor = await site.visitor()
    await site.say(visitor, "hi")
    (conversation,) = (await site.desk.owner.get("/v1/conversations"))["items"]
    for path in (
        "/v1/conversations",
        f"/v1/conversations/{conversation['id']}",
        "/v1/contacts",
        "/v1/session",
    ):
        assert (await visitor.get(path)).status_code == 403, path
    body = {"content": {"kind": "text", "body": "x"}, "author": {"type": "agent"}}
    posted = await visitor.post(f"/v1/conversations/{conversation['id']}/messages", json=body)
    assert posted.status_code == 403
    claimed = await visitor.post("/v1/widget/messages", json=body)
    assert (claimed.status_code, claimed.json()["errors"][0]["field"]) == (422, "author")
    agent = await site.desk.http.get("/v1/widget/messages")
    assert agent.status_code == 403


async def test_a_visitor_names_only_what_is_theirs(site: Site) -> None:
    """Refusal 2."""
    _, one = await site.visitor()
    _, two = await site.visitor()
    mine, theirs = await site.say(one, "a"), await site.say(two, "b")
    await site.say(one, "x", 422, reply_to_id=theirs["id"])
    reply = await site.say(one, "x", reply_to_id=mine["id"])
    assert reply["reply_to"]["seq"] == 1
    upload = await two.post(
        "/v1/widget/attachments", params={"filename": "a.png"}, content=PNG, headers=PNG_TYPE
    )
    file = upload.json()
    media = {"kind": "image", "media": {"attachment_id": file["id"]}}
    assert (await one.post("/v1/widget/messages", json={"content": media})).status_code == 422
    sent = await two.post("/v1/widget/messages", json={"content": media})
    assert sent.status_code == 201, sent.text
    shown = sent.json()["content"]["media"]
    assert (shown["state"], shown["mime"], shown["size"]) == ("stored", "image/png", len(PNG))
    assert (await site.http.get(shown["url"])).content == PNG


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PNG_TYPE = {"Content-Type": "image/png"}


@pytest.mark.parametrize("kind", ["template", "activity", "unsupported", "email", "call", "order", "button"])
async def test_visitors_write_only_what_people_write(site: Site, kind: str) -> None:
    contents: dict[str, dict[str, Any]] = {
        "template": {"name": "x", "language": "en"}, "activity": {"activity": "x"}, "unsupported": {},
        "email": {"subject": "x"}, "call": {"call_id": "1", "event": "x"}, "order": {"catalog_id": "1"},
        "button": {"text": "x"},
    }  # fmt: skip
    _, visitor = await site.visitor()
    answer = await visitor.post("/v1/widget/messages", json={"content": {"kind": kind, **contents[kind]}})
    assert (answer.status_code, answer.json()["code"]) == (422, "unsupported_by_channel")
    assert (await visitor.get("/v1/widget/messages")).json()["items"] == []


async def test_a_visitors_retry_writes_once(site: Site) -> None:
    """G6."""
    _, visitor = await site.visitor()
    headers, body = {"Idempotency-Key": "k1"}, {"content": {"kind": "text", "body": "a"}}
    answers = [await visitor.post("/v1/widget/messages", json=body, headers=headers) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    other = await visitor.post(
        "/v1/widget/messages", json={"content": {"kind": "text", "body": "b"}}, headers=headers
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert len((await visitor.get("/v1/widget/messages")).json()["items"]) == 1


async def test_a_message_after_resolving_reopens(site: Site) -> None:
    _, visitor = await site.visitor()
    await site.say(visitor, "a")
    (conversation,) = (await site.desk.owner.get("/v1/conversations"))["items"]
    await site.desk.owner.post(f"/v1/conversations/{conversation['id']}/resolve", {}, 200)
    again = await site.say(visitor, "b")
    assert again["seq"] == 3
    assert (await site.desk.owner.get(f"/v1/conversations/{conversation['id']}"))["status"] == "open"
