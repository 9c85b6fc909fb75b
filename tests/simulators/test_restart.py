"""A demo that is killed goes on: phones, messages, files, and what was under way outlive the process."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from frontdesk.kit.http import HttpClient, HttpFailed
from frontdesk.simulators.whatsapp import Settings, WhatsAppSimulator, serve
from tests.kit.scripted_server import scripted
from tests.simulators.conftest import NORA, NUMBER, SECRET, TOKEN, VERIFY, Inbox, until

CHILD = f"""
import asyncio, sys
from pathlib import Path
from frontdesk.simulators.whatsapp import WhatsAppSimulator, serve

async def main(folder, hook):
    simulator = WhatsAppSimulator(journal=Path(folder))
    simulator.register({NUMBER!r}, "1", {TOKEN!r}, {SECRET!r}, {VERIFY!r}, hook, "Rill")
    simulator.add_phone({NORA!r}, "Nora").last_written.setdefault({NUMBER!r}, simulator.state.now())
    async with serve(simulator) as url:
        sys.stdout.write(url + "\\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

asyncio.run(main(*sys.argv[1:]))
"""


@contextlib.asynccontextmanager
async def child(folder: Path, hook: str) -> AsyncIterator[tuple[int, str]]:
    """A simulator in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(folder), hook, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process.pid, (await process.stdout.readline()).decode().strip()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def open_simulator(
    folder: Path, hook: str | None, read_after_seconds: float | None = None
) -> WhatsAppSimulator:
    simulator = WhatsAppSimulator(
        Settings(read_after_seconds=read_after_seconds), journal=folder, retry_seconds=(0.01,) * 50
    )
    simulator.register(NUMBER, "1", TOKEN, SECRET, VERIFY, hook, "Rill")
    return simulator


async def send(http: HttpClient, url: str, text: str) -> str:
    body = {"messaging_product": "whatsapp", "to": NORA, "type": "text", "text": {"body": text}}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    response = await http.request("POST", f"{url}/v23.0/{NUMBER}/messages", json=body, headers=headers)
    return str(response.json()["messages"][0]["id"])


async def test_nothing_answered_is_lost_by_kill_9(tmp_path: Path) -> None:
    """Every answered send is on the phone, and every message written there reaches the hook."""
    inbox, sent, written = Inbox(), list[str](), list[str]()
    async with scripted(inbox.script) as server:
        inbox.server = server
        for life in range(3):
            async with (
                child(tmp_path, f"{server.origin}/hook") as (pid, url),
                HttpClient.for_origin(url) as http,
            ):
                for number in range(10):
                    sent.append(await send(http, url, f"{life}.{number}"))
                    path = f"{url}/play/phones/{NORA}/messages"
                    answer = await http.request(
                        "POST", path, json={"type": "text", "text": f"{life}.{number}"}
                    )
                    written.append(answer.json()["id"])
                unanswered = asyncio.ensure_future(send(http, url, "at the end"))
                await asyncio.sleep(0)
                os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(HttpFailed):
                    await unanswered
        simulator = open_simulator(tmp_path, f"{server.origin}/hook")
        async with serve(simulator):
            phone = simulator.state.phone(NORA)
            await until(
                lambda: all((found := phone.find(one)) and found.status == "delivered" for one in written)
            )
            await until(
                lambda: all((found := phone.find(one)) and found.status == "delivered" for one in sent)
            )
            await until(lambda: simulator.hooks.underway == 0)
            shown = [message.id for message in phone.messages]
            assert len(shown) == len(set(shown))
            assert [one for one in shown if one in set(sent)] == sent
            assert [one for one in shown if one in set(written)] == written
            assert {message["id"] for message in inbox.messages()} == set(written)
            for one in sent:
                assert {"sent", "delivered"} <= set(inbox.statuses_of(one))


async def test_hooks_under_way_are_delivered_after_a_restart(tmp_path: Path) -> None:
    first = open_simulator(tmp_path, "http://127.0.0.1:9/hook")
    first.add_phone(NORA, "Nora")
    async with serve(first) as url, HttpClient.for_origin(url) as http:
        path = f"{url}/play/phones/{NORA}/messages"
        for text in ("one", "two"):
            await http.request("POST", path, json={"type": "text", "text": text})
        voice = (await http.request("POST", path, json={"type": "voice"})).json()["id"]
        await http.request("POST", path, json={"type": "edit", "message_id": voice, "text": "x"})
    inbox = Inbox()
    async with scripted(inbox.script) as server:
        inbox.server = server
        second = open_simulator(tmp_path, f"{server.origin}/hook")
        assert [message.status for message in second.state.phone(NORA).messages] == ["sent"] * 3
        async with serve(second):
            await until(lambda: second.hooks.underway == 0)
            await until(lambda: {one.status for one in second.state.phone(NORA).messages} == {"delivered"})
        texts = [message.get("text", {}).get("body") for message in inbox.messages()]
        assert texts == ["one", "two", None, None]
        media_id = inbox.messages()[2]["audio"]["id"]
        assert second.state.files[media_id].content.startswith(b"OggS")
        third = open_simulator(tmp_path, f"{server.origin}/hook")
        async with serve(third):
            assert third.hooks.underway == 0
        assert len(inbox.posts) == 4
        assert third.state.phone(NORA).messages[2].edited


async def test_an_unread_message_is_read_after_a_restart(tmp_path: Path) -> None:
    inbox = Inbox()
    async with scripted(inbox.script) as server:
        inbox.server = server
        first = open_simulator(tmp_path, f"{server.origin}/hook", read_after_seconds=600)
        first.add_phone(NORA, "Nora").last_written[NUMBER] = first.state.now()
        first.state.show_phone(first.state.phone(NORA))
        async with serve(first) as url, HttpClient.for_origin(url) as http:
            wamid = await send(http, url, "hello")
            await until(lambda: inbox.statuses_of(wamid) == ["sent", "delivered"])
        second = open_simulator(tmp_path, f"{server.origin}/hook", read_after_seconds=0.01)
        async with serve(second) as url, HttpClient.for_origin(url) as http:
            await until(lambda: inbox.statuses_of(wamid) == ["sent", "delivered", "read"])
            assert await send(http, url, "the window is still open")


async def test_a_line_cut_in_the_middle_is_left_out(tmp_path: Path) -> None:
    first = open_simulator(tmp_path, None)
    first.add_phone(NORA, "Nora")
    async with first.running():
        pass
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"kind":"comet"}\n{"kind":"phone","phone":{"id":"4477009')
    second = open_simulator(tmp_path, None)
    assert list(second.state.phones) == [NORA]
    async with second.running():
        pass


async def test_a_changed_number_stays_changed(tmp_path: Path) -> None:
    first = open_simulator(tmp_path, None)
    first.add_phone(NORA, "Nora")
    async with serve(first) as url, HttpClient.for_origin(url) as http:
        path = f"{url}/play/phones/{NORA}/messages"
        await http.request("POST", path, json={"type": "number_change", "new_wa_id": "447700900777"})
    second = open_simulator(tmp_path, None)
    assert [(phone.wa_id, phone.name) for phone in second.state.phones.values()] == [("447700900777", "Nora")]
    async with second.running():
        pass
