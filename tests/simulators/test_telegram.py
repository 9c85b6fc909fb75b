"""Telegram's simulator: refused as the Bot API refuses, updates as it writes them, phones as they are."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from frontdesk.kit.http import HttpClient, Response
from frontdesk.simulators.telegram import TelegramSimulator, serve
from frontdesk.simulators.telegram.state import Phone
from tests.kit.scripted_server import ScriptedServer, answer, scripted
from tests.simulators.conftest import until

TOKEN, SECRET, IDA = "5500:a-token-for-tests", "a-word-of-our-own", "70001234"
HEADER = "x-telegram-bot-api-secret-token"


@dataclass
class Box:
    """A served simulator with a bot, its hook, and a customer who started it."""

    simulator: TelegramSimulator
    url: str
    http: HttpClient
    hook: ScriptedServer
    ida: Phone

    async def call(self, method: str, token: str = TOKEN, **fields: Any) -> Response:
        return await self.http.request("POST", f"{self.url}/bot{token}/{method}", json=fields)

    async def does(self, **action: Any) -> str:
        told = await self.http.request("POST", f"{self.url}/play/phones/{IDA}/messages", json=action)
        assert told.status_code == 201, told.text
        return str(told.json()["id"])

    def updates(self) -> list[dict[str, Any]]:
        return [json.loads(seen.body) for seen in self.hook.seen]

    async def told(self, count: int) -> list[dict[str, Any]]:
        await until(lambda: len(self.hook.seen) >= count and self.simulator.hooks.underway == 0)
        return self.updates()


@pytest.fixture
async def box() -> AsyncIterator[Box]:
    simulator = TelegramSimulator(seed=5, retry_seconds=(0.01, 0.02))
    async with scripted(answer(200)) as hook:
        simulator.register(
            TOKEN, "rill_bikes_bot", "Rill", hook_url=f"{hook.origin}/hook", secret_token=SECRET
        )
        ida = simulator.add_phone(IDA, "Ida Brandt")
        ida.started = ["5500"]
        async with serve(simulator) as url, HttpClient.for_origin(url) as http:
            yield Box(simulator, url, http, hook, ida)


def refusal(response: Response) -> tuple[int, str]:
    body = response.json()
    assert body["ok"] is False
    assert body["error_code"] == response.status_code
    return response.status_code, body["description"]


async def test_only_the_token_opens(box: Box) -> None:
    assert refusal(await box.call("getMe", token="5500:another-token")) == (401, "Unauthorized")
    me = (await box.call("GETME")).json()["result"]
    assert (me["id"], me["is_bot"], me["username"]) == (5500, True, "rill_bikes_bot")
    assert refusal(await box.call("flyToTheMoon")) == (404, "Not Found")


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "nobody": ("sendMessage", {"chat_id": 9, "text": "x"}, "chat not found"),
    "no chat": ("sendMessage", {"text": "x"}, "chat not found"),
    "empty": ("sendMessage", {"chat_id": IDA, "text": " "}, "message text is empty"),
    "long": ("sendMessage", {"chat_id": IDA, "text": "x" * 4097}, "message is too long"),
    "no file": ("sendPhoto", {"chat_id": IDA}, "there is no photo in the request"),
    "wrong file": (
        "sendPhoto",
        {"chat_id": IDA, "photo": "nowhere"},
        "wrong file identifier/HTTP URL specified",
    ),
    "no place": ("sendLocation", {"chat_id": IDA}, "can't parse location"),
    "no name": (
        "sendContact",
        {"chat_id": IDA, "phone_number": "1"},
        "phone number and first name must be non-empty",
    ),
    "quoted": (
        "sendMessage",
        {"chat_id": IDA, "text": "x", "reply_parameters": {"message_id": 1}},
        "message to be replied not found",
    ),
    "button": (
        "sendMessage",
        {
            "chat_id": IDA,
            "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": "t", "callback_data": "x" * 65}]]},
        },
        "BUTTON_DATA_INVALID",
    ),
    "reaction": (
        "setMessageReaction",
        {"chat_id": IDA, "message_id": 1, "reaction": []},
        "message to react not found",
    ),
    "file": ("getFile", {"file_id": "nowhere"}, "invalid file_id"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_the_bot_api_refuses(box: Box, name: str) -> None:
    method, fields, words = REFUSED[name]
    assert refusal(await box.call(method, **fields)) == (400, f"Bad Request: {words}")
    assert list(box.simulator.state.sends) == []


async def test_a_bot_writes_only_to_who_started_it_and_does_not_block_it(box: Box) -> None:
    """S2-06."""
    box.ida.started = []
    assert refusal(await box.call("sendMessage", chat_id=IDA, text="x")) == (
        400,
        "Bad Request: chat not found",
    )
    await box.does(type="text", text="/start")
    assert (await box.call("sendMessage", chat_id=int(IDA), text="x")).status_code == 200
    box.ida.is_blocked = True
    assert refusal(await box.call("sendMessage", chat_id=IDA, text="x")) == (
        403,
        "Forbidden: bot was blocked by the user",
    )


async def test_an_update_carries_the_secret_and_the_message(box: Box) -> None:
    number = await box.does(type="text", text="Hi")
    (update,) = await box.told(1)
    assert box.hook.seen[0].headers[HEADER] == SECRET
    message = update["message"]
    assert (message["message_id"], message["text"]) == (int(number), "Hi")
    assert message["from"] == {
        "id": int(IDA),
        "is_bot": False,
        "first_name": "Ida",
        "last_name": "Brandt",
        "username": "idabrandt",
    }
    assert message["chat"]["type"] == "private"


async def test_an_edit_keeps_the_number_and_the_update_has_one_of_its_own(box: Box) -> None:
    """G8."""
    number = await box.does(type="text", text="M")
    await box.does(type="edit", message_id=number, text="L")
    first, second = await box.told(2)
    assert second["update_id"] > first["update_id"]
    edited = second["edited_message"]
    assert (edited["message_id"], edited["text"], "edit_date" in edited) == (int(number), "L", True)


async def test_a_pressed_button_names_its_message(box: Box) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Morning", "callback_data": "m"}]]}
    sent = (await box.call("sendMessage", chat_id=IDA, text="When?", reply_markup=keyboard)).json()["result"]
    (shown,) = [message for message in box.ida.messages if message.sender == "business"]
    (choice,) = box.simulator.state.look(shown).choices
    await box.does(**choice.action)
    (update,) = await box.told(1)
    pressed = update["callback_query"]
    assert (pressed["data"], pressed["message"]["message_id"]) == ("m", sent["message_id"])
    assert (await box.call("answerCallbackQuery", callback_query_id=pressed["id"])).json()["result"] is True


async def test_reactions_come_only_to_who_asked_for_them(box: Box) -> None:
    number = await box.does(type="text", text="Hi")
    await box.does(type="reaction", message_id=number, emoji="👍")
    await box.does(type="text", text="there")
    assert [set(update) - {"update_id"} for update in await box.told(2)] == [{"message"}, {"message"}]
    hook = f"{box.hook.origin}/hook"
    asked = await box.call("setWebhook", url=hook, secret_token=SECRET, allowed_updates=["message_reaction"])
    assert asked.json() == {"ok": True, "result": True}
    await box.does(type="reaction", message_id=number, emoji="")
    update = (await box.told(3))[-1]
    assert update["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert update["message_reaction"]["new_reaction"] == []


async def test_a_file_comes_and_goes(box: Box) -> None:
    await box.does(type="image")
    (update,) = await box.told(1)
    file_id = update["message"]["photo"][-1]["file_id"]
    path = (await box.call("getFile", file_id=file_id)).json()["result"]["file_path"]
    fetched = await box.http.request("GET", f"{box.url}/file/bot{TOKEN}/{path}")
    assert fetched.content == box.simulator.state.files[file_id].content
    denied = await box.http.request("GET", f"{box.url}/file/bot5500:another-token/{path}")
    assert refusal(denied) == (401, "Unauthorized")
    sent = await box.http.request(
        "POST",
        f"{box.url}/bot{TOKEN}/sendDocument",
        data={"chat_id": IDA, "caption": "Yours"},
        files={"document": ("bill.pdf", b"%PDF-", "application/pdf")},
    )
    document = sent.json()["result"]["document"]
    by_name = await box.http.request(
        "POST",
        f"{box.url}/bot{TOKEN}/sendAnimation",
        data={"chat_id": IDA, "animation": "attach://part-7"},
        files={"part-7": ("spin.mp4", b"film", "video/mp4")},
    )
    animation = by_name.json()["result"]["animation"]
    assert {"width", "height", "duration"} <= set(animation)
    assert (document["file_name"], document["file_size"]) == ("bill.pdf", 5)
    assert box.simulator.state.files[document["file_id"]].content == b"%PDF-"


async def test_a_bot_edits_deletes_and_types(box: Box) -> None:
    number = (await box.call("sendMessage", chat_id=IDA, text="M")).json()["result"]["message_id"]
    await box.call("editMessageText", chat_id=IDA, message_id=number, text="L")
    (shown,) = [message for message in box.ida.messages if message.sender == "business"]
    assert (shown.shown, shown.edited) == ("L", True)
    await box.call("sendChatAction", chat_id=IDA, action="typing")
    assert box.ida.typing_until is not None
    await box.call("deleteMessage", chat_id=IDA, message_id=number)
    assert shown.deleted is True


async def test_a_rate_limit_says_how_long(box: Box) -> None:
    await box.http.request(
        "PUT", f"{box.url}/play/faults", json={"faults": [{"kind": "rate_limit", "seconds": 7, "count": 1}]}
    )
    limited = await box.call("sendMessage", chat_id=IDA, text="x")
    assert limited.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    assert (await box.call("sendMessage", chat_id=IDA, text="x")).status_code == 200


async def test_a_hook_must_be_https_where_that_is_asked(box: Box) -> None:
    strict = TelegramSimulator(needs_https=True)
    strict.register(TOKEN, "rill_bikes_bot", "Rill")
    async with serve(strict) as url, HttpClient.for_origin(url) as http:
        address = f"{url}/bot{TOKEN}/setWebhook"
        told = await http.request("POST", address, json={"url": "http://desk.example/hook"})
        assert refusal(told) == (400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        told = await http.request("POST", address, json={"url": "https://desk.example/hook"})
        assert told.json()["ok"] is True
