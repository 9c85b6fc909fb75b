"""Slack's simulator against Slack's own SDK: its client is served, its verifier takes what is signed here."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.slack import SlackSimulator, serve
from frontdesk.simulators.slack.state import Channel, Phone
from tests.desk import until
from tests.kit.scripted_server import ScriptedServer, Seen, answer, scripted

APP, TOKEN, SECRET, HELP = "A0RILLBIKES", "xoxb-not-a-real-token", "a-signing-secret", "C0HELP"
GREETING = {"event_type": "greeting", "event_payload": {"delivery_id": "d-1"}}
BUTTON = {
    "type": "button",
    "action_id": "b0",
    "value": "m",
    "text": {"type": "plain_text", "text": "Morning"},
}
BLOCKS = [{"type": "actions", "elements": [BUTTON]}]


class World:
    """A simulator, the vendor's client, two people, and the server that hears the hooks."""

    def __init__(self, simulator: SlackSimulator, url: str, server: ScriptedServer) -> None:
        self.simulator, self.url, self.server = simulator, url, server
        self.ida, self.olaf = (simulator.state.phones[each] for each in ("U0IDA", "U0OLAF"))

    def client(self, token: str = TOKEN) -> WebClient:
        return WebClient(token, base_url=f"{self.url}/api/")

    async def call(self, method: str, token: str = TOKEN, **fields: Any) -> Any:
        """Call a method of the SDK's."""
        return await asyncio.to_thread(getattr(self.client(token), method), **fields)

    async def refused(self, method: str, **fields: Any) -> str:
        with pytest.raises(SlackApiError) as found:
            await self.call(method, **fields)
        return str(found.value.response["error"])

    def does(self, phone: Phone, **action: Any) -> str:
        """Somebody does something; the id of the message."""
        return self.simulator.conduct.act(phone, action)

    async def heard(self, count: int) -> list[dict[str, Any]]:
        """So many hooks, each event's own part."""
        await until(
            lambda: len(self.server.seen) >= count and not self.simulator.hooks.underway, what="the hooks"
        )
        return [event_of(seen) for seen in self.server.seen]


def event_of(seen: Seen) -> dict[str, Any]:
    if seen.headers["content-type"] == "application/json":
        body: dict[str, Any] = json.loads(seen.body)
        event: dict[str, Any] = body.get("event", body)
        return event
    fields = {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}
    payload: dict[str, Any] = json.loads(fields["payload"]) if "payload" in fields else fields
    return payload


@pytest.fixture
async def world() -> AsyncIterator[World]:
    simulator = SlackSimulator(seed=3, retry_seconds=(0.01,) * 4)
    async with scripted(answer(200, b"")) as server, serve(simulator) as url:
        simulator.register(APP, TOKEN, SECRET, "Rill", hook_url=f"{server.origin}/hook", files_base=url)
        simulator.add_phone("U0IDA", "Ida Brandt")
        simulator.add_phone("U0OLAF", "Olaf Rask")
        yield World(simulator, url, server)


def shown(phone: Phone) -> list[tuple[str, str]]:
    return [(message.sender, message.shown) for message in phone.messages if not message.deleted]


async def test_the_sdk_knows_the_workspace(world: World) -> None:
    me = await world.call("auth_test")
    assert (me["user_id"], me["bot_id"], me["team_id"]) == ("U0RILLBIKES", "B0RILLBIKES", "T0RILL")
    assert "chat:write" in me.headers["x-oauth-scopes"]
    ida = (await world.call("users_info", user="U0IDA"))["user"]
    assert (ida["real_name"], ida["profile"]["email"]) == ("Ida Brandt", "ida.brandt@neighbour.example")
    found = await world.call("users_lookupByEmail", email="olaf.rask@neighbour.example")
    assert found["user"]["id"] == "U0OLAF"
    assert [each["id"] for each in (await world.call("users_list"))["members"]][1:] == ["U0IDA", "U0OLAF"]
    assert (await world.call("conversations_info", channel=HELP))["channel"]["is_member"] is True
    assert [each["name"] for each in (await world.call("conversations_list"))["channels"]] == ["help"]
    assert "U0OLAF" in (await world.call("conversations_members", channel=HELP))["members"]
    assert (await world.call("conversations_open", users="U0IDA"))["channel"]["id"] == "D0IDA"


