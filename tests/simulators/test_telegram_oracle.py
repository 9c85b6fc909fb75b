"""Telegram's simulator against aiogram, an SDK written for the real Bot API: it sends and takes hooks."""

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.telegram import TelegramSimulator, serve
from frontdesk.simulators.telegram.state import Phone
from tests.desk import until

APART = Path(sys.prefix) / "aiogram"
TOKEN, SECRET, IDA = "5500:a-token-for-tests", "a-word-of-our-own", 70001234
ASKED_FOR = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]


class Refused(Exception):
    """The SDK raised; its class, its words, and how long it says to wait."""


class Sdk:
    """The process with aiogram in it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, asked: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        if "error" in told:
            raise Refused(told["error"], told["text"], told["wait"])
        return told["result"]

    async def do(self, what: str, **fields: Any) -> Any:
        return await asyncio.to_thread(self.ask, {"do": what, **fields})

    async def call(self, method: str, **fields: Any) -> Any:
        return await self.do("call", method=method, fields=fields)


@pytest.fixture(scope="module")
def process() -> Iterator[Sdk]:
    if not APART.is_dir():
        pytest.skip("aiogram is not installed; run: python scripts/setup.py --tests")
    program = Path(__file__).with_name("telegram_sdk.py")
    env = {**os.environ, "PYTHONPATH": str(APART), "PYTHONNOUSERSITE": "1"}
    with subprocess.Popen(
        [sys.executable, "-P", str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=env,
        text=True,
    ) as running:
        yield Sdk(running)
        assert running.stdin is not None
        running.stdin.close()
        assert running.wait(timeout=30) == 0


class World:
    """A simulator with a customer who started the bot, and the SDK with its hook set."""

    def __init__(self, simulator: TelegramSimulator, sdk: Sdk, ida: Phone) -> None:
        self.simulator, self.sdk, self.ida = simulator, sdk, ida

    def does(self, **action: Any) -> str:
        return self.simulator.conduct.act(self.ida, action)

    async def heard(self, count: int) -> list[dict[str, Any]]:
        """What the SDK's dispatcher handled, once it is so many and nothing is under way."""
        told: list[dict[str, Any]] = []

        async def is_told() -> bool:
            told[:] = await self.sdk.do("heard")
            return len(told) >= count and not self.simulator.hooks.underway

        await until(is_told, what="the hooks")
        return told

    def shown(self) -> list[str]:
        return [m.shown for m in self.ida.messages if m.sender == "business" and not m.deleted]


@pytest.fixture
async def world(process: Sdk) -> AsyncIterator[World]:
    simulator = TelegramSimulator(seed=5, retry_seconds=(0.01, 0.02))
    simulator.register(TOKEN, "rill_bikes_bot", "Rill")
    ida = simulator.add_phone(str(IDA), "Ida Brandt")
    ida.started = ["5500"]
    async with serve(simulator) as url:
        hook = await process.do("open", api=url, token=TOKEN, secret=SECRET)
        set_now = await process.call("set_webhook", url=hook, secret_token=SECRET, allowed_updates=ASKED_FOR)
        assert set_now is True
        yield World(simulator, process, ida)


async def test_aiogram_knows_its_bot_and_its_hook(world: World) -> None:
    me = await world.sdk.call("get_me")
    assert (me["id"], me["is_bot"], me["username"]) == (5500, True, "rill_bikes_bot")
    assert (await world.sdk.call("get_webhook_info"))["allowed_updates"] == ASKED_FOR
    assert await world.sdk.call("delete_webhook") is True
    assert (await world.sdk.call("get_webhook_info"))["url"] == ""


async def test_aiogram_sends_changes_deletes_and_reacts(world: World) -> None:
    asked = int(world.does(type="text", text="Is it ready?"))
    chat = {"chat_id": IDA}
    keyboard = {"made": "button", "of": ["Morning", "m"]}
    sent = await world.sdk.call(
        "send_message", text="When?", reply_parameters={"message_id": asked}, reply_markup=keyboard, **chat
    )
    assert (sent["reply_to_message"]["text"], sent["chat"]["type"]) == ("Is it ready?", "private")
    assert sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "m"
    changed = await world.sdk.call(
        "edit_message_text", text="What day?", message_id=sent["message_id"], **chat
    )
    assert (changed["message_id"], changed["text"]) == (sent["message_id"], "What day?")
    assert world.shown() == ["What day?"]
    liked = {"made": "emoji", "of": ["👍"]}
    assert await world.sdk.call("set_message_reaction", message_id=asked, reaction=liked, **chat) is True
    assert world.ida.messages[0].reactions == {"business": "👍"}
    assert await world.sdk.call("send_chat_action", action="typing", **chat) is True
    assert world.ida.typing_until is not None
    assert await world.sdk.call("delete_message", message_id=sent["message_id"], **chat) is True
    assert world.shown() == []


@pytest.mark.parametrize(
    ("method", "field"),
    [
        ("send_photo", "photo"),
        ("send_document", "document"),
        ("send_video", "video"),
        ("send_audio", "audio"),
        ("send_voice", "voice"),
        ("send_animation", "animation"),
        ("send_sticker", "sticker"),
    ],
)
async def test_aiogram_uploads_each_kind_and_reads_it_back(world: World, method: str, field: str) -> None:
    caption = {} if field == "sticker" else {"caption": "Yours"}
    file = {"made": "file", "of": ["bill.bin", "twelve euros"]}
    sent = await world.sdk.call(method, chat_id=IDA, **{field: file}, **caption)
    assert sent.get("caption") == caption.get("caption")
    file_id = (sent[field][-1] if field == "photo" else sent[field])["file_id"]
    assert base64.b64decode(await world.sdk.do("download", file_id=file_id)) == b"twelve euros"
    assert world.simulator.state.files[file_id].content == b"twelve euros"
    again = await world.sdk.call(method, chat_id=IDA, **{field: file_id})
    assert again["message_id"] > sent["message_id"]


