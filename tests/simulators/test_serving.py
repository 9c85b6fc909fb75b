"""How the simulator runs: its live line, mounted in another application, and failing loudly."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette

from frontdesk.kit.http import HttpClient, OutcomeUnknown
from frontdesk.simulators.base import routes
from frontdesk.simulators.whatsapp import Settings, WhatsAppSimulator, serve
from tests.simulators.conftest import NORA, NUMBER, SECRET, TOKEN, VERIFY, World, until


async def frames(reader: asyncio.StreamReader) -> AsyncIterator[dict[str, Any]]:
    """The frames of a server-sent stream."""
    async for line in reader:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


async def test_the_live_line_tells_every_change(world: World) -> None:
    host, port = world.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /play/live HTTP/1.1\r\nhost: a\r\n\r\n")
    stream = frames(reader)
    assert await anext(stream) == {"type": "hello"}
    message_id = await world.write(type="text", text="hi")
    seen = [await anext(stream) for _ in range(3)]
    assert [frame["type"] for frame in seen] == ["message", "phone", "message"]
    assert [seen[0]["message"]["status"], seen[2]["message"]["status"]] == ["sent", "delivered"]
    assert (seen[0]["phone_id"], seen[0]["message"]["id"]) == (NORA, message_id)
    assert seen[1]["phone"]["window_closes_at"] is not None
    assert "messages" not in seen[1]["phone"]
    await world.set_fault("slow")
    assert (await anext(stream))["faults"][0]["kind"] == "slow"
    assert world.simulator.live.count == 1
    writer.close()
    await until(lambda: world.simulator.live.count == 0)


async def test_a_listener_that_falls_behind_is_let_go(world: World) -> None:
    live = world.simulator.live
    stream = live._frames()
    assert "hello" in await anext(stream)
    for number in range(1100):
        live.publish({"type": "phone", "number": number})
    assert live.count == 0
    assert len([frame async for frame in stream]) < 1000


async def test_stopping_does_not_wait_for_listeners() -> None:
    simulator = WhatsAppSimulator()
    async with serve(simulator) as url:
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /play/live HTTP/1.1\r\nhost: a\r\n\r\n")
        assert await anext(frames(reader)) == {"type": "hello"}
        started = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - started < 2
    writer.close()


@contextlib.asynccontextmanager
async def mounted(simulator: WhatsAppSimulator) -> AsyncIterator[str]:
    """The simulator inside another application, as a demo runs it."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with simulator.running():
            yield

    app = FastAPI(lifespan=lifespan)
    app.mount("/simulators/whatsapp", simulator.app)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(sockets=[listener]))
            await until(lambda: server.started)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/simulators/whatsapp"
            server.should_exit = True


async def test_mounted_in_another_application() -> None:
    simulator = WhatsAppSimulator(Settings(read_after_seconds=0.01))
    simulator.register(NUMBER, "1", TOKEN, SECRET, VERIFY, None, "Rill")
    simulator.add_phone(NORA, "Nora").last_written[NUMBER] = simulator.state.now()
    async with mounted(simulator) as url, HttpClient.for_origin(url) as http:
        token = {"Authorization": f"Bearer {TOKEN}"}
        body = {"messaging_product": "whatsapp", "to": NORA, "type": "text", "text": {"body": "x"}}
        sent = await http.request("POST", f"{url}/v23.0/{NUMBER}/messages", json=body, headers=token)
        assert sent.status_code == 200
        await until(lambda: simulator.state.phone(NORA).messages[0].status == "read")
        form = {"messaging_product": "whatsapp"}
        files = {"file": ("a.pdf", b"%PDF", "application/pdf")}
        up = await http.request("POST", f"{url}/v23.0/{NUMBER}/media", data=form, files=files, headers=token)
        told = (await http.request("GET", f"{url}/v23.0/{up.json()['id']}", headers=token)).json()
        assert told["url"].startswith(f"{url}/lookaside/")
        assert (await http.request("GET", told["url"], headers=token)).content == b"%PDF"
        await http.request("PUT", f"{url}/play/faults", json={"faults": [{"kind": "accept_reset"}]})
        with pytest.raises(OutcomeUnknown):
            await http.request("POST", f"{url}/v23.0/{NUMBER}/messages", json=body, headers=token)
        assert len(simulator.state.sends) == 2


async def test_the_list_tells_each_simulator_and_what_its_phones_can_do() -> None:
    app = Starlette(routes=routes([WhatsAppSimulator()]))
    answer = await asgi_get(app, "/simulators")
    assert [(one["slug"], one["name"], one["path"]) for one in answer] == [
        ("whatsapp", "WhatsApp", "/simulators/whatsapp")
    ]
    can = answer[0]["abilities"]
    assert set(can["kinds"]) == {
        "text", "image", "audio", "voice", "video", "document", "sticker", "location", "contacts",
    }  # fmt: skip
    assert [can[name] for name in ("replies", "reactions", "edits", "revokes", "reads", "window")] == [
        True
    ] * 6
    assert [switch["name"] for switch in can["switches"]] == ["hides_number"]
    assert await asgi_get(app, "/simulators/whatsapp/play/phones") == []


async def test_one_live_line_tells_all_simulators() -> None:
    """A browser opens six connections to a host; each simulator has a line, and all have one together."""
    simulator = WhatsAppSimulator()
    app = Starlette(routes=routes([simulator]))
    sent: asyncio.Queue[bytes] = asyncio.Queue()

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.put_nowait(message.get("body", b""))

    scope = {"type": "http", "method": "GET", "path": "/simulators/live", "headers": [], "root_path": ""}
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        line = tasks.create_task(app({**scope, "query_string": b""}, receive, send))
        assert b"hello" in b"".join([await sent.get(), await sent.get()])
        phone = simulator.add_phone(NORA, "Nora")
        simulator.state.show_phone(phone)
        frame = json.loads((await sent.get()).partition(b"data: ")[2])
        assert (frame["simulator"], frame["type"], frame["phone"]["id"]) == ("whatsapp", "phone", NORA)
        simulator.live.close()
        await sent.get()
        line.cancel()


async def asgi_get(app: Starlette, path: str) -> Any:
    """The JSON at a path, without a server."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [],
        "query_string": b"",
        "root_path": "",
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 200
    return json.loads(b"".join(message.get("body", b"") for message in sent))


async def test_a_failing_step_ends_the_run_with_its_error() -> None:
    """No task dies unseen."""
    simulator = WhatsAppSimulator()

    def broken() -> None:
        raise ZeroDivisionError

    async def run() -> None:
        async with simulator.running():
            simulator.network.later(0.01, broken)
            await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as caught:
        await run()
    assert caught.group_contains(ZeroDivisionError)


async def test_hooks_before_running_are_counted_as_dropped() -> None:
    simulator = WhatsAppSimulator()
    business = simulator.register(NUMBER, "1", TOKEN, SECRET, VERIFY, None, "Rill")
    simulator.network.write(business, simulator.add_phone(NORA), "text", {"body": "x"})
    assert simulator.hooks.dropped == 1
