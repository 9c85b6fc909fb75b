"""Roles in processes of their own on PostgreSQL: what one does, the others see in time (S1-17, G12)."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from tests.api.test_hooks import CHANNEL, CONFIG, payload, signed
from tests.cli.desk_process import ApiProcess, DeskProcess, WorkerProcess
from tests.desk import until

NEW = {
    "account_name": "Rill Bikes",
    "name": "Olive Rill",
    "email": "olive@rill.example",
    "password": "a long enough password",
}
SECONDS = 2.0
"""From what happens at one process to the frame at another."""


async def _owner(url: str) -> tuple[str, httpx2.AsyncClient]:
    """An API token that may do everything, and a client with it."""
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as setup:
        session = (await setup.post("/v1/setup", json=NEW)).json()
        body = {"name": "all", "permissions": session["permissions"], "user_id": session["user"]["id"]}
        headers = {"X-CSRF-Token": session["csrf_token"]}
        token: str = (await setup.post("/v1/tokens", json=body, headers=headers)).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return token, httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=30)


@asynccontextmanager
async def _line(desk: DeskProcess, token: str) -> AsyncIterator[ClientConnection]:
    async with connect(desk.url.replace("http", "ws") + "/v1/live", proxy=None) as line:
        await line.send(json.dumps({"type": "start", "token": token}))
        while json.loads(await line.recv())["type"] != "caught_up":
            pass
        yield line


async def _hear(line: ClientConnection, is_it: Callable[[dict[str, Any]], bool]) -> float:
    """When the event came."""
    async with asyncio.timeout(30):
        while True:
            frame = json.loads(await line.recv())
            if frame["type"] == "event" and is_it(frame["event"]):
                return time.monotonic()


def _says(body: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: (event.get("message") or {}).get("content", {}).get("body") == body


async def test_s1_17_two_apis_and_a_worker_are_one_desk(postgres_url: str, tmp_path: Path) -> None:
    more = {"FRONTDESK_DATABASE": postgres_url, "FRONTDESK_LOG__FORMAT": "json"}
    with ApiProcess(tmp_path, **more) as one, ApiProcess(tmp_path, **more) as two:
        token, http = await _owner(one.url)
        async with http, _line(one, token) as near, _line(two, token) as far:
            chat = {"channel": "webchat", "name": "Chat", "config": {}}
            inbox = (await http.post("/v1/inboxes", json=chat)).json()
            contact = {"addresses": [{"scheme": "web", "address": "nora"}]}
            body = {"inbox_id": inbox["id"], "contact": contact}
            talk = (await http.post("/v1/conversations", json=body)).json()
            path = f"/v1/conversations/{talk['id']}/messages"

            began = time.monotonic()
            sent = await http.post(path, json={"content": {"kind": "text", "body": "from one"}})
            assert sent.status_code == 201, sent.text
            heard = await asyncio.gather(_hear(near, _says("from one")), _hear(far, _says("from one")))
            assert max(heard) - began < SECONDS
            first = sent.json()["status"]

            async def status() -> str:
                found: str = (await http.get(f"/v1/messages/{sent.json()['id']}")).json()["status"]
                return found

            assert await status() == first  # nobody is there who would deliver it
            with WorkerProcess(tmp_path, **more):

                async def delivered() -> bool:
                    return await status() in {"sent", "delivered"}

                await until(delivered, seconds=20, what="the delivery by the worker")
                whatsapp = {"channel": CHANNEL, "name": "WhatsApp", "config": CONFIG}
                hook = f"/hooks/{CHANNEL}/{(await http.post('/v1/inboxes', json=whatsapp)).json()['id']}"
                request, began = payload("hello"), time.monotonic()
                taken = await http.post(hook, content=request, headers=signed(request))
                assert taken.status_code == 200
                heard = await asyncio.gather(_hear(near, _says("hello")), _hear(far, _says("hello")))
                assert max(heard) - began < SECONDS
