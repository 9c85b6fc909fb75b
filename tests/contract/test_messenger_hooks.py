"""The Messenger Platform through the running desk: marks in time, echoes of our own sends, redeliveries."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from frontdesk.features.inboxes.inboxes import Inboxes
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import HttpFailed, OutcomeUnknown, Response
from frontdesk.ports.channel import Connection
from frontdesk.runtime import container
from frontdesk.store.statement import Row
from frontdesk.testing import RecordingHttp, json_answer
from tests.desk import RunningDesk, running_desk, until

PAGE, PERSON, SECRET = "104410001", "7300990011", "an-app-secret"
CONFIG = {"page_id": PAGE, "access_token": "EAAP", "app_secret": SECRET, "verify_token": "v"}
TAKEN = json_answer({"recipient_id": PERSON, "message_id": "m_3"})


@dataclass(frozen=True, slots=True)
class Line:
    """A desk, its hook, and what was asked of Meta."""

    desk: RunningDesk
    hook: str
    meta: RecordingHttp

    async def told(self, **event: Any) -> None:
        """Meta tells of an event, twice: the second time must have no effect."""
        sides = (PAGE, PERSON) if "echo" in event else (PERSON, PAGE)
        raw: dict[str, Any] = {"sender": {"id": sides[0]}, "recipient": {"id": sides[1]}}
        raw |= {"timestamp": int(utc_now().timestamp() * 1000)}
        raw |= {"message": event["echo"]} if "echo" in event else event
        body = json.dumps({"object": "page", "entry": [{"id": PAGE, "messaging": [raw]}]}).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        async with self.desk.client() as http:
            for _ in range(2):
                answer = await http.post(
                    self.hook, content=body, headers={"X-Hub-Signature-256": f"sha256={digest}"}
                )
                assert answer.status_code == 200

    async def conversation(self) -> str:
        """The one conversation, once it is there."""

        async def found() -> list[dict[str, Any]]:
            items: list[dict[str, Any]] = (await self.desk.owner.get("/v1/conversations"))["items"]
            return items

        (only,) = await until(found, what="the conversation")
        return str(only["id"])

    async def say(self, conversation: str, body: str) -> str:
        """Answer; the id of the message."""
        path, content = f"/v1/conversations/{conversation}/messages", {"kind": "text", "body": body}
        made = await self.desk.owner.post(path, {"content": content})
        return str(made["id"])

    async def reaches(self, message_id: str, status: str) -> None:
        """Wait until a message stands so."""

        async def stands() -> bool:
            return bool((await self.desk.owner.get(f"/v1/messages/{message_id}"))["status"] == status)

        await until(stands, what=status)


@asynccontextmanager
async def open_line(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *answers: Response | HttpFailed
) -> AsyncIterator[Line]:
    meta = RecordingHttp(json_answer({"name": "Hanna Weiss"}), *answers)  # who writes is asked for first

    class Recorded(Inboxes):
        def connection_for(self, row: Row, sealed: Mapping[str, bytes]) -> Connection:
            return replace(super().connection_for(row, sealed), http=meta)

    monkeypatch.setattr(container, "Inboxes", Recorded)
    async with running_desk(url, folder) as desk:
        inbox = await desk.owner.inbox("messenger", "Page", CONFIG)
        line = Line(desk, f"/hooks/messenger/{inbox['id']}", meta)
        await line.told(message={"mid": "m_1", "text": "Is it ready?"})
        yield line


async def test_a_watermark_marks_what_was_sent_before_it_and_nothing_after(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S0-18."""
    answers = (TAKEN, json_answer({"message_id": "m_4"}))
    async with open_line(database_url, tmp_path / "data", monkeypatch, *answers) as line:
        conversation = await line.conversation()
        first = await line.say(conversation, "It is")
        await line.reaches(first, "sent")
        watermark = int(utc_now().timestamp() * 1000) + 1
        second = await line.say(conversation, "Come by")
        await line.reaches(second, "sent")
        await line.told(read={"watermark": watermark})
        await line.reaches(first, "read")
        await line.told(delivery={"mids": ["m_4"], "watermark": watermark})
        await line.reaches(second, "delivered")


async def test_g7_the_echo_of_a_send_whose_answer_was_lost_settles_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_line(database_url, tmp_path / "data", monkeypatch, OutcomeUnknown("reset")) as line:
        conversation = await line.conversation()
        made = await line.say(conversation, "It is")
        await line.reaches(made, "unknown")
        metadata = line.meta.requests[1].json["message"]["metadata"]
        await line.told(echo={"mid": "m_3", "text": "It is", "is_echo": True, "metadata": metadata})
        await line.reaches(made, "sent")
        await line.told(echo={"mid": "m_9", "text": "By hand", "is_echo": True})

        async def timeline() -> list[str]:
            path = f"/v1/conversations/{conversation}/messages"
            items = (await line.desk.owner.get(path))["items"]
            return [item["content"]["body"] for item in items]

        async def has_echo() -> bool:
            return "By hand" in await timeline()

        await until(has_echo, what="the echo")
        assert await timeline() == ["Is it ready?", "It is", "By hand"]
        assert [request.method for request in line.meta.requests] == ["GET", "POST"]
