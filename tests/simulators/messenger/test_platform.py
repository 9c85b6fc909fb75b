"""The Messenger Platform in a box: refused as by Graph, hooks as Meta writes them, phones as they are."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from frontdesk.kit.http import HttpClient, Response
from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.messenger import INSTAGRAM, MESSENGER, PlatformSimulator, Settings, serve
from frontdesk.simulators.messenger.platforms import Platform
from frontdesk.simulators.messenger.state import Phone
from tests.kit.scripted_server import ScriptedServer, answer, scripted
from tests.simulators.conftest import until

PAGE, TOKEN, SECRET, HANNA = "104410001", "EAAP-for-tests", "an-app-secret", "7300990011"
PNG = ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")
both = pytest.mark.parametrize("platform", [MESSENGER, INSTAGRAM], ids=lambda platform: platform.slug)


@dataclass
class World:
    """A served simulator with a page, its hook, and a customer whose window is open."""

    simulator: PlatformSimulator
    url: str
    http: HttpClient
    hook: ScriptedServer
    hanna: Phone

    async def post(self, edge: str = "messages", token: str = TOKEN, **body: Any) -> Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.http.request("POST", f"{self.url}/v25.0/{PAGE}/{edge}", headers=headers, json=body)

    async def get(self, path: str, **params: str) -> Response:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return await self.http.request("GET", f"{self.url}/v25.0/{path}", headers=headers, params=params)

    async def send(self, **message: Any) -> Response:
        return await self.post(recipient={"id": HANNA}, messaging_type="RESPONSE", message=message)

    async def upload(self, kind: str = "image", **fields: str) -> Response:
        message = json.dumps({"attachment": {"type": kind, "payload": {"is_reusable": True}}})
        return await self.http.request(
            "POST",
            f"{self.url}/v25.0/{PAGE}/message_attachments",
            headers={"Authorization": f"Bearer {TOKEN}"},
            data={"message": message, **fields},
            files={"filedata": PNG},
        )

    async def does(self, **action: Any) -> str:
        told = await self.http.request("POST", f"{self.url}/play/phones/{HANNA}/messages", json=action)
        assert told.status_code == 201, told.text
        return str(told.json()["id"])

    async def told(self, count: int) -> list[dict[str, Any]]:
        """The events of so many hooks, each proved by its signature."""
        await until(lambda: len(self.hook.seen) >= count and self.simulator.hooks.underway == 0)
        events = []
        for seen in self.hook.seen:
            digest = hmac.new(SECRET.encode(), seen.body, hashlib.sha256).hexdigest()
            assert seen.headers["x-hub-signature-256"] == f"sha256={digest}"
            body = json.loads(seen.body)
            assert body["object"] == self.simulator.platform.object
            events += [event for entry in body["entry"] for event in entry["messaging"]]
        return events


async def opened(platform: Platform, settings: Settings | None = None) -> AsyncIterator[World]:
    simulator = PlatformSimulator(platform, settings, seed=5, retry_seconds=(0.01, 0.02))
    async with scripted(answer(200)) as hook, serve(simulator) as url, HttpClient.for_origin(url) as http:
        simulator.register(PAGE, TOKEN, SECRET, "v", f"{hook.origin}/hook", url, "Rill", username="rill")
        hanna = simulator.add_phone(HANNA, "Hanna Weiss")
        hanna.last_written[PAGE] = simulator.state.now()
        yield World(simulator, url, http, hook, hanna)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async for each in opened(MESSENGER):
        yield each


@pytest.fixture
async def instagram() -> AsyncIterator[World]:
    async for each in opened(INSTAGRAM):
        yield each


def refusal(response: Response) -> tuple[int, int, int | None]:
    """Status, code and subcode."""
    error = response.json()["error"]
    assert error["type"] == "OAuthException"
    assert error["message"].startswith(f"(#{error['code']}) ")
    return response.status_code, error["code"], error.get("error_subcode")


def quick(**more: Any) -> list[dict[str, Any]]:
    return [{"content_type": "text", "title": "M", "payload": "m", **more}]


REFUSED: dict[str, tuple[dict[str, Any], int | None]] = {
    "nobody": ({"recipient": {"id": "1"}, "message": {"text": "x"}}, 2018001),
    "no recipient": ({"message": {"text": "x"}}, None),
    "nothing": ({"message": {}}, None),
    "empty": ({"message": {"text": ""}}, None),
    "long": ({"message": {"text": "x" * 2001}}, None),
    "type": ({"messaging_type": "CHAT", "message": {"text": "x"}}, None),
    "tag": ({"messaging_type": "MESSAGE_TAG", "message": {"text": "x"}}, None),
    "metadata": ({"message": {"text": "x", "metadata": "m" * 1001}}, None),
    "two": ({"message": {"text": "x", "attachment": {"type": "image"}}}, None),
    "file": ({"message": {"attachment": {"type": "image", "payload": {"attachment_id": "9"}}}}, 2018074),
    "kind": ({"message": {"attachment": {"type": "hologram", "payload": {}}}}, None),
    "template": ({"message": {"attachment": {"type": "template", "payload": {}}}}, None),
    "many": ({"message": {"text": "x", "quick_replies": quick() * 14}}, None),
    "no payload": ({"message": {"text": "x", "quick_replies": quick(payload="")}}, None),
    "quoted": ({"reply_to": {"mid": "m_9"}, "message": {"text": "x"}}, None),
    "action": ({"sender_action": "dance"}, None),
    "reaction": ({"sender_action": "react", "payload": {"message_id": "m", "reaction": "love"}}, None),
}


async def test_what_graph_does_not_take_is_refused_and_nothing_sent(world: World) -> None:
    for name, (body, subcode) in REFUSED.items():
        told = {} if name == "no recipient" else {"recipient": {"id": HANNA}}
        assert refusal(await world.post(**{**told, **body})) == (400, 100, subcode), name
    assert refusal(await world.post(token="", message={})) == (401, 104, None)
    assert refusal(await world.post(token="EAAP-another", message={})) == (401, 190, None)
    other = f"{world.url}/v25.0/999/messages"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert refusal(await world.http.request("POST", other, headers=headers, json={})) == (400, 100, 33)
    odd = await world.http.request("POST", f"{world.url}/v25.0/me/messages", headers=headers, content=b"{")
    assert refusal(odd) == (400, 100, None)
    assert world.simulator.state.send_count == 0
    assert list(world.hanna.messages) == []


async def test_a_send_is_shown_and_told_of_step_by_step(world: World) -> None:
    """Echo with its metadata, what arrived, and one watermark for all that was read."""
    template = {"template_type": "button", "text": "Your order"}
    buttons = [{"type": "web_url", "url": "https://rill.example/7", "title": "Open"}]
    buttons.append({"type": "postback", "title": "Call me", "payload": "CALL"})
    first = (await world.send(text="Which?", quick_replies=quick(), metadata="ours:1")).json()
    second = await world.send(attachment={"type": "template", "payload": {**template, "buttons": buttons}})
    told = await world.told(4)
    assert first == {"recipient_id": HANNA, "message_id": told[0]["message"]["mid"]}
    assert told[0]["message"] | {"mid": ""} == {
        "mid": "",
        "text": "Which?",
        "is_echo": True,
        "app_id": 500000000000001,
        "metadata": "ours:1",
    }
    assert (told[0]["sender"], told[0]["recipient"]) == ({"id": PAGE}, {"id": HANNA})
    assert told[1]["delivery"]["mids"] == [first["message_id"]]
    looks = [world.simulator.state.look(message) for message in world.hanna.messages]
    assert [choice.action for choice in looks[0].choices] == [
        {"type": "button_reply", "id": "m", "title": "M", "reply_to": first["message_id"]}
    ]
    assert (looks[1].text, looks[1].links[0].url) == ("Your order", "https://rill.example/7")
    assert looks[1].choices[0].action == {"type": "postback", "title": "Call me", "payload": "CALL"}
    await world.http.request("POST", f"{world.url}/play/phones/{HANNA}/read", json={})
    told = await world.told(5)
    assert [set(event) - {"sender", "recipient", "timestamp"} for event in told[4:]] == [{"read"}]
    assert told[4]["read"]["watermark"] == told[2]["timestamp"]
    assert second.json()["message_id"] == told[2]["message"]["mid"]


async def test_instagram_is_told_in_its_own_way(instagram: World) -> None:
    """Its account in the hooks, no deliveries, the last message read by its id, hearts and stories."""
    first = (await instagram.send(text="Hi", metadata="ours:1")).json()["message_id"]
    second = (await instagram.send(text="Still there?")).json()["message_id"]
    await instagram.http.request("POST", f"{instagram.url}/play/phones/{HANNA}/read", json={})
    told = await instagram.told(3)
    assert told[0]["message"] == {"mid": first, "text": "Hi", "is_echo": True}
    assert told[0]["sender"] == {"id": f"1784{PAGE}"}
    assert told[2]["read"] == {"mid": second}
    written = await instagram.does(type="story_reply", text="Wow")
    heart = {"message_id": written, "reaction": "love"}
    to: dict[str, Any] = {"recipient": {"id": HANNA}}
    taken = await instagram.post(**to, sender_action="react", payload=heart)
    assert taken.json() == {"recipient_id": HANNA}
    assert instagram.hanna.messages[-1].reactions == {"business": "❤"}
    await instagram.post(**to, sender_action="unreact", payload={"message_id": written})
    assert instagram.hanna.messages[-1].reactions == {}
    await instagram.does(type="story_mention")
    told = await instagram.told(5)
    assert told[3]["message"]["reply_to"]["story"]["url"].startswith(f"{instagram.url}/cdn/")
    assert told[4]["message"]["attachments"][0]["type"] == "story_mention"
    assert refusal(await instagram.send(text="x" * 1001)) == (400, 100, None)
    assert refusal(await instagram.upload()) == (400, 100, None)
    assert (await instagram.upload(platform="instagram")).status_code == 200


async def test_what_a_phone_does_becomes_its_event(world: World) -> None:
    mine = await world.does(type="text", text="Hi", referral={"ref": "ad", "source": "ADS", "ad_id": "7"})
    await world.does(type="button_reply", id="m", title="Morning")
    await world.does(type="postback", title="Get started", payload="START")
    await world.does(type="sticker")
    await world.does(type="reaction", message_id=mine, emoji="❤️")
    await world.does(type="edit", message_id=mine, text="Hello")
    await world.does(type="revoke", message_id=mine)
    await world.does(type="referral", ref="spring")
    await world.does(type="unsupported")
    await world.does(type="page_reply", text="By hand")
    told = await world.told(10)
    assert told[0]["message"]["referral"] == {"ref": "ad", "source": "ADS", "ad_id": "7"}
    assert told[1]["message"]["quick_reply"] == {"payload": "m"}
    assert (told[2]["postback"]["payload"], told[2]["postback"]["title"]) == ("START", "Get started")
    (sticker,) = told[3]["message"]["attachments"]
    assert (sticker["type"], sticker["payload"]["sticker_id"]) == ("image", 369239263222822)
    file = await world.http.request("GET", sticker["payload"]["url"])
    assert (file.status_code, file.headers["content-type"]) == (200, "image/webp")
    assert told[4]["reaction"] == {"mid": mine, "action": "react", "reaction": "love", "emoji": "❤️"}
    assert told[5]["message_edit"] == {"mid": mine, "text": "Hello", "num_edit": 1}
    assert told[6]["message"] == {"mid": mine, "is_deleted": True}
    assert told[7]["referral"] == {"ref": "spring", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    assert told[8]["message"]["is_unsupported"] is True
    assert (told[9]["message"]["is_echo"], "app_id" in told[9]["message"]) == (True, False)
    gone = await world.http.request("GET", f"{world.url}/cdn/nowhere")
    assert gone.status_code == 403


async def test_the_window_blocks_and_limits_are_metas(world: World) -> None:
    path = f"{world.url}/play/phones/{HANNA}"
    await world.http.request("PATCH", path, json={"window": "closed"})
    assert refusal(await world.send(text="x")) == (400, 10, 2018278)
    human: dict[str, Any] = {
        "messaging_type": "MESSAGE_TAG",
        "tag": "HUMAN_AGENT",
        "recipient": {"id": HANNA},
    }
    assert (await world.post(**human, message={"text": "x"})).status_code == 200
    await world.http.request("PATCH", path, json={"window": "open", "is_blocked": True})
    assert refusal(await world.send(text="x")) == (400, 551, 1545041)
    await world.http.request("PATCH", path, json={"is_blocked": False})
    await world.http.request("PUT", f"{world.url}/play/settings", json={"messages_per_second": 1})
    assert (await world.send(text="x")).status_code == 200
    assert refusal(await world.send(text="x")) == (400, 613, None)
    world.simulator.state.settings = Settings()
    world.simulator.faults.set([Fault(kind=FaultKind.RATE_LIMIT, count=1, seconds=3)])
    limited = await world.send(text="x")
    assert (refusal(limited), limited.headers["retry-after"]) == ((400, 613, None), "3")
    world.simulator.faults.set([Fault(kind=FaultKind.ERROR, count=1, code=190)])
    assert refusal(await world.send(text="x")) == (401, 190, None)
    world.simulator.faults.set([Fault(kind=FaultKind.UPLOAD_ERROR, count=1)])
    assert refusal(await world.upload()) == (400, 100, 2018047)
    assert refusal(await world.upload("video")) == (400, 100, 2018047)


async def test_a_page_hears_only_the_fields_it_subscribed_to(world: World) -> None:
    wrong = await world.post("subscribed_apps", subscribed_fields="messages,moods")
    assert refusal(wrong) == (400, 100, None)
    assert (await world.post("subscribed_apps", subscribed_fields="messages")).json() == {"success": True}
    (app,) = (await world.get(f"{PAGE}/subscribed_apps")).json()["data"]
    assert app["subscribed_fields"] == ["messages"]
    await world.does(type="postback", title="Get started", payload="START")
    await world.does(type="text", text="Hi")
    (told,) = await world.told(1)
    assert told["message"]["text"] == "Hi"
    person = (await world.get(HANNA, fields="first_name,last_name")).json()
    assert person == {"id": HANNA, "first_name": "Hanna", "last_name": "Weiss"}
    assert (await world.get("me")).json() == {"id": PAGE, "name": "Rill"}


@both
async def test_what_a_killed_simulator_knew_is_there_again(platform: Platform, tmp_path: Path) -> None:
    """Phones, windows, messages with their files, and hooks nobody took."""
    path = tmp_path / "kept"
    before = PlatformSimulator(platform, seed=1, journal=path)
    async with serve(before) as url, HttpClient.for_origin(url) as http:
        before.register(PAGE, TOKEN, SECRET, "v", "http://127.0.0.1:9/hook", url, "Rill")
        before.add_phone(HANNA, "Hanna Weiss")
        await http.request("POST", f"{url}/play/phones/{HANNA}/messages", json={"type": "image"})
    after = PlatformSimulator(platform, journal=path, retry_seconds=(0.01,))
    async with scripted(answer(200)) as hook:
        after.register(PAGE, TOKEN, SECRET, "v", f"{hook.origin}/hook", "http://127.0.0.1:9", "Rill")
        async with serve(after):
            await until(lambda: len(hook.seen) == 1)
        phone = after.add_phone(HANNA)
        (message,) = phone.messages
        assert (phone.name, after.state.look(message).files[0].kind) == ("Hanna Weiss", "image")
        assert after.state.may_write(after.state.businesses[PAGE], phone)
        assert after.state.files[message.facts["files"][0]["id"]].content.startswith(b"\x89PNG")
