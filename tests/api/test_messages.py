"""Writing messages and reading them back over the API."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa

from frontdesk.domain.content import Text
from frontdesk.domain.inbound import Address, MessageReceived, Party
from frontdesk.domain.scope import Permission
from frontdesk.features.conversations.receive import Arrived, receive
from frontdesk.features.ingest.reading import desk_of
from frontdesk.kit.ids import uuid7
from frontdesk.ports.channel import Failed, Sent
from frontdesk.store import inboxes, messages
from frontdesk.store import tables as t
from frontdesk.store.statement import Statement
from frontdesk.store.tx import ReadTx, Tx
from tests.desk import RunningDesk, running_desk, until
from tests.features.scene import PaperChannel, add_rows

NOBODY = "01a1fd00-0000-7000-8000-000000000000"
TEXT = {"content": {"kind": "text", "body": "hello"}}
_ONE_INSTANT = Statement(
    sa.update(t.messages)
    .where(t.messages.c.conversation_id == sa.bindparam("conversation_id"))
    .values(created_at=datetime(2026, 11, 21, 10, tzinfo=UTC))
)


@dataclass(slots=True)
class Talk:
    """A running desk with one open conversation."""

    desk: RunningDesk
    id: str
    sender: str

    @property
    def path(self) -> str:
        return f"/v1/conversations/{self.id}"

    async def send(self, body: dict[str, Any], status: int = 201, key: str | None = None) -> Any:
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = await self.desk.http.post(f"{self.path}/messages", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def items(self) -> list[dict[str, Any]]:
        return list((await self.desk.owner.get(f"{self.path}/messages", limit=100))["items"])


async def talk_by(desk: RunningDesk, channel: str, inbox_id: str, sender: str | None = None) -> Talk:
    """Let a customer write to an inbox."""
    sender = sender or uuid4().hex
    row = await desk.store.read(lambda tx: inboxes.find(tx, UUID(inbox_id)))
    assert row is not None
    event = MessageReceived(
        source_id=uuid4().hex, party=Party((Address(channel, sender),), "Nora"), content=Text(body="hi"),
        thread_key=f"{channel}:{sender}",
    )  # fmt: skip
    await desk.store.write(lambda tx: receive(tx, desk_of(row), [Arrived(uuid7(), event)]))
    (found,) = (await desk.owner.get("/v1/conversations", inbox_id=inbox_id, limit=1))["items"]
    return Talk(desk, found["id"], sender)


@pytest.fixture
async def talk(desk: RunningDesk) -> Talk:
    return await talk_by(desk, "post", (await desk.owner.inbox())["id"])


@pytest.fixture
async def windowed(database_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    """A conversation on a channel with a 24-hour window."""
    async with running_desk(database_url, tmp_path / "data") as desk:
        channels: Any = desk.container.desk.channels
        channels["paper"] = PaperChannel()
        inbox = await desk.owner.inbox("paper", "Paper", {})
        yield await talk_by(desk, "paper", inbox["id"])


async def test_a_message_is_queued_delivered_and_answered_in_full(talk: Talk) -> None:
    """S1-02, S1-32: one message comes back, not the whole transcript."""
    sent = await talk.send(TEXT)
    assert sent == {
        "id": sent["id"], "conversation_id": talk.id, "seq": 2, "direction": "outgoing",
        "author": {"type": "agent", "id": str(talk.desk.owner.user_id), "name": "Olive Owner"},
        "content": {"kind": "text", "body": "hello", "preview_url": False}, "status": "queued",
        "failure": None, "held_until": None, "reply_to": None, "reactions": [], "context": {},
        "origin": None, "starred": False,
        "source_id": None, "pricing": None, "version": 1, "edited_at": None, "deleted_at": None,
        "sent_at": None, "created_at": sent["created_at"],
    }  # fmt: skip

    async def is_sent() -> bool:
        return bool((await talk.items())[1]["status"] == "sent")

    await until(is_sent)
    stored = await talk.desk.owner.get(f"/v1/messages/{sent['id']}")
    changed = {"status": "sent", "source_id": stored["source_id"], "version": stored["version"]}
    assert stored == {**sent, **changed}
    (delivery,) = await talk.desk.owner.get(f"/v1/messages/{sent['id']}/deliveries")
    assert (delivery["status"], delivery["attempts"]) == ("sent", 1)


async def test_a_text_keeps_its_body_and_its_preview_flag(talk: Talk) -> None:
    """S0-01: written, stored, read back and sent as it was."""
    said = {"kind": "text", "body": " \n\thttps://rill.example/é 👋🏽\u200b ", "preview_url": True}
    sent = await talk.send({"content": said})
    assert sent["content"] == said
    assert (await talk.desk.owner.get(f"/v1/messages/{sent['id']}"))["content"] == said
    await until(lambda: len(talk.desk.channel.sent) == 1)
    assert talk.desk.channel.sent[0].content.model_dump() == said


async def test_a_thousand_messages_come_back_in_posting_order(talk: Talk) -> None:
    """S1-03, S3-04, S3-05, S4-12: though all of them are of one microsecond, each comes once and in order."""
    posted: list[str] = []
    for start in range(0, 1000, 50):
        batch = [
            {"content": {"kind": "text", "body": f"{start + n}"}, "direction": "note"} for n in range(50)
        ]
        body = {"agent_email": talk.desk.owner.email, "messages": batch}
        answer = await talk.desk.owner.post(f"{talk.path}/messages/batch", body)
        posted += [each["id"] for each in answer["items"]]
    await talk.desk.store.write(lambda tx: tx.run(_ONE_INSTANT, conversation_id=UUID(talk.id)))
    seen: list[dict[str, Any]] = []
    cursor: str | None = str(talk.desk.container.desk.cursors.encode("messages", [1]))
    while cursor is not None:
        page = await talk.desk.owner.get(f"{talk.path}/messages", limit=64, after=cursor)
        seen, cursor = seen + page["items"], page["next"]
    assert [each["id"] for each in seen] == posted
    assert [each["content"]["body"] for each in seen] == [f"{n}" for n in range(1000)]
    assert [each["seq"] for each in seen] == list(range(2, 1002))
    assert len({each["created_at"] for each in seen}) == 1


async def test_pages_lead_both_ways(talk: Talk) -> None:
    """S3-05, S4-13."""
    for _ in range(9):
        await talk.send({**TEXT, "direction": "note"})
    path = f"{talk.path}/messages"
    newest = await talk.desk.owner.get(path, limit=4)
    assert [m["seq"] for m in newest["items"]] == [7, 8, 9, 10]
    assert newest["next"] is None
    older = await talk.desk.owner.get(path, limit=4, before=newest["previous"])
    assert [m["seq"] for m in older["items"]] == [3, 4, 5, 6]
    oldest = await talk.desk.owner.get(path, limit=4, before=older["previous"])
    assert ([m["seq"] for m in oldest["items"]], oldest["previous"]) == ([1, 2], None)
    again = await talk.desk.owner.get(path, limit=4, after=oldest["next"])
    assert again["items"] == older["items"]
    for wrong in (
        {"before": "x"},
        {"after": "é"},
        {"before": newest["previous"], "after": newest["previous"]},
    ):
        answer = await talk.desk.http.get(path, params=wrong)
        assert answer.status_code == 400, wrong


async def test_the_same_key_is_one_message_and_one_answer(talk: Talk) -> None:
    """G6, S3-32, M-13."""
    key = "k-1"
    sent = await talk.send(TEXT, key=key)
    together = await asyncio.gather(*(talk.send(TEXT, key=key) for _ in range(20)))

    async def is_sent() -> bool:
        return len(talk.desk.channel.sent) == 1

    await until(is_sent)
    assert all(each == sent for each in [*together, await talk.send(TEXT, key=key)])
    other = await talk.send({"content": {"kind": "text", "body": "other"}}, 422, key=key)
    assert other["code"] == "idempotency_mismatch"
    assert [m["seq"] for m in await talk.items()] == [1, 2]
    assert len(talk.desk.channel.sent) == 1


async def test_a_key_answers_the_same_when_sending_is_no_longer_allowed(windowed: Talk) -> None:
    """G6: the first answer stands, whatever the policy says now."""
    key = "k-1"
    sent = await windowed.send(TEXT, key=key)
    await close_window(windowed)
    assert (await windowed.send(TEXT, 409))["code"] == "not_allowed"
    assert await windowed.send(TEXT, key=key) == sent


async def close_window(talk: Talk) -> None:
    table = t.conversations
    statement = Statement(table.update().values(last_incoming_at=None))
    await talk.desk.store.write(lambda tx: tx.run(statement))
    talk.desk.container.desk.places._kept.clear()


async def test_outside_the_window_only_templates_go(windowed: Talk) -> None:
    """M-18: refused by the server, with the cure."""
    assert (await windowed.desk.owner.get(windowed.path))["can_send_text"] is True
    await close_window(windowed)
    shown = await windowed.desk.owner.get(windowed.path)
    assert (shown["can_send_text"], shown["window_closes_at"]) == (False, None)
    refused = await windowed.send(TEXT, 409)
    assert refused["code"] == "not_allowed"
    assert "template" in refused["errors"][0]["hint"]
    await windowed.send({**TEXT, "direction": "note"})
    sent = await windowed.send(
        {"content": {"kind": "template", "name": "hello", "language": "en"}, "subtype": "template"}
    )
    assert sent["content"]["kind"] == "template"
    again = await talk_by(windowed.desk, "paper", shown["inbox"]["id"], windowed.sender)
    await again.send(TEXT)


async def test_why_something_may_not_be_sent_is_explained(windowed: Talk) -> None:
    """M-18: window, templates, reason and cure; the same answer that sending gives."""
    path, owner = f"{windowed.path}/can-send", windowed.desk.owner
    shown = await owner.get(windowed.path)
    opened = await owner.get(path)
    assert opened == {
        "allowed": True, "free": True, "templates": True, "reason": None, "cure": None,
        "warning": None, "opt_outs": [], "quiet_until": None, "rates": [],
        "price": {"country": None, "free": None, "templates": [], "last_charged": None},
        "window": {"seconds": 86400, "is_open": True, "closes_at": shown["window_closes_at"]},
        "limits": {
            "kinds": sorted(PaperChannel.capabilities.kinds_out), "max_text": 4096, "replies": True,
            "reactions": True, "pair_seconds": None, "media": {},
        },
        "offers": [],
    }  # fmt: skip
    await close_window(windowed)
    closed = await owner.get(path)
    assert (closed["allowed"], closed["free"], closed["templates"]) == (True, False, True)
    assert closed["window"] == {"seconds": 86400, "is_open": False, "closes_at": None}
    refused = await windowed.send(TEXT, 409)
    assert refused["detail"] == closed["reason"]
    assert refused["errors"][0]["hint"] == closed["cure"]
    await owner.post(f"{windowed.path}/resolve", {}, 200)
    resolved = await owner.get(path)
    assert (resolved["allowed"], resolved["templates"]) == (False, False)
    assert resolved["reason"] == "The conversation is resolved."
    assert resolved["cure"] == "Reopen it, or start the next conversation."


async def test_a_channel_without_a_window_is_always_open(talk: Talk) -> None:
    """The limits are those of the channel."""
    answer = await talk.desk.owner.get(f"{talk.path}/can-send")
    assert (answer["free"], answer["window"], answer["reason"]) == (True, None, None)
    inbox = (await talk.desk.owner.get(talk.path))["inbox"]["id"]
    assert (await talk.desk.owner.http.delete(f"/v1/inboxes/{inbox}")).status_code == 204
    gone = await talk.desk.owner.get(f"{talk.path}/can-send")
    assert (gone["allowed"], gone["reason"]) == (False, "The inbox of this conversation was deleted.")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "content"),
        ({"content": {}}, "content"),
        ({"content": {"kind": "hologram"}}, "content"),
        ({"content": {"kind": "text"}}, "content.text.body"),
        ({"content": {"kind": "text", "body": ""}}, "content.text.body"),
        ({"content": {"kind": "text", "body": "a\0b"}}, "content.text.body"),
        ({"content": {"kind": "text", "body": "x" * 4097}}, "content.body"),
        ({"content": {"kind": "text", "body": "x", "extra": 1}}, "content.text.extra"),
        ({**TEXT, "seq": 5}, "seq"),
        ({**TEXT, "status": "read"}, "status"),
        ({**TEXT, "account_id": NOBODY}, "account_id"),
        ({**TEXT, "direction": "incoming"}, "direction"),
        ({**TEXT, "reply_to_id": NOBODY}, "reply_to_id"),
        ({**TEXT, "subtype": "canned_response"}, "canned_response_id"),
        ({**TEXT, "canned_response_id": NOBODY}, "canned_response_id"),
        ({**TEXT, "subtype": "template"}, "content"),
        ({**TEXT, "sent_by": "nobody@rill.example"}, "sent_by"),
        ({**TEXT, "sent_by": NOBODY}, "sent_by"),
        ({"content": {"kind": "template", "language": "en"}}, "content.template.name"),
        ({"content": {"kind": "location", "latitude": 1, "longitude": 2}}, "content.kind"),
        ({"content": {"kind": "activity", "activity": "x"}}, "content.kind"),
        ({"content": {"kind": "activity", "activity": "x"}, "direction": "note"}, "content.kind"),
        ({"content": {"kind": "reaction", "emoji": "x", "target_id": NOBODY}}, "content.target_id"),
        ({"content": {"kind": "reaction", "emoji": "x", "target_source_id": "a"}}, "content.target_id"),
        ({"content": {"kind": "reaction", "emoji": "x"}}, "content.reaction"),
        ({"content": {"kind": "image", "media": {}}}, "content.media.attachment_id"),
        ({"content": {"kind": "image", "media": {"url": "http://127.0.0.1/"}}}, "content.media"),
        ({"content": {"kind": "image", "media": {"attachment_id": NOBODY}}}, "content.media.attachment_id"),
    ],
)  # fmt: skip
async def test_a_bad_message_names_the_field_and_leaves_nothing(
    talk: Talk, body: dict[str, Any], field: str
) -> None:
    """S0-29, S1-05, refusals 2 and 8."""
    answer = await talk.send(body, 422)
    assert answer["errors"][0]["field"].startswith(field), answer
    assert [m["seq"] for m in await talk.items()] == [1]


async def test_who_writes_comes_from_the_token(talk: Talk) -> None:
    """S1-15, S0-27."""
    desk, owner = talk.desk, talk.desk.owner
    user_id, agents = await owner.user(name="Ana Agent")
    nobodys = desk.client(await owner.api_token([Permission.MESSAGES_SEND, Permission.CONVERSATIONS_READ]))
    agent = desk.client(agents)
    path = f"{talk.path}/messages"

    async def post(client: httpx2.AsyncClient, **more: Any) -> httpx2.Response:
        return await client.post(path, json={**TEXT, **more})

    unnamed = await post(nobodys)
    assert (unnamed.status_code, unnamed.json()["errors"][0]["field"]) == (422, "sent_by")
    assert (await post(nobodys, author={"type": "contact"})).status_code == 403
    assert (await post(agent, author={"type": "contact"})).status_code == 403
    bot = (await post(nobodys, author={"type": "bot"})).json()
    assert (bot["author"]["type"], bot["author"]["name"]) == ("bot", "test")
    named = (await post(nobodys, sent_by=str(user_id))).json()
    assert named["author"] == {"type": "agent", "id": str(user_id), "name": "Ana Agent"}
    assert (await post(agent, sent_by=str(owner.user_id))).status_code == 403
    assert (await post(agent, sent_by=str(user_id))).json()["author"]["name"] == "Ana Agent"
    assert (await post(desk.client())).status_code == 401
    reader = desk.client(await owner.api_token([Permission.CONVERSATIONS_READ]))
    assert (await post(reader)).status_code == 403
    assert len(await talk.items()) == 4


async def test_a_batch_is_sent_in_order_all_or_none(talk: Talk) -> None:
    """S0-31."""
    desk = talk.desk
    contents = [{"kind": "text", "body": f"{n}"} for n in range(3)]
    body = {"agent_email": desk.owner.email, "messages": [{"content": each} for each in contents]}
    answer = await desk.owner.post(f"{talk.path}/messages/batch", body)
    assert [(m["seq"], m["status"], m["content"]["body"]) for m in answer["items"]] == [
        (2, "queued", "0"), (3, "queued", "1"), (4, "queued", "2"),
    ]  # fmt: skip
    assert {m["author"]["id"] for m in answer["items"]} == {str(desk.owner.user_id)}
    await until(lambda: len(desk.channel.sent) == 3)
    assert [each.content.body for each in desk.channel.sent] == ["0", "1", "2"]  # type: ignore[union-attr]
    body["messages"] = [TEXT, {"content": {"kind": "location", "latitude": 1, "longitude": 1}}]
    await desk.owner.post(f"{talk.path}/messages/batch", body, 422)
    body["messages"] = [TEXT] * 51
    await desk.owner.post(f"{talk.path}/messages/batch", body, 422)
    assert len(await talk.items()) == 4


async def test_a_canned_response_is_sent_with_its_variables(talk: Talk) -> None:
    """S0-33, S2-31, refusal 45."""
    desk = talk.desk
    file = await desk.http.post(
        "/v1/attachments", params={"filename": "a.pdf"}, content=b"%PDF-1 x", headers=PDF
    )
    picture = await desk.http.post("/v1/attachments", files={"file": ("a.png", PNG, "image/png")})
    contents = [
        {"kind": "text", "body": "Hello {{name}}, {{7*7}} {0.__class__}"},
        {"kind": "image", "media": {"attachment_id": picture.json()["id"]}, "caption": "{{name}}'s bike"},
        {"kind": "document", "media": {"attachment_id": file.json()["id"]}, "caption": "for {{name}}"},
    ]
    response = await desk.owner.post(
        "/v1/canned-responses", {"shortcut": "hi", "title": "Hi", "messages": contents}
    )
    path = f"{talk.path}/canned-responses/{response['id']}"
    missing = await desk.owner.post(path, {"variables": {}}, 422)
    assert missing["errors"][0]["field"] == "variables.name"
    assert len(await talk.items()) == 1
    sent = (await desk.owner.post(path, {"variables": {"name": "{{name}} <b>"}}))["items"]
    assert sent[0]["content"]["body"] == "Hello {{name}} <b>, {{7*7}} {0.__class__}"
    assert sent[1]["content"]["caption"] == "{{name}} <b>'s bike"
    assert sent[2]["content"]["caption"] == "for {{name}} <b>"
    assert sent[0]["context"] == {"subtype": "canned_response", "canned_response_id": response["id"]}
    assert [m["seq"] for m in sent] == [2, 3, 4]
    await until(lambda: len(desk.channel.sent) == 3)
    assert [each.content.kind for each in desk.channel.sent] == ["text", "image", "document"]
    foreign = await (await desk.tenant("Other")).http.post(path, json={"variables": {"name": "x"}})
    assert foreign.status_code == 404


PDF = {"Content-Type": "application/pdf"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


async def test_stars(talk: Talk) -> None:
    """S0-28."""
    (message,) = await talk.items()
    path = f"/v1/messages/{message['id']}/star"
    starred = (await talk.desk.http.put(path)).json()
    assert (starred["starred"], starred["version"]) == (True, message["version"] + 1)
    assert (await talk.desk.http.put(path)).json() == starred
    assert [m["id"] for m in (await talk.desk.owner.get("/v1/messages", starred="true"))["items"]] == [
        message["id"]
    ]
    assert (await talk.desk.http.delete(path)).json()["starred"] is False
    assert (await talk.desk.owner.get("/v1/messages", starred="true"))["items"] == []
    other = await talk.desk.tenant("Other")
    assert (await other.http.put(path)).status_code == 404


async def test_a_reply_and_a_reaction_reach_the_channel(talk: Talk) -> None:
    """S0-09, S0-15."""
    (message,) = await talk.items()
    reply = await talk.send({**TEXT, "reply_to_id": message["id"]})
    assert reply["reply_to"] == {
        "id": message["id"], "seq": 1, "kind": "text", "preview": "hi", "author_name": "Nora",
    }  # fmt: skip
    await talk.send({"content": {"kind": "reaction", "emoji": "👍", "target_id": message["id"]}})
    await until(lambda: len(talk.desk.channel.sent) == 2)
    said, reaction = talk.desk.channel.sent
    assert said.reply_to_source_id == message["source_id"]
    assert (reaction.content.kind, reaction.target_source_id) == ("reaction", message["source_id"])
    target = await talk.desk.owner.get(f"/v1/messages/{message['id']}")
    assert [each["emoji"] for each in target["reactions"]] == ["👍"]


async def test_what_a_channel_cannot_send_is_refused_with_what_it_can(talk: Talk) -> None:
    refused = await talk.send({"content": {"kind": "location", "latitude": 1, "longitude": 2}}, 422)
    assert refused["code"] == "unsupported_by_channel"
    assert refused["errors"][0]["field"] == "content.kind"
    assert refused["errors"][0]["hint"] == "It can send: document, image, reaction, template, text."


async def test_a_failed_message_is_sent_again_by_somebody(talk: Talk) -> None:
    talk.desk.channel.answer = lambda _message: Failed(code="400", message="no", retryable=False)
    sent = await talk.send(TEXT)

    async def status() -> str:
        return str((await talk.desk.owner.get(f"/v1/messages/{sent['id']}"))["status"])

    async def is_failed() -> bool:
        return await status() == "failed"

    await until(is_failed)
    talk.desk.channel.answer = lambda _message: Sent(source_id="ok")
    again = await talk.desk.owner.post(f"/v1/messages/{sent['id']}/retry", None, 200)
    assert (again["status"], again["failure"]) == ("queued", None)

    async def is_sent() -> bool:
        return await status() == "sent"

    await until(is_sent)
    late = await talk.desk.http.post(f"/v1/messages/{sent['id']}/retry")
    assert late.status_code == 409


async def test_an_uploaded_file_of_another_account_is_not_there(talk: Talk) -> None:
    """Refusal 2."""
    other = await talk.desk.tenant("Other")
    file = await other.http.post(
        "/v1/attachments", params={"filename": "a.pdf"}, content=b"%PDF-1 x", headers=PDF
    )
    body = {"content": {"kind": "document", "media": {"attachment_id": file.json()["id"]}}}
    answer = await talk.send(body, 422)
    assert answer["errors"][0]["field"] == "content.media.attachment_id"


async def test_a_file_of_another_inbox_is_not_there_for_a_limited_token(talk: Talk) -> None:
    """Refusal 2: ids of files can be guessed. Its own uploads and those of its inbox stay usable."""
    owner = talk.desk.owner
    second = await owner.inbox(name="Second")
    there = await talk_by(talk.desk, "post", second["id"])
    limited = talk.desk.client(await owner.api_token(frozenset(Permission), inbox_ids=[second["id"]]))
    pdf: dict[str, Any] = {"params": {"filename": "a.pdf"}, "content": b"%PDF-1 x", "headers": PDF}
    loose, sent, own = [
        (await client.post("/v1/attachments", **pdf)).json()["id"]
        for client in (talk.desk.http, talk.desk.http, limited)
    ]

    def saying(file: str) -> dict[str, Any]:
        return {"content": {"kind": "document", "media": {"attachment_id": file}}, "author": {"type": "bot"}}

    await talk.send({"content": saying(sent)["content"]})
    tried = [
        (await limited.post(f"{there.path}/messages", json=saying(file))).status_code
        for file in (loose, sent, own, own)
    ]
    assert tried == [422, 422, 201, 201]


async def test_answers_do_not_wait_for_a_sleeping_provider(windowed: Talk) -> None:
    """S2-12: far below the provider's time (the figure is the benchmark's)."""
    channel = windowed.desk.container.desk.channels["paper"]
    assert isinstance(channel, PaperChannel)
    channel.gate = asyncio.Event()
    loop = asyncio.get_running_loop()
    started = loop.time()
    for _ in range(20):
        await windowed.send(TEXT)
    assert loop.time() - started < 5
    assert [m["status"] for m in (await windowed.items())[2:]] == ["queued"] * 19
    channel.gate.set()


async def test_long_conversations_use_their_index(talk: Talk) -> None:
    """S1-32, S1-33: a page is read by (conversation, seq), not by looking at everything."""

    def fill(tx: Tx) -> None:
        row = {
            "account_id": talk.desk.owner.account_id, "inbox_id": uuid7(), "conversation_id": UUID(talk.id),
            "direction": "incoming", "author_type": "contact", "kind": "text",
            "content": '{"kind":"text","body":"x"}',
        }  # fmt: skip
        now = tx.now
        add_rows(
            tx, t.messages, *({**row, "id": uuid7(), "seq": n, "created_at": now} for n in range(2, 800))
        )

    await talk.desk.store.write(fill)
    page = await talk.desk.owner.get(f"{talk.path}/messages", limit=50)
    assert [m["seq"] for m in page["items"]] == list(range(750, 800))

    def plans(tx: Tx) -> list[str]:
        if tx.dialect == "postgresql":
            tx.driver.fetch("ANALYZE messages", [])
        return [_plan_of_page(tx, talk, **where) for where in ({}, {"before": 700}, {"after": 700})]

    for plan in await talk.desk.store.write(plans):
        assert "uq_messages_conversation_id_seq" in plan
        assert [each for each in ("SCAN", "Seq Scan", "TEMP B-TREE", "Sort") if each in plan] == []


class _Explained:
    """A driver that tells how the database would answer, instead of the answer."""

    def __init__(self, tx: ReadTx) -> None:
        self._driver, self.plan = tx.driver, ""
        self._explain = "EXPLAIN QUERY PLAN " if tx.dialect == "sqlite" else "EXPLAIN "

    def fetch(self, sql: str, args: Sequence[Any]) -> Sequence[Any]:
        self.plan = str([tuple(row) for row in self._driver.fetch(self._explain + sql, args)])
        return []

    def execute(self, sql: str, args: Sequence[Any]) -> int:
        return self._driver.execute(sql, args)

    def execute_many(self, sql: str, args: Sequence[Sequence[Any]]) -> None:
        self._driver.execute_many(sql, args)


def _plan_of_page(tx: Tx, talk: Talk, **where: int) -> str:
    explained = _Explained(tx)
    messages.page(ReadTx(tx.dialect, explained), talk.desk.owner.account_id, UUID(talk.id), **where)
    return explained.plan
