"""Conversations over the API: starting, listing, and what agents do with them."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from frontdesk.domain.content import Text
from frontdesk.domain.inbound import Address, InboundEvent, MessageReceived, Party
from frontdesk.features.conversations.receive import Arrived, receive
from frontdesk.features.ingest.reading import desk_of
from frontdesk.kit.clock import utc_now
from frontdesk.kit.ids import uuid7
from frontdesk.store import inboxes
from tests.desk import RunningDesk, until

NUL = {"scheme": "x", "address": "a\0"}


@dataclass(slots=True)
class Shop:
    """A running desk with one inbox, and customers who write to it."""

    desk: RunningDesk
    inbox_id: str

    async def receive(self, *events: InboundEvent) -> None:
        row = await self.desk.store.read(lambda tx: inboxes.find(tx, UUID(self.inbox_id)))
        assert row is not None
        arrived = [Arrived(uuid7(), event) for event in events]
        await self.desk.store.write(lambda tx: receive(tx, desk_of(row), arrived))

    async def customer(
        self, name: str = "Nora", body: str = "hello", sender: str | None = None
    ) -> dict[str, Any]:
        """A customer writes; answers the conversation."""
        sender = sender or uuid4().hex
        address = Address("post", sender)
        await self.receive(
            MessageReceived(
                source_id=uuid4().hex, party=Party((address,), name), thread_key=f"post:{sender}",
                content=Text(body=body),
            )
        )  # fmt: skip
        items = (await self.desk.owner.get("/v1/conversations", limit=1))["items"]
        return dict(items[0])


@pytest.fixture
async def shop(desk: RunningDesk) -> Shop:
    inbox = await desk.owner.inbox(greeting={"default": "Welcome!", "de": "Willkommen!"})
    return Shop(desk, inbox["id"])


async def test_starting_a_conversation_says_the_greeting_first(shop: Shop) -> None:
    """S1-01, S1-04."""
    body = {
        "inbox_id": shop.inbox_id,
        "contact": {"name": "Nora", "addresses": [{"scheme": "post", "address": "1"}]},
    }
    started = await shop.desk.owner.post("/v1/conversations", body)
    (greeting,) = started["messages"]
    assert greeting["content"] == {"kind": "text", "body": "Welcome!", "preview_url": False}
    assert (greeting["seq"], greeting["direction"], greeting["status"]) == (1, "outgoing", "queued")
    contact = started["contact"]
    assert (contact["name"], contact["scheme"], contact["address"]) == ("Nora", "post", "1")
    await shop.desk.owner.post(
        f"/v1/conversations/{started['id']}/messages", {"content": {"kind": "text", "body": "x"}}
    )
    again = await shop.desk.owner.get(f"/v1/conversations/{started['id']}")
    assert again["opened_at"] == started["opened_at"]
    assert again["last_seq"] == 2
    same = await shop.desk.owner.post("/v1/conversations", body)
    assert same["id"] == started["id"]


async def test_the_greeting_is_in_the_customers_language(shop: Shop) -> None:
    """S1-11."""
    contact = {"language": "de-AT", "addresses": [{"scheme": "post", "address": "2"}]}
    started = await shop.desk.owner.post("/v1/conversations", {"inbox_id": shop.inbox_id, "contact": contact})
    assert started["messages"][0]["content"]["body"] == "Willkommen!"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "inbox_id"),
        ({"inbox_id": str(uuid4()), "contact_id": str(uuid4())}, "inbox_id"),
        ({"inbox_id": "INBOX", "contact_id": str(uuid4())}, "contact_id"),
        ({"inbox_id": "INBOX"}, ""),
        ({"inbox_id": "INBOX", "contact": {"addresses": []}}, "contact.addresses"),
        ({"inbox_id": "INBOX", "contact": {"addresses": [NUL]}}, "contact.addresses.0.address"),
        ({"inbox_id": "INBOX", "contact_id": str(uuid4()), "status": "resolved"}, "status"),
    ],
)  # fmt: skip
async def test_a_bad_start_names_the_field(shop: Shop, body: dict[str, Any], field: str) -> None:
    """S1-05."""
    sent = {key: shop.inbox_id if value == "INBOX" else value for key, value in body.items()}
    answer = await shop.desk.http.post("/v1/conversations", json=sent)
    assert answer.status_code == 422, answer.text
    fields = [error["field"] for error in answer.json()["errors"]]
    assert field in fields or (field == "" and fields)
    counts = await shop.desk.owner.get("/v1/conversations/counts")
    assert counts["open"] == 0


async def test_lists_filters_and_counts(shop: Shop) -> None:
    """S1-21: with 3 of them, 1 resolved, exactly 2 are listed."""
    owner = shop.desk.owner
    first, second, third = [await shop.customer(name=f"N{n}") for n in range(3)]
    await owner.post(f"/v1/conversations/{first['id']}/resolve", {}, 200)
    await owner.post(f"/v1/conversations/{second['id']}/assign", {"assignee_id": "me"}, 200)
    assert await ids(owner) == [second["id"], third["id"]] or await ids(owner) == [third["id"], second["id"]]
    assert await ids(owner, status="resolved") == [first["id"]]
    assert set(await ids(owner, status="all")) == {first["id"], second["id"], third["id"]}
    assert await ids(owner, assignee="me") == [second["id"]]
    assert await ids(owner, assignee=str(owner.user_id)) == [second["id"]]
    assert await ids(owner, assignee="none") == [third["id"]]
    assert await ids(owner, contact_id=third["contact"]["id"]) == [third["id"]]
    assert await ids(owner, thread_id=third["thread_id"]) == [third["id"]]
    assert await ids(owner, inbox_id=str(uuid4())) == []
    await owner.post(f"/v1/conversations/{third['id']}/read", {}, 200)
    assert await ids(owner, unread="true") == [second["id"]]
    assert await owner.get("/v1/conversations/counts") == {
        "open": 2, "mine": 1, "unassigned": 1, "pending": 0, "snoozed": 0, "resolved": 1, "unread": 1,
    }  # fmt: skip


async def ids(owner: Any, **filters: Any) -> list[str]:
    return [item["id"] for item in (await owner.get("/v1/conversations", **filters))["items"]]


@pytest.mark.parametrize("status", ["open", "resolved", "all"])
@pytest.mark.parametrize("sort", ["newest", "oldest"])
async def test_pages_meet_every_conversation_once(shop: Shop, status: str, sort: str) -> None:
    """S4-13."""
    owner = shop.desk.owner
    made = {(await shop.customer(name=f"N{n}"))["id"] for n in range(7)}
    if status == "resolved":
        for each in made:
            await owner.post(f"/v1/conversations/{each}/resolve", {}, 200)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = await owner.get("/v1/conversations", status=status, sort=sort, limit=3, **more)
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    whole = await ids(owner, status=status, sort=sort)
    assert seen == whole


async def test_a_wrong_cursor_is_refused(shop: Shop) -> None:
    """S4-13."""
    for cursor in ("x", "%00", "a" * 600):
        answer = await shop.desk.http.get("/v1/conversations", params={"cursor": cursor})
        assert answer.status_code == 400, (cursor, answer.text)
        assert answer.json()["errors"][0]["field"] == "cursor"


async def test_assigning_tells_the_timeline_and_sends_nothing(shop: Shop) -> None:
    """S0-12."""
    owner = shop.desk.owner
    user_id, _ = await owner.user(name="Ana Agent")
    conversation = await shop.customer()
    path = f"/v1/conversations/{conversation['id']}"
    assigned = await owner.post(f"{path}/assign", {"assignee_id": str(user_id)}, 200)
    assert assigned["assignee"] == {"id": str(user_id), "name": "Ana Agent"}
    _, activity = (await owner.get(f"{path}/messages"))["items"]
    assert activity["direction"] == "activity"
    assert activity["content"] == {
        "kind": "activity", "activity": "conversation.assigned", "subject_name": "Ana Agent",
        "text": "Assigned to Ana Agent",
    }  # fmt: skip
    assert (activity["status"], activity["author"]["name"]) == (None, "Olive Owner")
    shown = await owner.get(path)
    assert (shown["preview"], shown["last_message_at"]) == (
        conversation["preview"],
        conversation["last_message_at"],
    )
    assert shop.desk.channel.sent == []
    assert (await owner.post(f"{path}/assign", {"assignee_id": None}, 200))["assignee"] is None


async def test_of_many_who_claim_one_wins(shop: Shop) -> None:
    """G18."""
    agents = [await shop.desk.owner.user(name=f"A{n}") for n in range(6)]
    clients = [shop.desk.client(token) for _, token in agents]
    for _ in range(5):
        path = f"/v1/conversations/{(await shop.customer())['id']}"
        answers = await asyncio.gather(
            *(client.post(f"{path}/assign", json={"assignee_id": "me"}) for client in clients * 3)
        )
        won = {answer.json()["assignee"]["id"] for answer in answers if answer.status_code == 200}
        assert len(won) == 1
        assert sorted({answer.status_code for answer in answers}) == [200, 409]
        assert sum(answer.status_code == 200 for answer in answers) == 3  # the winner asked three times
        assert (await shop.desk.owner.get(path))["assignee"]["id"] == won.pop()


async def test_a_resolved_conversation_refuses_messages_until_reopened(shop: Shop) -> None:
    """S1-20."""
    owner, conversation = shop.desk.owner, await shop.customer()
    path, body = f"/v1/conversations/{conversation['id']}", {"content": {"kind": "text", "body": "x"}}
    resolved = await owner.post(f"{path}/resolve", {"resolution": "unresolved"}, 200)
    assert (resolved["status"], resolved["resolution"]) == ("resolved", "unresolved")
    refused = await shop.desk.http.post(f"{path}/messages", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "conversation_resolved")
    assert (await owner.get(path))["last_seq"] == resolved["last_seq"]
    await owner.post(f"{path}/messages", {**body, "direction": "note"})
    reopened = await owner.post(f"{path}/reopen", None, 200)
    assert (reopened["status"], reopened["resolution"], reopened["resolved_at"]) == ("open", None, None)
    await owner.post(f"{path}/messages", body)


async def test_reopening_beside_a_later_one_is_refused_and_named(desk: RunningDesk) -> None:
    inbox = await desk.owner.inbox(reopen_policy="next")
    shop = Shop(desk, inbox["id"])
    first = await shop.customer(sender="same")
    await desk.owner.post(f"/v1/conversations/{first['id']}/resolve", {}, 200)
    second = await shop.customer(sender="same")
    assert second["id"] != first["id"]
    answer = await desk.http.post(f"/v1/conversations/{first['id']}/reopen")
    assert answer.status_code == 409
    assert second["id"] in answer.json()["detail"]


async def test_snoozing_wakes_at_its_minute(shop: Shop) -> None:
    """M-03."""
    owner, conversation = shop.desk.owner, await shop.customer()
    path = f"/v1/conversations/{conversation['id']}"
    until_ = utc_now() + timedelta(seconds=1.2)
    snoozed = await owner.post(f"{path}/snooze", {"until": until_.isoformat()}, 200)
    assert snoozed["status"] == "snoozed"
    assert await ids(owner) == []

    async def is_awake() -> bool:
        return bool((await owner.get(path))["status"] == "open")

    await until(is_awake)
    assert utc_now() >= until_
    past = await shop.desk.http.post(f"{path}/snooze", json={"until": "2020-01-01T00:00:00Z"})
    assert (past.status_code, past.json()["errors"][0]["field"]) == (422, "until")
    naive = await shop.desk.http.post(f"{path}/snooze", json={"until": "2030-01-01T00:00:00"})
    assert naive.status_code == 422


async def test_reading_counts_down_and_never_goes_back(shop: Shop) -> None:
    owner = shop.desk.owner
    conversation = await shop.customer(sender="s")
    await shop.customer(sender="s")
    await shop.customer(sender="s")
    path = f"/v1/conversations/{conversation['id']}"
    assert (await owner.get(path))["unread"] == 3
    read = await owner.post(f"{path}/read", {"seq": 2}, 200)
    assert (read["unread"], read["read_seq"]) == (1, 2)
    assert (await owner.post(f"{path}/read", {"seq": 1}, 200))["read_seq"] == 2
    assert (await owner.post(f"{path}/read", {}, 200))["unread"] == 0
    assert (await owner.post(f"{path}/read", {"seq": 99}, 200))["read_seq"] == 3


async def test_foreign_and_unknown_ids_look_the_same(shop: Shop) -> None:
    """Refusal 1."""
    conversation = await shop.customer()
    other = await shop.desk.tenant("Other")
    for target in (conversation["id"], str(uuid4())):
        for method, path, body in (
            ("GET", "", None), ("GET", "/messages", None), ("POST", "/resolve", {}),
            ("POST", "/reopen", None),
            ("POST", "/assign", {"assignee_id": None}), ("POST", "/read", {}), ("POST", "/pending", None),
            ("POST", "/typing", {"state": "on"}), ("POST", "/snooze", {"until": "2026-12-01T00:00:00Z"}),
            ("POST", "/messages", {"content": {"kind": "text", "body": "x"}}),
        ):  # fmt: skip
            answer = await other.http.request(method, f"/v1/conversations/{target}{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (
                method,
                path,
                answer.text,
            )
    assert (await shop.desk.owner.get(f"/v1/conversations/{conversation['id']}"))["version"] == conversation[
        "version"
    ]
