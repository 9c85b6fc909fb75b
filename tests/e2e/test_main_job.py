"""The main job in a real browser: a customer writes, an agent answers, a kill in between loses nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from frontdesk.api.web import STATIC
from tests.desk import until
from tests.torture.victim import Victim

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not (STATIC / "console").exists(), reason="needs the console: make setup"),
]

PLAY = "/simulators/whatsapp/play"
NORA = "34600000001"
SLOW = 20_000
"""Milliseconds: how long a screen may take on a busy machine."""


@pytest.fixture
def demo(database_url: str, tmp_path: Path) -> Iterator[Victim]:
    """The demo as a process of its own, as `make run` starts it."""
    victim = Victim(tmp_path, database_url, options=["--demo"])
    victim.start(seconds=60)
    yield victim
    victim.kill()


@pytest.fixture
async def agent(demo: Victim, browser: Browser) -> AsyncIterator[Page]:
    """The console, signed in as the demo's owner; an uncaught error of its scripts fails the test."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(SLOW)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(demo.url)
    await page.get_by_role("button", name="Sign in as the demo owner").click()
    await expect(page.get_by_role("region", name="Conversation list")).to_be_visible(timeout=SLOW)
    yield page
    await context.close()
    assert errors == []


@pytest.fixture
async def phones(demo: Victim) -> AsyncIterator[httpx2.AsyncClient]:
    """The play API of the simulated phones."""
    async with httpx2.AsyncClient(base_url=demo.url + PLAY, trust_env=False, timeout=20) as client:
        yield client


async def _open_talk(page: Page, name: str) -> None:
    await page.get_by_role("list", name="Conversations").get_by_role("link").filter(has_text=name).click()
    await expect(_messages(page)).to_be_visible(timeout=SLOW)