async def test_the_sdk_writes_changes_and_deletes_and_hears_of_it(world: World) -> None:
    """A thread's message is on everybody's phone; the app hears its own message with its metadata."""
    asked = world.does(world.ida, type="text", text="Open <late> & Sunday? https://rill.example")
    sent = await world.call(
        "chat_postMessage", channel=HELP, text="Until &lt;six&gt;", thread_ts=asked, metadata=GREETING
    )
    assert shown(world.olaf) == [
        ("business", "Open <late> & Sunday? https://rill.example"),
        ("business", "Until <six>"),
    ]
    assert world.ida.messages[1].reply_to == asked
    await world.call("chat_update", channel=HELP, ts=sent["ts"], text="Until seven")
    replies = (await world.call("conversations_replies", channel=HELP, ts=asked))["messages"]
    assert [each["text"] for each in replies] == [
        "Open &lt;late&gt; &amp; Sunday? <https://rill.example>",
        "Until seven",
    ]
    assert len((await world.call("conversations_history", channel=HELP))["messages"]) == 1
    await world.call("chat_delete", channel=HELP, ts=sent["ts"])
    assert len(shown(world.ida)) == 1
    first, own, changed, deleted = await world.heard(4)
    assert (first["user"], first["channel_type"]) == ("U0IDA", "channel")
    assert first["user_profile"]["real_name"] == "Ida Brandt"
    assert (own["app_id"], own["thread_ts"], own["metadata"]) == (APP, asked, GREETING)
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "Until seven")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", sent["ts"])
    (entry,) = world.simulator.state.sends
    assert (entry.id, entry.opaque) == (sent["ts"], "d-1")


async def test_people_write_react_edit_and_take_back(world: World) -> None:
    asked = world.does(world.ida, type="text", text="Ready?")
    world.does(world.olaf, type="text", text="Mine too?", reply_to=asked)
    world.does(world.ida, type="edit", message_id=asked, text="Is it ready?")
    world.does(world.olaf, type="reaction", message_id=asked, emoji="👍")
    world.does(world.olaf, type="reaction", message_id=asked, emoji="🙏")
    world.does(world.ida, type="revoke", message_id=asked)
    found = await world.heard(7)
    assert found[1]["thread_ts"] == asked
    assert (found[2]["message"]["text"], found[2]["previous_message"]["text"]) == ("Is it ready?", "Ready?")
    reactions = [(each["type"], each["reaction"]) for each in found[3:6]]
    assert reactions == [("reaction_added", "+1"), ("reaction_removed", "+1"), ("reaction_added", "pray")]
    assert world.ida.messages[0].reactions == {"U0OLAF": "🙏"}
    assert found[6]["subtype"] == "message_deleted"


async def test_the_sdk_reacts(world: World) -> None:
    asked = world.does(world.ida, type="text", text="Thanks")
    where = {"channel": HELP, "timestamp": asked}
    await world.call("reactions_add", name="heart", **where)
    assert await world.refused("reactions_add", name="heart", **where) == "already_reacted"
    assert await world.refused("reactions_add", name="no-such-name", **where) == "invalid_name"
    assert world.olaf.messages[0].reactions == {"business": "❤️"}
    found = (await world.call("reactions_get", **where))["message"]["reactions"]
    assert found == [{"name": "heart", "users": ["U0RILLBIKES"], "count": 1}]
    await world.call("reactions_remove", name="heart", **where)
    assert await world.refused("reactions_remove", name="heart", **where) == "no_reaction"


async def test_a_file_goes_by_the_sdk_and_comes_back_with_the_token_only(world: World) -> None:
    world.ida.writes_directly = True
    told = await world.call(
        "files_upload_v2", channel="D0IDA", filename="bill.txt", content="12 euros", initial_comment="Bill"
    )
    assert [(file["name"], file["size"]) for file in told["files"]] == [("bill.txt", 8)]
    assert shown(world.ida) == [("business", "Bill")]
    assert shown(world.olaf) == []
    world.does(world.ida, type="image", caption="Bent")
    own, event = await world.heard(2)
    assert (own["subtype"], event["subtype"], event["channel"]) == ("file_share", "file_share", "D0IDA")
    address, stored = event["files"][0]["url_private_download"], event["files"][0]["id"]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    got = await world.simulator.hooks.call("GET", address, headers=headers)
    assert got.content == world.simulator.state.files[stored].content
    assert "Sign in" in (await world.simulator.hooks.call("GET", address)).text


async def test_a_pressed_button_and_a_command_come_as_forms(world: World) -> None:
    sent = await world.call("chat_postMessage", channel="U0IDA", text="When?", blocks=BLOCKS)
    assert sent["channel"] == "D0IDA"
    (choice,) = world.simulator.state.look(world.ida.messages[0]).choices
    world.does(world.ida, **choice.action)
    world.does(world.ida, type="command", command="/bike", text="ready?")
    _own, pressed, command = await world.heard(3)
    assert (pressed["type"], pressed["actions"][0]["value"]) == ("block_actions", "m")
    assert pressed["container"]["message_ts"] == sent["ts"]
    assert (command["command"], command["text"], command["user_id"]) == ("/bike", "ready?", "U0IDA")


