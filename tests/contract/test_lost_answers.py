"""A provider takes a message and its answer is lost: the desk neither forgets it nor sends it again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from frontdesk.channels.whatsapp import graph
from frontdesk.features.delivery import deliverer
from frontdesk.runtime import container
from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.whatsapp import Settings, WhatsAppSimulator, serve
from frontdesk.simulators.whatsapp.state import Business, Phone
from tests.desk import RunningDesk, running_desk, until
from tests.provider import inboxes_at
from tests.services.processes import free_port

CONFIG = {
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "access_token": "EAAG-token",
    "app_secret": "app-secret",
    "verify_token": "verify-me",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A desk, the network it sends by, a customer's phone, and their conversation."""

    desk: RunningDesk
    network: WhatsAppSimulator
    business: Business
    phone: Phone
    conversation: str

    async def say(self, body: str, key: str) -> dict[str, Any]:
        """Post a message with an Idempotency-Key."""
        answer = await self.desk.http.post(
            f"/v1/conversations/{self.conversation}/messages",
            json={"content": {"kind": "text", "body": body}},
            headers={"Idempotency-Key": key},
        )
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def status(self, message_id: str) -> str:
        """Where a message stands, as the desk shows it."""
        return str((await self.desk.owner.get(f"/v1/messages/{message_id}"))["status"])

    async def is_at(self, message_id: str, *words: str) -> bool:
        return await self.status(message_id) in words

    async def told(self, message_id: str) -> list[str]:
        """The delivery events of a message, in order."""
        items = (await self.desk.owner.get("/v1/events", limit=100))["items"]
        return [
            e["type"] for e in items if e["subject_id"] == message_id and e["type"].startswith("delivery.")
        ]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What the phone shows of the business: text and status."""
        return [(m.shown, m.status) for m in self.phone.messages if m.sender == "business"]


@asynccontextmanager
async def open_line(database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    network = WhatsAppSimulator(Settings(read_after_seconds=0), seed=14)
    async with serve(network) as origin:
        monkeypatch.setattr(container, "Inboxes", inboxes_at(origin))
        async with running_desk(database_url, folder) as desk:
            inbox = await desk.owner.inbox("whatsapp", "Phone", CONFIG)
            business = network.register(
                CONFIG["phone_number_id"],
                CONFIG["waba_id"],
                CONFIG["access_token"],
                CONFIG["app_secret"],
                CONFIG["verify_token"],
                inbox["hook_url"],
                "Rill",
            )
            phone = network.add_phone("447700900142", "Nora")
            network.network.write(business, phone, "text", {"body": "Is my bike ready?"})
            (conversation,) = await until(lambda: conversations(desk), seconds=30, what="the first message")
            yield Line(desk, network, business, phone, conversation["id"])


async def conversations(desk: RunningDesk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.owner.get("/v1/conversations"))["items"]
    return found


@pytest.mark.parametrize("kind", [FaultKind.ACCEPT_RESET, FaultKind.ACCEPT_TIMEOUT, FaultKind.ACCEPT_ERROR])
async def test_g7_m13_s2_14_a_send_whose_answer_is_lost_is_shown_and_then_settled_by_its_status(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: FaultKind
) -> None:
    monkeypatch.setattr(graph, "SEND_SECONDS", 1.0)
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        line.network.faults.rules = [Fault(kind=kind, count=1)]
        hooks, line.business.hook_url = line.business.hook_url, f"http://127.0.0.1:{free_port()}/"
        made = await line.say("It is ready", "once")
        again = await line.say("It is ready", "once")
        assert (again["id"], again["seq"]) == (made["id"], made["seq"])
        await until(lambda: line.is_at(made["id"], "unknown"), seconds=30, what="unknown")
        line.business.hook_url = hooks
        after = await line.say("Come by until six", "twice")
        await until(lambda: line.is_at(made["id"], "read"), seconds=30, what="the report that settles it")
        await until(lambda: line.is_at(after["id"], "read"), seconds=30, what="the message after it")

        assert line.shown == [("It is ready", "read"), ("Come by until six", "read")]
        sends = list(line.network.state.sends)
        assert [send.answer for send in sends] == [kind.value, "200"]
        (delivery,) = await line.desk.owner.get(f"/v1/messages/{made['id']}/deliveries")
        assert sends[0].opaque == delivery["id"]
        told = await line.told(made["id"])
        assert (told[0], told[-1], len(told)) == ("delivery.unknown", "delivery.read", len(set(told)))
        shown = await line.desk.owner.get(f"/v1/messages/{made['id']}")
        assert (shown["source_id"], shown["failure"]) == (sends[0].id, None)


async def test_g8_a_status_that_is_quicker_than_the_answer_is_applied(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        line.network.faults.rules = [Fault(kind=FaultKind.STATUS_FIRST)]
        made = await line.say("It is ready", "once")
        await until(lambda: line.is_at(made["id"], "read"), seconds=30, what="read")
        assert line.shown == [("It is ready", "read")]
        assert "delivery.unknown" not in await line.told(made["id"])


def test_a_silent_provider_is_given_up_before_the_lease_ends() -> None:
    """G7: the try that waits is over before anybody else could take the lane."""
    assert graph.SEND_SECONDS <= 20
    assert graph.SEND_SECONDS < deliverer.ATTEMPT_SECONDS < deliverer.LEASE_SECONDS
