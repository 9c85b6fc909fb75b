"""A served simulator with one business, a hook that keeps what it hears, and phones."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from frontdesk.kit.http import HttpClient, Response
from frontdesk.simulators.whatsapp import Settings, WhatsAppSimulator, serve
from tests.kit.scripted_server import ScriptedServer, Seen, answer, scripted
from tests.services.servers import stop_quickly

stop_quickly()
TOKEN = "EAAG-token"
SECRET = "app-secret"
VERIFY = "verify-me"
NUMBER = "106540352242922"
ACCOUNT = "102290129340398"
NORA = "447700900142"


@dataclass
class Inbox:
    """The desk's side of the hooks: answers with `statuses` in turn (then 200), keeps every request."""

    server: ScriptedServer | None = None
    statuses: list[int] = field(default_factory=list)
    delay: float = 0

    async def script(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        if seen.line.startswith("GET"):
            query = parse_qs(urlsplit(seen.line.split()[1]).query)
            is_right = query["hub.mode"] == ["subscribe"] and query["hub.verify_token"] == [VERIFY]
            await answer(200 if is_right else 403, query["hub.challenge"][0].encode())(seen, writer)
            return
        await asyncio.sleep(self.delay)
        is_signed = seen.headers["x-hub-signature-256"] == signature(seen.body)
        status = 401 if not is_signed else self.statuses.pop(0) if self.statuses else 200
        await answer(status)(seen, writer)

    @property
    def posts(self) -> list[Seen]:
        assert self.server is not None
        return [seen for seen in self.server.seen if seen.line.startswith("POST")]

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(post.body) for post in self.posts if is_signed(post)]

    def values(self) -> list[dict[str, Any]]:
        return [
            change["value"]
            for body in self.bodies()
            for entry in body["entry"]
            for change in entry["changes"]
        ]

    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses_of(self, wamid: str) -> list[str]:
        told = [status for value in self.values() for status in value.get("statuses", [])]
        return [status["status"] for status in told if status["id"] == wamid]


def signature(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def is_signed(seen: Seen) -> bool:
    return seen.headers["x-hub-signature-256"] == signature(seen.body)


@dataclass
class World:
    """Everything a test needs."""

    simulator: WhatsAppSimulator
    url: str
    http: HttpClient
    inbox: Inbox

    async def graph(
        self, method: str, path: str, json: Any = None, token: str = TOKEN, **more: Any
    ) -> Response:
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        return await self.http.request(method, f"{self.url}/v23.0/{path}", json=json, headers=headers, **more)

    async def send(self, to: str = NORA, **message: Any) -> Response:
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to, **message}
        return await self.graph("POST", f"{NUMBER}/messages", body)

    async def send_text(self, text: str = "hello", to: str = NORA) -> str:
        response = await self.send(to, type="text", text={"body": text})
        assert response.status_code == 200, response.text
        return str(response.json()["messages"][0]["id"])

    async def told(self, response: Response, statuses: list[str]) -> None:
        """Wait until the hook heard these statuses of the message that was sent."""
        wamid = response.json()["messages"][0]["id"]
        await until(lambda: self.inbox.statuses_of(wamid) == statuses)

    async def play(self, method: str, path: str, json: Any = None, **more: Any) -> Response:
        return await self.http.request(method, f"{self.url}/play/{path}", json=json, **more)

    async def write(self, **action: Any) -> str:
        response = await self.play("POST", f"phones/{NORA}/messages", action)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def set_fault(self, kind: str, **more: Any) -> None:
        response = await self.play("PUT", "faults", {"faults": [{"kind": kind, **more}]})
        assert response.status_code == 200, response.text

    async def phone_messages(self, wa_id: str = NORA) -> list[dict[str, Any]]:
        return list((await self.play("GET", f"phones/{wa_id}/messages")).json())

    async def ledger(self) -> dict[str, Any]:
        return dict((await self.play("GET", "ledger")).json())


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Poll with a deadline."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.005)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """One business, one phone (Nora's) whose window is open."""
    inbox = Inbox()
    simulator = WhatsAppSimulator(Settings(), seed=7, retry_seconds=(0.01, 0.02, 0.05, 0.1))
    async with scripted(inbox.script) as server:
        inbox.server = server
        simulator.register(
            NUMBER, ACCOUNT, TOKEN, SECRET, VERIFY, f"{server.origin}/hooks/whatsapp/1", "Rill workshop"
        )
        phone = simulator.add_phone(NORA, "Nora")
        phone.last_written[NUMBER] = simulator.state.now()
        async with serve(simulator) as url, HttpClient.for_origin(url) as http:
            yield World(simulator, url, http, inbox)
