"""The agents' channel of the simulated workspace: who is in it, what its phones show, finding posts again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk import WebClient

from frontdesk.simulators.slack import SlackSimulator, serve
from frontdesk.simulators.slack.state import Channel

APP, TOKEN = "A0RILLBIKES", "xoxb-not-a-real-token"
HELP, DESK = Channel("C0HELP", "help"), Channel("C0DESK", "rill-desk")
KEY = {"event_type": "frontdesk_mirror", "event_payload": {"key": "one"}}


@dataclass(frozen=True, slots=True)
class World:
    """A simulator with a customer and an agent, and the vendor's client."""

    simulator: SlackSimulator
    url: str

    async def call(self, method: str, **fields: Any) -> Any:
        client = WebClient(TOKEN, base_url=f"{self.url}/api/")
        return await asyncio.to_thread(getattr(client, method), **fields)

    async def post(self, text: str, **more: Any) -> str:
        told = await self.call("chat_postMessage", channel=DESK.id, text=text, **more)
        return str(told["ts"])

    def shown(self, user: str) -> list[str]:
        return [each.shown for each in self.simulator.state.phone(user).messages]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    simulator = SlackSimulator(seed=3)
    async with serve(simulator) as url:
        simulator.register(APP, TOKEN, "a-secret", "Rill", channel=HELP, agents_channel=DESK)
        simulator.add_phone("U0IDA", "Ida Brandt")
        simulator.add_agent("U0MAYA", "Maya", "maya@rill.example", channel=DESK)
        yield World(simulator, url)


async def test_agents_and_customers_see_their_own_channel_only(world: World) -> None:
    root = await world.post("*Ida · Shop*\n*Ida*: 2*3*4?\n<https://d.example/1|Open at the desk>")
    await world.call("chat_postMessage", channel=HELP.id, text="Closed on Monday")
    assert world.shown("U0MAYA") == ["Ida · Shop\nIda: 2*3*4?\nOpen at the desk"]
    assert world.shown("U0IDA") == ["Closed on Monday"]
    answer = world.simulator.conduct.act(
        world.simulator.state.phone("U0MAYA"), {"type": "text", "text": "24", "reply_to": root}
    )
    thread = (await world.call("conversations_replies", channel=DESK.id, ts=root))["messages"]
    assert [(each["ts"], each.get("thread_ts")) for each in thread] == [(root, None), (answer, root)]
    members = (await world.call("conversations_members", channel=DESK.id))["members"]
    assert members == ["U0RILLBIKES", "U0MAYA"]
    maya = (await world.call("users_info", user="U0MAYA"))["user"]
    assert (maya["team_id"], maya["profile"]["email"]) == ("T0RILL", "maya@rill.example")


async def test_an_agents_phone_shows_links_beside_the_words_and_where_it_is(world: World) -> None:
    await world.post("*Ida*: Hi\n<https://d.example/1|Open at the desk>")
    phone = world.simulator.state.shown_phone(world.simulator.state.phone("U0MAYA"))
    look = phone["messages"][0]["look"]
    assert look["text"] == "Ida: Hi"
    assert [(each["label"], each["url"]) for each in look["links"]] == [
        ("Open at the desk", "https://d.example/1")
    ]
    assert phone["business"]["address"] == "#rill-desk"


async def test_what_was_posted_is_found_by_its_metadata_by_pages_and_from_a_moment_on(world: World) -> None:
    first = await world.post("One")
    second = await world.post("Two", metadata=KEY)
    await world.post("Three")
    where: dict[str, Any] = {"channel": DESK.id, "limit": 1, "oldest": second}
    page = await world.call("conversations_history", **where)
    cursor = page["response_metadata"]["next_cursor"]
    assert ([each["text"] for each in page["messages"]], page["has_more"]) == (["Three"], True)
    page = await world.call("conversations_history", **where, cursor=cursor, include_all_metadata=True)
    (found,) = page["messages"]
    assert (found["ts"], found["metadata"], page["has_more"]) == (second, KEY, False)
    silent = (await world.call("conversations_history", **where, cursor=cursor))["messages"]
    assert "metadata" not in silent[0]
    inside = await world.post("Inside", thread_ts=first, metadata=KEY)
    told = await world.call("conversations_replies", channel=DESK.id, ts=first, include_all_metadata=True)
    assert [(each["ts"], each.get("metadata")) for each in told["messages"]] == [(first, None), (inside, KEY)]