async def test_slacks_verifier_takes_what_is_signed_here_and_nothing_else(world: World) -> None:
    """Refusal of a tampered hook: body, time, secret."""
    app = world.simulator.state.businesses[APP]
    world.does(world.ida, type="text", text="Hi")
    await world.heard(1)
    await world.simulator.prove_hook(app)
    verifier = SignatureVerifier(SECRET)
    for seen in world.server.seen:
        assert verifier.is_valid_request(seen.body, seen.headers)
        assert not verifier.is_valid_request(seen.body + b" ", seen.headers)
        later = seen.headers | {
            "x-slack-request-timestamp": str(int(seen.headers["x-slack-request-timestamp"]) + 1)
        }
        assert not verifier.is_valid_request(seen.body, later)
        assert not SignatureVerifier("another").is_valid_request(seen.body, seen.headers)
    assert json.loads(world.server.seen[1].body)["type"] == "url_verification"
    world.simulator.faults.set([Fault(kind=FaultKind.HOOK_BAD_SIGNATURE, count=1)])
    world.does(world.ida, type="text", text="there")
    await world.heard(4)
    is_valid = [verifier.is_valid_request(seen.body, seen.headers) for seen in world.server.seen]
    assert is_valid == [True, True, False, True]


async def test_a_hook_nobody_took_comes_again_and_says_so() -> None:
    """G8: the same event id, and the number of the try."""
    statuses = [503, 503, 200]

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await answer(statuses.pop(0))(seen, writer)

    simulator = SlackSimulator(seed=3, retry_seconds=(0.01,) * 4)
    async with scripted(script) as server, serve(simulator):
        simulator.register(APP, TOKEN, SECRET, "Rill", hook_url=f"{server.origin}/hook")
        simulator.conduct.act(simulator.add_phone("U0IDA", "Ida"), {"type": "text", "text": "Hi"})
        await until(lambda: len(server.seen) == 3, what="three tries")
        tries = [seen.headers.get("x-slack-retry-num") for seen in server.seen]
        assert tries == [None, "1", "2"]
        assert server.seen[1].headers["x-slack-retry-reason"] == "http_error"
        assert len({json.loads(seen.body)["event_id"] for seen in server.seen}) == 1


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no channel": ("chat_postMessage", {"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
    "not invited": ("chat_postMessage", {"channel": "C0AWAY", "text": "x"}, "not_in_channel"),
    "archived": ("chat_postMessage", {"channel": "C0OLD", "text": "x"}, "is_archived"),
    "empty": ("chat_postMessage", {"channel": HELP, "text": " "}, "no_text"),
    "long": ("chat_postMessage", {"channel": HELP, "text": "x" * 40_001}, "msg_too_long"),
    "thread": ("chat_postMessage", {"channel": HELP, "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
    "blocks": ("chat_postMessage", {"channel": HELP, "text": "x", "blocks": [{}]}, "invalid_blocks"),
    "metadata": (
        "chat_postMessage",
        {"channel": HELP, "text": "x", "metadata": {"event_type": "a"}},
        "invalid_metadata_format",
    ),
    "no message": ("chat_update", {"channel": HELP, "ts": "1.2", "text": "x"}, "message_not_found"),
    "nobody": ("users_info", {"user": "U0NOBODY"}, "user_not_found"),
    "no file": ("files_info", {"file": "F0NOTHING"}, "file_not_found"),
    "length": ("files_getUploadURLExternal", {"filename": "a", "length": 0}, "invalid_arguments"),
    "method": ("admin_apps_approved_list", {}, "unknown_method"),
    "token": ("auth_test", {"token": "xoxb-another"}, "invalid_auth"),
}


@pytest.mark.filterwarnings("ignore:The top-level `text` argument")
@pytest.mark.parametrize("name", REFUSED)
async def test_what_slack_refuses(world: World, name: str) -> None:
    world.simulator.state.channels["C0AWAY"] = Channel("C0AWAY", "away", is_member=False)
    world.simulator.state.channels["C0OLD"] = Channel("C0OLD", "old", is_archived=True)
    method, fields, error = REFUSED[name]
    assert await world.refused(method, **fields) == error
    assert list(world.simulator.state.sends) == []


async def test_only_its_own_messages_may_an_app_change(world: World) -> None:
    asked = world.does(world.ida, type="text", text="Hi")
    where = {"channel": HELP, "ts": asked}
    assert await world.refused("chat_update", text="x", **where) == "cant_update_message"
    assert await world.refused("chat_delete", **where) == "cant_delete_message"


async def test_a_limit_says_how_long_to_wait(world: World) -> None:
    world.simulator.faults.set([Fault(kind=FaultKind.RATE_LIMIT, count=1, seconds=3)])
    with pytest.raises(SlackApiError) as found:
        await world.call("chat_postMessage", channel=HELP, text="x")
    response = found.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers["retry-after"] == "3"
    assert shown(world.ida) == []