async def test_aiogram_sends_places_people_and_polls(world: World) -> None:
    place = {"latitude": 51.45, "longitude": -2.58}
    assert (await world.sdk.call("send_location", chat_id=IDA, **place))["location"]["latitude"] == 51.45
    venue = await world.sdk.call("send_venue", chat_id=IDA, title="Workshop", address="Quay 4", **place)
    assert venue["venue"]["title"] == "Workshop"
    card = await world.sdk.call("send_contact", chat_id=IDA, phone_number="447700900142", first_name="Nora")
    assert card["contact"]["first_name"] == "Nora"
    poll = await world.sdk.call("send_poll", chat_id=IDA, question="Which?", options=["Red", "Blue"])
    assert [option["text"] for option in poll["poll"]["options"]] == ["Red", "Blue"]


async def test_aiograms_dispatcher_takes_every_hook(world: World) -> None:
    """S2-19: messages, edits, files, places, presses, reactions and a block, each as its own type."""
    sent = await world.sdk.call(
        "send_message", chat_id=IDA, text="When?", reply_markup={"made": "button", "of": ["Morning", "m"]}
    )
    number = world.does(type="text", text="Hi")
    world.does(type="text", text="Again", reply_to=str(sent["message_id"]))
    world.does(type="edit", message_id=number, text="Hello")
    for kind in ("image", "audio", "voice", "video", "document", "sticker"):
        world.does(type=kind)
    world.does(type="location", latitude=51.45, longitude=-2.58, name="Workshop", address="Quay 4")
    world.does(type="button_reply", id="m", title="Morning", reply_to=str(sent["message_id"]))
    world.does(type="reaction", message_id=number, emoji="👍")
    world.simulator.conduct.change(world.ida, {"is_blocked": True})
    told = await world.heard(13)
    kinds = [next(iter(update)) for update in told]
    assert sorted(kinds) == sorted(
        [*["message"] * 9, "edited_message", "callback_query", "message_reaction", "my_chat_member"]
    )
    of = {kind: [update[kind] for update in told if kind in update] for kind in ASKED_FOR}
    messages = {message["message_id"]: message for message in of["message"]}
    assert messages[int(number)]["text"] == "Hi"
    assert {message["from_user"]["username"] for message in of["message"]} == {"idabrandt"}
    assert [m["reply_to_message"]["text"] for m in of["message"] if "reply_to_message" in m] == ["When?"]
    assert of["edited_message"][0]["text"] == "Hello"
    assert of["callback_query"][0]["data"] == "m"
    assert of["message_reaction"][0]["new_reaction"][0]["emoji"] == "👍"
    assert of["my_chat_member"][0]["new_chat_member"]["status"] == "kicked"
    pressed = of["callback_query"][0]["id"]
    assert await world.sdk.call("answer_callback_query", callback_query_id=pressed) is True


async def test_aiogram_refuses_a_hook_with_another_secret_and_takes_the_right_one(world: World) -> None:
    """Refusal 31: each hook comes with a wrong token first; only the proven one is handled."""
    world.simulator.faults.set([Fault(kind=FaultKind.HOOK_BAD_SIGNATURE, count=1)])
    world.does(type="text", text="Hi")
    assert [update["message"]["text"] for update in await world.heard(1)] == ["Hi"]


REFUSED: dict[str, tuple[str, str]] = {
    "rate_limit": ("TelegramRetryAfter", "retry after 7"),
    "server_error": ("TelegramServerError", "Bad Gateway"),
    "error": ("TelegramBadRequest", "a fault was set"),
    "reset": ("TelegramNetworkError", "Connection reset"),
}


@pytest.mark.parametrize("fault", REFUSED)
async def test_aiogram_reads_what_goes_wrong(world: World, fault: str) -> None:
    name, words = REFUSED[fault]
    world.simulator.faults.set([Fault(kind=FaultKind(fault), seconds=7, count=1)])
    with pytest.raises(Refused) as found:
        await world.sdk.call("send_message", chat_id=IDA, text="x")
    raised, text, wait = found.value.args
    assert (raised, wait) == (name, 7 if fault == "rate_limit" else None)
    assert words in text
    assert world.shown() == []


async def test_aiogram_reads_refusals_by_their_kind(world: World) -> None:
    """S2-06."""
    cases = [
        (9, "TelegramBadRequest", "chat not found"),
        (IDA, "TelegramForbiddenError", "blocked by the user"),
    ]
    world.ida.is_blocked = True
    for chat_id, name, words in cases:
        with pytest.raises(Refused) as found:
            await world.sdk.call("send_message", chat_id=chat_id, text="x")
        assert found.value.args[0] == name
        assert words in found.value.args[1]
    world.simulator.state.businesses["5500"].token = "5500:another"
    with pytest.raises(Refused) as found:
        await world.sdk.call("get_me")
    assert found.value.args[0] == "TelegramUnauthorizedError"
