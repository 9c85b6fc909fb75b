"""Slack through the whole desk: a channel's thread is one conversation, and its answers go into it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from frontdesk.channels.slack.signature import signature_of
from frontdesk.runtime import container
from tests.channels.slack.inbox import APP, CONFIG, SECRET, event_body, message
from tests.desk import RunningDesk, running_desk, until
from tests.kit.scripted_server import answer, scripted
from tests.provider import inboxes_at

TAKEN = json.dumps({"ok": True, "channel": "C0SHOP", "ts": "1700000050.000600"}).encode()


async def hook(desk: RunningDesk, inbox_id: str, body: dict[str, Any]) -> str:
    raw, at = json.dumps(body).encode(), str(int(time.time()))
    headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature_of(at, raw, SECRET)}
    headers["Content-Type"] = "application/json"
    told = await desk.client().post(f"/hooks/slack/{inbox_id}", content=raw, headers=headers)
    assert told.status_code == 200, told.text
    return told.text


async def items(desk: RunningDesk, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.owner.get(path))["items"]
    return found


async def test_s2_02_s2_19_a_thread_is_one_conversation_and_its_answer_goes_into_it_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-02, S2-19; a reaction finds the thread of its message, and our own message does not come back."""
    async with scripted(answer(200, TAKEN)) as slack:
        monkeypatch.setattr(container, "Inboxes", inboxes_at(slack.origin))
        async with running_desk(database_url, tmp_path / "data") as desk:
            inbox_id = (await desk.owner.inbox("slack", "Slack", CONFIG))["id"]
            challenge = {"type": "url_verification", "challenge": "3eZbrw1a"}
            assert await hook(desk, inbox_id, challenge) == "3eZbrw1a"
            await hook(desk, inbox_id, event_body(message()))
            inside = {"ts": "1700000009.000200", "thread_ts": "1700000000.000100"}
            await hook(desk, inbox_id, event_body(message("Hello?", **inside), event_id="Ev0002"))
            (conversation,) = await until(lambda: items(desk, "/v1/conversations"), what="the conversation")
            path = f"/v1/conversations/{conversation['id']}/messages"

            async def shows(count: int) -> bool:
                return len(await items(desk, path)) == count

            await until(lambda: shows(2), what="both messages")
            content = {"kind": "text", "body": "Until six."}
            made = await desk.owner.post(path, {"content": content})

            async def is_delivered() -> bool:
                return bool((await desk.owner.get(f"/v1/messages/{made['id']}"))["status"] == "delivered")

            await until(is_delivered, what="delivered")
            [sent] = [json.loads(seen.body) for seen in slack.seen if "chat.postMessage" in seen.line]
            where = (sent["channel"], sent["thread_ts"], sent["text"])
            assert where == ("C0SHOP", "1700000000.000100", "Until six.")

            echo = {"ts": "1700000050.000600", "thread_ts": "1700000000.000100", "app_id": APP}
            ours = message("Until six.", user="U0DESK", bot_id="B0DESK", metadata=sent["metadata"], **echo)
            await hook(desk, inbox_id, event_body(ours, event_id="Ev0003"))
            item = {"type": "message", "channel": "C0SHOP", "ts": "1700000050.000600"}
            liked = {"type": "reaction_added", "user": "U0NORA", "reaction": "heart", "item": item}
            await hook(desk, inbox_id, event_body(liked, event_id="Ev0004"))
            await until(lambda: shows(4), what="the reaction")
            assert len(await items(desk, "/v1/conversations")) == 1
            kinds = sorted(each["content"]["kind"] for each in await items(desk, path))
            assert kinds == ["reaction", "text", "text", "text"]