def _messages(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


async def _answer(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Reply").fill(text)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(_messages(page).get_by_text(text, exact=True)).to_be_visible(timeout=SLOW)


async def _is_seen_typing(box: Locator, there: Page) -> None:
    """While somebody goes on writing, the other side sees it."""

    async def write_on() -> bool:
        await box.press_sequentially("a")
        return await there.get_by_text("is typing").first.is_visible()

    await until(write_on, what="the sign that somebody is typing")


async def _visitor(demo: Victim, browser: Browser) -> Page:
    context = await browser.new_context(reduced_motion="reduce", locale="en-GB")
    context.set_default_timeout(SLOW)
    page = await context.new_page()
    await page.goto(f"{demo.url}/demo/shop")
    await page.get_by_role("button", name="Open chat").click()
    return page


async def _say(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Message").fill(text)
    await page.keyboard.press("Enter")


def _heard(page: Page, text: str) -> Locator:
    return page.get_by_role("region", name="Messages").get_by_text(text, exact=True)


async def _write(phones: httpx2.AsyncClient, **message: Any) -> str:
    answer = await phones.post(f"/phones/{NORA}/messages", json=message)
    assert answer.status_code < 300, answer.text
    return str(answer.json()["id"])


async def _shown(phones: httpx2.AsyncClient) -> list[Any]:
    found = (await phones.get(f"/phones/{NORA}/messages")).raise_for_status().json()
    return list(found["messages"] if isinstance(found, dict) else found)


async def test_a_visitor_writes_the_agent_answers_and_neither_reloads(
    demo: Victim, agent: Page, browser: Browser
) -> None:
    """Proof 1: S1-17, S2-25, S4-12; each sees that the other is typing."""
    visitor = await _visitor(demo, browser)
    await _say(visitor, "Is the Ridge 2 in stock?")
    await expect(
        agent.get_by_role("list", name="Conversations").get_by_text("Is the Ridge 2 in stock?")
    ).to_be_visible(timeout=SLOW)
    await agent.get_by_role("list", name="Conversations").get_by_role("link").first.click()
    await expect(_messages(agent).get_by_text("Is the Ridge 2 in stock?", exact=True)).to_be_visible()
    await _is_seen_typing(agent.get_by_role("textbox", name="Reply"), visitor)
    await _answer(agent, "Yes, in two sizes.")
    await expect(_heard(visitor, "Yes, in two sizes.")).to_be_visible(timeout=SLOW)
    await expect(visitor.get_by_text("is typing")).to_have_count(0)
    await _is_seen_typing(visitor.get_by_role("textbox", name="Message"), agent)
    await _say(visitor, "Great, I will come by.")
    await expect(_messages(agent).get_by_text("Great, I will come by.", exact=True)).to_be_visible(
        timeout=SLOW
    )


async def test_a_phone_sends_every_kind_and_the_answer_s_ticks_go_to_read(
    agent: Page, phones: httpx2.AsyncClient
) -> None:
    """Proof 2: S0-01, S0-02, S0-07, S0-08, S0-09, S0-13, S0-18."""
    first = await _write(phones, type="text", text="My Ridge 2 stops charging.")
    await _write(phones, type="image", caption="Three lamps")
    await _write(
        phones,
        type="location",
        latitude=51.4545,
        longitude=-2.5879,
        name="Rill workshop",
        address="14 Harbour Lane",
    )
    card = {"name": {"formatted_name": "Daniel Castell"}, "phones": [{"phone": "+44 7700 900177"}]}
    await _write(phones, type="contacts", contacts=[card])
    await _open_talk(agent, "Nora Vidal")
    log = _messages(agent)
    await expect(log.get_by_text("My Ridge 2 stops charging.", exact=True)).to_be_visible(timeout=SLOW)
    await expect(log.get_by_text("Three lamps")).to_be_visible(timeout=SLOW)
    await expect(log.get_by_role("button", name="Open photo")).to_have_attribute(
        "data-loaded", "true", timeout=SLOW
    )
    await expect(log.get_by_text("Rill workshop").first).to_be_visible(timeout=SLOW)
    await expect(log.get_by_text("Daniel Castell")).to_be_visible(timeout=SLOW)
    await _write(phones, type="reaction", message_id=first, emoji="👍")
    await expect(log.get_by_role("list", name="Reactions").get_by_text("👍")).to_be_visible(timeout=SLOW)
    await _answer(agent, "Bring it in any time today.")
    await _write(phones, type="unsupported")
    await expect(log.get_by_text("A message of a kind not shown yet")).to_be_visible(timeout=SLOW)
    await phones.post(f"/phones/{NORA}/read", json={})
    async with asyncio.timeout(20):
        while "Bring it in any time today." not in str(await _shown(phones)):  # noqa: ASYNC110 - HTTP
            await asyncio.sleep(0.1)
    await phones.post(f"/phones/{NORA}/read", json={})
    mine = log.get_by_role("group").filter(has_text="Bring it in any time today.")
    await expect(mine.locator("[data-status=read]")).to_be_visible(timeout=SLOW)


async def test_g1_g5_killed_in_the_middle_both_sides_go_on_with_nothing_lost_or_doubled(
    demo: Victim, agent: Page, browser: Browser, phones: httpx2.AsyncClient
) -> None:
    """Proof 3."""
    visitor = await _visitor(demo, browser)
    await _say(visitor, "Before the kill")
    await expect(
        agent.get_by_role("list", name="Conversations").get_by_text("Before the kill")
    ).to_be_visible(timeout=SLOW)
    await agent.get_by_role("list", name="Conversations").get_by_role("link").first.click()
    await _answer(agent, "Answer before the kill")
    await expect(_heard(visitor, "Answer before the kill")).to_be_visible(timeout=SLOW)
    await asyncio.to_thread(demo.kill)
    await _say(visitor, "Written while it was dead")
    await asyncio.to_thread(demo.start, seconds=60)
    await expect(_messages(agent).get_by_text("Written while it was dead", exact=True)).to_be_visible(
        timeout=40_000
    )
    await _answer(agent, "Answer after the kill")
    await expect(_heard(visitor, "Answer after the kill")).to_be_visible(timeout=40_000)
    await _write(phones, type="text", text="The phone goes on too")
    await expect(
        agent.get_by_role("list", name="Conversations").get_by_text("The phone goes on too")
    ).to_be_visible(timeout=SLOW)
    said = ["Before the kill", "Answer before the kill", "Written while it was dead", "Answer after the kill"]
    for page, where in ((agent, _messages(agent)), (visitor, visitor.get_by_role("region", name="Messages"))):
        for text in said:
            await expect(where.get_by_text(text, exact=True)).to_have_count(1)
        await page.reload()
    for text in said:
        await expect(_messages(agent).get_by_text(text, exact=True)).to_have_count(1, timeout=SLOW)
