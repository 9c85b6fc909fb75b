"""The signal to stop: what was begun is finished, open lines end, no acknowledged write is lost.

S4-37, G20.
"""

import asyncio
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.cli.desk_process import DeskProcess

pytestmark = pytest.mark.slow

SETUP = {"account_name": "Rill", "name": "Olive", "email": "o@rill.example", "password": "a long password"}


async def _write(client: httpx2.AsyncClient, worker: int, stop: asyncio.Event) -> tuple[list[str], list[int]]:
    """Post until the desk is gone; the shortcuts that were acknowledged, and answers that are no success."""
    acknowledged, refused = list[str](), list[int]()
    for number in range(10_000):
        shortcut = f"w{worker}-{number}"
        body = {"shortcut": shortcut, "title": "x", "messages": [{"kind": "text", "body": "x"}]}
        try:
            answer = await client.post("/v1/canned-responses", json=body)
        except httpx2.TransportError:
            break
        if answer.status_code == 201:
            acknowledged.append(shortcut)
        else:
            refused.append(answer.status_code)
        if number == 5:
            stop.set()
    return acknowledged, refused


async def _listen(url: str, cookie: str) -> int:
    """Hold the live line open; the code it is closed with."""
    async with connect(url, additional_headers={"Cookie": cookie}, proxy=None) as socket:
        await socket.send('{"type": "start", "cursor": null}')
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


async def _stream(client: httpx2.AsyncClient) -> None:
    async with client.stream("GET", "/v1/live", headers={"Accept": "text/event-stream"}) as stream:
        async for _ in stream.aiter_bytes():
            pass


async def test_a_stop_under_load_loses_nothing(tmp_path: Path) -> None:
    desk = await asyncio.to_thread(DeskProcess(tmp_path).__enter__)
    limits = httpx2.Limits(max_connections=50)
    async with httpx2.AsyncClient(base_url=desk.url, timeout=20, limits=limits, trust_env=False) as client:
        made = await client.post("/v1/setup", json=SETUP)
        client.headers["X-CSRF-Token"] = made.json()["csrf_token"]
        cookie = f"frontdesk={client.cookies['frontdesk']}"
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            socket = tasks.create_task(_listen(desk.url.replace("http", "ws") + "/v1/live", cookie))
            stream = tasks.create_task(_stream(client))
            writers = [tasks.create_task(_write(client, number, stop)) for number in range(10)]
            await stop.wait()
            seconds = await asyncio.to_thread(desk.stop)
        assert seconds < 10
        assert socket.result() == 1012
        assert stream.done()
        acknowledged = [shortcut for writer in writers for shortcut in writer.result()[0]]
        assert [code for writer in writers for code in writer.result()[1] if code != 503] == []
        assert len(acknowledged) >= 50

    again = DeskProcess(tmp_path)
    await asyncio.to_thread(again.__enter__)
    async with httpx2.AsyncClient(base_url=again.url, timeout=20, trust_env=False) as client:
        await client.post("/v1/session", json={"email": SETUP["email"], "password": SETUP["password"]})
        kept: set[str] = set()
        cursor = None
        while True:
            page = (
                await client.get(
                    "/v1/canned-responses", params={"limit": 100} | ({"cursor": cursor} if cursor else {})
                )
            ).json()
            kept |= {each["shortcut"] for each in page["items"]}
            cursor = page["next_cursor"]
            if cursor is None:
                break
    await asyncio.to_thread(again.stop)
    assert set(acknowledged) - kept == set()
