"""SMS through the whole desk: a phone writes, an agent answers, each phone shows it once, with its ticks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from frontdesk.api.metrics import text_of
from frontdesk.features.delivery import asking
from frontdesk.runtime import container
from frontdesk.simulators.base import Fault, FaultKind, keep
from frontdesk.simulators.twilio_sms import TwilioSimulator, serve
from frontdesk.simulators.twilio_sms.state import Business, Phone
from tests.desk import RunningDesk, running_desk, until
from tests.provider import inboxes_at

CONFIG = {"account_sid": "AC" + "0" * 31 + "1", "auth_token": "an-auth-token", "sender": "+15005550006"}


@dataclass(frozen=True, slots=True)
class Line:
    """A desk, the network it sends by, a customer's phone, and their conversation."""

    desk: RunningDesk
    network: TwilioSimulator
    business: Business
    phone: Phone
    conversation: str

    async def say(self, content: dict[str, Any]) -> str:
        path = f"/v1/conversations/{self.conversation}/messages"
        return str((await self.desk.owner.post(path, {"content": content}))["id"])

    async def message(self, message_id: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.desk.owner.get(f"/v1/messages/{message_id}")
        return found

    async def is_at(self, message_id: str, *words: str) -> bool:
        return (await self.message(message_id))["status"] in words

    async def settled(self, message_id: str, word: str) -> None:
        await until(lambda: self.is_at(message_id, word), seconds=30, what=word)

    async def has_picture(self, content: bytes) -> bool:
        """Whether the desk has the customer's picture, fetched from the provider."""
        path = f"/v1/conversations/{self.conversation}/messages"
        for message in (await self.desk.owner.get(path))["items"]:
            media = message["content"].get("media", {})
            if message["content"]["kind"] == "image" and (media.get("url") or "").startswith("/v1/files/"):
                return (await self.desk.http.get(media["url"])).content == content
        return False

    @property
    def shown(self) -> list[tuple[str, str]]:
        return [(m.shown, m.status) for m in self.phone.messages if m.sender == "business"]


@asynccontextmanager
async def open_line(database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    network = TwilioSimulator(seed=5)
    async with serve(network) as origin:
        monkeypatch.setattr(container, "Inboxes", inboxes_at(origin))
        async with running_desk(database_url, folder) as desk:
            inbox = await desk.owner.inbox("twilio_sms", "SMS", CONFIG)
            account, token, sender = CONFIG["account_sid"], CONFIG["auth_token"], CONFIG["sender"]
            business = network.register(account, token, sender, inbox["hook_url"], "Rill", origin)
            phone = network.add_phone("+15005550100", "Nora")
            network.network.write(business, phone, "Is my bike ready? <&é👍>", [])
            (conversation,) = await until(lambda: conversations(desk), seconds=30, what="the first message")
            yield Line(desk, network, business, phone, conversation["id"])


async def conversations(desk: RunningDesk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.owner.get("/v1/conversations"))["items"]
    return found


async def test_s3_07_s3_12_s3_13_an_sms_comes_and_the_answer_goes_once_with_its_ticks(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        (heard,) = (await line.desk.owner.get(f"/v1/conversations/{line.conversation}/messages"))["items"]
        assert heard["content"]["body"] == "Is my bike ready? <&é👍>"
        line.network.faults.set([Fault(kind=FaultKind.HOOK_DUPLICATE)])
        made = await line.say({"kind": "text", "body": "It is ready <&é👍>"})
        await line.settled(made, "delivered")
        assert line.shown == [("It is ready <&é👍>", "delivered")]
        (delivery,) = await line.desk.owner.get(f"/v1/messages/{made}/deliveries")
        (attempt,) = await line.desk.owner.get(f"/v1/deliveries/{delivery['id']}/attempts")
        assert attempt["response"]["num_segments"] == "1"
        assert attempt["response"]["price"] is None
        assert attempt["response"]["headers"]["twilio-concurrent-requests"] == "1"
        assert attempt["response"]["headers"]["twilio-request-id"].startswith("RQ")
        await is_counted(line)
        await goes_in_parts(line)
        await takes_leave_and_comes_back(line)


async def is_counted(line: Line) -> None:
    """S3-13: what Twilio said of the request is in the metrics."""
    text = await text_of(line.desk.container.desk)
    for said in (
        'frontdesk_sends_total{channel="twilio_sms",result="sent"} 1',
        'frontdesk_provider_concurrent_requests{channel="twilio_sms"} 1',
        'frontdesk_provider_told_seconds_sum{channel="twilio_sms"} 0.01',
        'frontdesk_provider_request_seconds_count{channel="twilio_sms"} 1',
    ):
        assert f"{said}\n" in text, text
    assert 'frontdesk_intake_total{channel="twilio_sms",way="hook"}' in text


async def goes_in_parts(line: Line) -> None:
    """S3-08: 2,000 characters are two messages on the phone, in order, and one here."""
    text = "The wheel is true again. " * 80
    before = len(line.shown)
    body = {"to": line.phone.id, "content": {"kind": "text", "body": text}}
    made = await line.desk.owner.post("/v1/messages", body)
    assert made["conversation_id"] == line.conversation
    await line.settled(made["id"], "delivered")
    await until(partial(has_shown, line, before + 2), seconds=30, what="both parts")
    assert "".join(shown for shown, _ in line.shown[before:]) == text
    (delivery,) = await line.desk.owner.get(f"/v1/messages/{made['id']}/deliveries")
    (attempt,) = await line.desk.owner.get(f"/v1/deliveries/{delivery['id']}/attempts")
    assert [part["segments"] for part in attempt["request"]["parts"]] == [11, 3]


async def has_shown(line: Line, number: int) -> bool:
    return len(line.shown) == number


async def takes_leave_and_comes_back(line: Line) -> None:
    """STOP lands in the inbox and shuts the line; START opens it."""
    path, content = f"/v1/conversations/{line.conversation}", {"kind": "text", "body": "Anything else?"}
    for words, allowed in (("STOP", False), ("START", True)):
        line.network.network.write(line.business, line.phone, words, [])
        await until(partial(may_write, line, wanted=allowed), seconds=30, what=words)
        (last,) = (await line.desk.owner.get(f"{path}/messages", limit=1))["items"]
        assert last["content"]["body"] == words
        status = 201 if allowed else 409
        answer = await line.desk.owner.post(f"{path}/messages", {"content": content}, status)
        assert allowed or answer["code"] == "not_allowed"


async def may_write(line: Line, *, wanted: bool) -> bool:
    found = await line.desk.owner.get(f"/v1/conversations/{line.conversation}/can-send")
    return bool(found["free"] is wanted)


@pytest.mark.parametrize("kind", [FaultKind.ACCEPT_RESET, FaultKind.ACCEPT_ERROR])
async def test_g7_a_send_whose_answer_is_lost_is_settled_by_its_callback_and_never_repeated(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: FaultKind
) -> None:
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        line.network.faults.set([Fault(kind=kind, count=1)])
        made = await line.say({"kind": "text", "body": "It is ready"})
        await line.settled(made, "delivered")
        assert line.shown == [("It is ready", "delivered")]


async def test_s3_11_s3_19_a_rate_limit_is_waited_for_and_a_wrong_token_is_a_failure(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        line.network.faults.set([Fault(kind=FaultKind.RATE_LIMIT, count=1, seconds=1)])
        made = await line.say({"kind": "text", "body": "After a while"})
        await line.settled(made, "delivered")
        assert len(line.shown) == 1
        (delivery,) = await line.desk.owner.get(f"/v1/messages/{made}/deliveries")
        first, second = await line.desk.owner.get(f"/v1/deliveries/{delivery['id']}/attempts")
        began = [datetime.fromisoformat(each["started_at"]) for each in (first, second)]
        assert (began[1] - began[0]).total_seconds() >= 1, "Retry-After was one second"
        assert first["response"]["headers"]["retry-after"] == "1"
        line.business.auth_token = "changed"
        failed = await line.say({"kind": "text", "body": "Never"})
        await line.settled(failed, "failed")
        assert (await line.message(failed))["failure"]["code"] == "20003"
        (inbox,) = (await line.desk.owner.get("/v1/inboxes"))["items"]
        assert inbox["state"] == "reconnect"


async def test_s3_09_a_picture_comes_and_one_goes_by_a_link(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        answer = await line.desk.http.post(
            "/v1/attachments", files={"file": ("a.txt", b"plain words", "text/plain")}
        )
        assert answer.status_code == 201, answer.text
        media = {"attachment_id": answer.json()["id"]}
        made = await line.say({"kind": "document", "media": media, "caption": "The bill"})
        await line.settled(made, "delivered")
        (message,) = [m for m in line.phone.messages if m.sender == "business"]
        (file,) = message.facts["files"]
        fetched = await line.desk.client().get(file["url"])
        assert (fetched.status_code, fetched.content) == (200, b"plain words")
        content, mime = b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png"
        stored = keep(line.network.state, "ME1", content, mime)
        line.network.network.write(line.business, line.phone, "Bent", [("image", stored)])
        await until(lambda: line.has_picture(content), seconds=30, what="the picture")


async def test_s3_10_a_lost_callback_is_found_by_asking(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twilio's callbacks are refused for their signature; what became of the message is asked for."""
    monkeypatch.setattr(asking, "WAITS", (timedelta(seconds=1),) * 20)
    async with open_line(sqlite_url, tmp_path / "data", monkeypatch) as line:
        line.network.faults.set([Fault(kind=FaultKind.HOOK_BAD_SIGNATURE)])
        made = await line.say({"kind": "text", "body": "It is ready"})
        await line.settled(made, "delivered")
        assert line.shown == [("It is ready", "delivered")]
