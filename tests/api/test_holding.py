"""S3-21: sending with time to think, over the API: held at the desk, taken back by a request."""

from typing import Any

import pytest

from tests.api.test_messages import NOBODY, TEXT, Talk, talk_by
from tests.api.test_sending_to import Mail
from tests.desk import RunningDesk, until

HELD = {**TEXT, "hold_seconds": 60}


@pytest.fixture
async def talk(desk: RunningDesk) -> Talk:
    return await talk_by(desk, "post", (await desk.owner.inbox())["id"])


async def test_s3_21_a_message_is_stored_at_once_and_taken_back(talk: Talk) -> None:
    sent = await talk.send(HELD, key="one")
    assert (sent["status"], sent["context"]) == ("queued", {"hold_seconds": 60})
    assert sent["held_until"] > sent["created_at"]
    assert await talk.send(HELD, key="one") == sent
    stored = await talk.desk.owner.get(f"/v1/messages/{sent['id']}")
    assert stored["held_until"] == sent["held_until"]
    before = (await talk.desk.owner.get("/v1/events"))["items"][-1]["position"]
    path = f"/v1/messages/{sent['id']}/cancel"
    for _ in range(2):
        taken = await talk.desk.owner.post(path, None, 200)
        assert (taken["status"], taken["held_until"]) == ("canceled", None)
        assert taken["version"] == stored["version"] + 1
    told = (await talk.desk.owner.get("/v1/events"))["items"]
    assert [each["type"] for each in told if each["position"] > before] == ["delivery.canceled"]
    assert (await talk.desk.owner.get(talk.path))["preview"]["text"] == "hi"
    assert talk.desk.channel.sent == []


async def test_s3_21_what_has_left_is_not_taken_back(talk: Talk) -> None:
    plain = await talk.send(TEXT)
    late = await talk.send({**TEXT, "hold_seconds": 1})

    async def is_sent() -> bool:
        return len(talk.desk.channel.sent) == 2

    await until(is_sent)
    for message, words in (
        (plain, "Only a message that is held"),
        (late, "The message is on its way already"),
    ):
        answer = await talk.desk.http.post(f"/v1/messages/{message['id']}/cancel")
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert answer.json()["detail"].startswith(words)
    assert (await talk.desk.http.post(f"/v1/messages/{NOBODY}/cancel")).status_code == 404


async def test_s3_21_a_new_message_that_was_taken_back_leaves_nothing_in_the_lists(desk: RunningDesk) -> None:
    channels: Any = desk.container.desk.channels
    channels["mail"] = Mail()
    await desk.owner.inbox("mail", "Mail", {})
    mail = {"to": "nora@castell.example", **HELD}
    sent = await desk.owner.post("/v1/messages", mail, 201)
    path = f"/v1/conversations/{sent['conversation_id']}"
    contact = (await desk.owner.get(path))["contact"]["id"]

    async def listed() -> tuple[list[str], list[str], int]:
        lists = [
            [
                each["preview"]["text"]
                for each in (await desk.owner.get("/v1/conversations", **wanted))["items"]
            ]
            for wanted in ({"status": "open"}, {"status": "all", "contact_id": contact})
        ]
        return lists[0], lists[1], (await desk.owner.get("/v1/conversations/counts"))["open"]

    words = TEXT["content"]["body"]
    assert await listed() == ([words], [words], 1)
    await desk.owner.post(f"/v1/messages/{sent['id']}/cancel", None, 200)
    assert await listed() == ([], [], 0)
    assert (await desk.owner.get(path))["preview"] == {
        "text": "", "kind": "canceled", "direction": None, "author": None,
    }  # fmt: skip
    again = await desk.owner.post("/v1/messages", mail, 201)
    assert (again["conversation_id"], again["seq"]) == (sent["conversation_id"], 2)
    assert await listed() == ([words], [words], 1)


async def test_s3_21_a_hold_is_short_and_not_of_what_is_seen_at_once(talk: Talk) -> None:
    """Refusal 31: the field is named, and what helps."""
    for body in ({**TEXT, "hold_seconds": 61}, {**TEXT, "hold_seconds": -1}):
        assert (await talk.send(body, 422))["errors"][0]["field"] == "hold_seconds"
    (target,) = await talk.items()
    reaction = {"kind": "reaction", "emoji": "👍", "target_id": target["id"]}
    refused = await talk.send({"content": reaction, "hold_seconds": 5}, 422)
    assert (refused["errors"][0]["field"], refused["errors"][0]["hint"]) == ("hold_seconds", "Leave it out.")
    chat = await talk.desk.owner.inbox("webchat", "Chat", {})
    web = await talk_by(talk.desk, "webchat", chat["id"])
    refused = await web.send({**TEXT, "hold_seconds": 5}, 422)
    assert refused["errors"][0]["field"] == "hold_seconds"
    note = await talk.send({**HELD, "direction": "note"})
    assert (note["status"], note["held_until"], note["context"]) == (None, None, {})


async def test_s3_21_how_long_is_a_setting_of_the_inbox(desk: RunningDesk) -> None:
    inbox = await desk.owner.inbox()
    known = {each["slug"]: each for each in await desk.owner.get("/v1/channels")}
    undo = {slug: known[slug]["capabilities"]["undo_seconds"] for slug in ("email", "webchat", "whatsapp")}
    assert undo == {"email": 5, "webchat": None, "whatsapp": 0}
    path = f"/v1/inboxes/{inbox['id']}"
    for seconds in (0, 10, 60, None):
        answer = await desk.http.patch(path, json={"sending": {"undo_seconds": seconds}})
        assert answer.json()["sending"]["undo_seconds"] == seconds
    assert (await desk.http.patch(path, json={"sending": {"undo_seconds": 61}})).status_code == 422
