"""One person in three channels, in a browser: contacts become one, each answer goes its own way once."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from frontdesk.api.web import STATIC
from tests.desk import until
from tests.e2e.shop import shop
from tests.torture.victim import Victim

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not (STATIC / "console").exists(), reason="needs the console: make setup"),
]

SLOW = 20_000
"""Milliseconds: how long a screen may take on a busy machine."""

NORA, NUMBER, MAILBOX = "Nora Vidal", "34600000001", "nora.vidal@mail.example"
AT_WORK = "nora.vidal@atelier.example"
"""What she tells the chat; nobody proves it, and no answer may go there."""
SUBJECT = "Invoice of order 1204"


class Line(NamedTuple):
    """What is said in one channel: by Nora, and by the desk."""

    asked: str
    answered: str
    subject: str | None = None

    @property
    def listed(self) -> str:
        """What the list shows of her words."""
        return self.subject or self.asked


CHAT = Line("My Ridge 2 stops charging at half.", "Bring it in on Monday, it is under warranty.")
MAIL = Line("It has the wrong street.", "Sorry, here it is with the right one.", subject=SUBJECT)
WEB = Line("Do you lend bikes during a repair?", "We do, one waits for you.")
ALL = (CHAT, MAIL, WEB)
GREETING = "Hello! How can we help with your bike?"
REACHED = {("whatsapp", NUMBER): [CHAT.answered], ("email", MAILBOX): [MAIL.answered]}
"""What has come to which simulated phone; to all others nothing."""
COLLEAGUE = ("slack", "U0MAYA")
"""An agent of ours who is told of every conversation in Slack: no customer."""


@pytest.fixture
def demo(sqlite_url: str, tmp_path: Path) -> Iterator[Victim]:
    """The demo as a process of its own. Engines play no part in what is seen here."""
    victim = Victim(tmp_path, sqlite_url, options=["--demo"])
    victim.start(seconds=60)
    yield victim
    victim.kill()


@pytest.fixture
async def simulators(demo: Victim) -> AsyncIterator[httpx2.AsyncClient]:
    """The simulated providers, where Nora has a phone by the demo and a mailbox from here."""
    async with httpx2.AsyncClient(base_url=demo.url, trust_env=False, timeout=20) as client:
        added = await client.post("/simulators/email/play/phones", json={"id": MAILBOX, "name": NORA})
        assert added.status_code == 201, added.text
        yield client


@pytest.fixture
async def noise() -> AsyncIterator[list[str]]:
    """The uncaught errors of all pages; one fails the test."""
    errors: list[str] = []
    yield errors
    assert errors == []


@pytest.fixture
async def agent(demo: Victim, browser: Browser, noise: list[str]) -> AsyncIterator[Page]:
    """The console, signed in as the demo's owner."""
    context = await browser.new_context(viewport={"width": 1600, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(SLOW)
    page = await context.new_page()
    page.on("pageerror", lambda error: noise.append(str(error)))
    await page.goto(demo.url)
    await page.get_by_role("button", name="Sign in as the demo owner").click()
    await expect(page.get_by_role("region", name="Conversation list")).to_be_visible(timeout=SLOW)
    yield page
    await context.close()


@pytest.fixture
async def visitor(demo: Victim, agent: Page, browser: Browser, noise: list[str]) -> AsyncIterator[Page]:
    """The chat on a company's page, which tells Nora's name and an address of hers, without proof."""
    inboxes = await (await agent.request.get(f"{demo.url}/v1/inboxes")).json()
    key = next(each["public_key"] for each in inboxes["items"] if each["channel"] == "webchat")
    known = f' data-name="{NORA}" data-email="{AT_WORK}"'
    context = await browser.new_context(reduced_motion="reduce", locale="en-GB")
    context.set_default_timeout(SLOW)
    async with shop(demo.url, key, attributes=known) as site:
        page = await context.new_page()
        page.on("pageerror", lambda error: noise.append(str(error)))
        await page.goto(site.url)
        await page.get_by_role("button", name="Open chat").click()
        yield page
    await context.close()


def _rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Conversations").get_by_role("link")


async def _arrives(agent: Page, line: Line, count: int) -> None:
    """The conversation comes on top of the list, unread, without a reload."""
    await expect(_rows(agent)).to_have_count(count, timeout=SLOW)
    newest = _rows(agent).first
    await expect(newest).to_contain_text(line.listed, timeout=SLOW)
    await expect(newest).to_contain_text(NORA)
    await expect(newest.get_by_role("img", name="1 unread")).to_be_visible(timeout=SLOW)


async def _write(simulators: httpx2.AsyncClient, slug: str, phone: str, **message: Any) -> None:
    sent = await simulators.post(
        f"/simulators/{slug}/play/phones/{phone}/messages", json={"type": "text", **message}
    )
    assert sent.status_code == 201, sent.text


async def _open_contact(agent: Page, words: str) -> None:
    """From beside the conversation that has these words in the list."""
    await _rows(agent).filter(has_text=words).click()
    side = agent.get_by_role("complementary", name="Contact")
    await side.get_by_role("link", name="Edit").click()
    await expect(agent.get_by_role("article", name=NORA).first).to_be_visible(timeout=SLOW)


async def _merge_suggested(agent: Page) -> None:
    """The visitor has her name, and an address that resembles hers: a reason to ask, and the agent agrees."""
    suggested = agent.get_by_role("region", name="Suggested merges")
    reason = "Same name, and nora.vidal@… in both"
    await expect(suggested.get_by_role("listitem")).to_contain_text([reason], timeout=SLOW)
    await suggested.get_by_role("button", name=f"Merge {NORA}").click()
    await _confirm_merge(agent)
    await expect(suggested).to_have_count(0, timeout=SLOW)


async def _merge_chosen(agent: Page) -> None:
    """Nothing tells that the number is hers; the agent knows, and looks for it."""
    await agent.get_by_role("button", name="Merge", exact=True).click()
    dialog = agent.get_by_role("dialog", name="Merge contacts")
    await dialog.get_by_role("searchbox").fill(NUMBER)
    await dialog.get_by_role("list", name="Contacts").get_by_role("button").filter(has_text=NORA).click()
    await _confirm_merge(agent)


async def _confirm_merge(agent: Page) -> None:
    dialog = agent.get_by_role("dialog", name="Merge contacts")
    await dialog.get_by_role("button", name="Merge contacts").click()
    await expect(dialog).to_have_count(0, timeout=SLOW)


def _said(agent: Page) -> Locator:
    """The contact's timeline."""
    return agent.get_by_role("region", name="What was said").get_by_role("article")


def _asked(place: Locator, line: Line) -> Locator:
    """Nora's words; a mail's stand in a frame of their own."""
    mail = place.frame_locator(f"iframe[title='{SUBJECT}']")
    return (mail if line is MAIL else place).get_by_text(line.asked, exact=True)


async def _answer(agent: Page, line: Line) -> None:
    await _rows(agent).filter(has_text=line.listed).click()
    thread = agent.get_by_role("log", name="Messages")
    await expect(_asked(thread, line)).to_be_visible(timeout=SLOW)
    await agent.get_by_role("textbox", name="Reply").fill(line.answered)
    await agent.get_by_role("button", name="Send", exact=True).click()
    await expect(thread.get_by_text(line.answered, exact=True)).to_have_count(1, timeout=SLOW)


async def _reached(simulators: httpx2.AsyncClient) -> dict[tuple[str, str], list[str]]:
    """What the desk has sent to every phone of every simulator; those that got nothing are left out."""
    found = {}
    for simulator in (await simulators.get("/simulators")).raise_for_status().json():
        slug = simulator["slug"]
        for phone in (await simulators.get(f"/simulators/{slug}/play/phones")).raise_for_status().json():
            came = [each["text_shown"] for each in phone["messages"] if each["from"] == "business"]
            if came and (slug, phone["id"]) != COLLEAGUE:
                found[slug, phone["id"]] = came
    return found


async def _accepted(simulators: httpx2.AsyncClient) -> list[tuple[str, str]]:
    """Every send that a provider took, and to whom: also to those who have no phone here."""
    sends = []
    for simulator in (await simulators.get("/simulators")).raise_for_status().json():
        slug = simulator["slug"]
        ledger = (await simulators.get(f"/simulators/{slug}/play/ledger")).raise_for_status().json()
        sends += [(slug, each["to"]) for each in ledger["sends"] if (slug, each["to"]) != COLLEAGUE]
    return sorted(sends)


async def _look_at_phones(agent: Page) -> None:
    """As she sees it: the chat's answer in its bubble, the mail's on its sheet as an answer to her mail."""
    await agent.get_by_role("navigation", name="Main").get_by_role("link", name="Phones").click()
    phone = agent.get_by_role("region", name=f"{NORA}, WhatsApp").get_by_role("log")
    await expect(phone.get_by_text(CHAT.answered, exact=True)).to_have_count(1, timeout=SLOW)
    mailbox = agent.get_by_role("region", name=f"{NORA}, E-mail").get_by_role("log")
    sheet = mailbox.frame_locator(f"iframe[title='Re: {SUBJECT}']")
    await expect(sheet.get_by_text(MAIL.answered, exact=True)).to_have_count(1, timeout=SLOW)
    for others in (MAIL.answered, WEB.answered):
        await expect(phone.get_by_text(others)).to_have_count(0)
    for others in (CHAT.answered, WEB.answered):
        await expect(mailbox.get_by_text(others)).to_have_count(0)
        await expect(sheet.get_by_text(others)).to_have_count(0)


async def test_s3_17_m_04_one_person_by_whatsapp_mail_and_chat_is_answered_on_each_once(
    agent: Page, visitor: Page, simulators: httpx2.AsyncClient
) -> None:
    """S3-17, M-04 (contacts) and the story across channels: one person, three answers, none twice."""
    await _write(simulators, "whatsapp", NUMBER, text=CHAT.asked)
    await _arrives(agent, CHAT, 1)
    await _write(simulators, "email", MAILBOX, text=MAIL.asked, subject=SUBJECT)
    await _arrives(agent, MAIL, 2)
    await visitor.get_by_role("textbox", name="Message").fill(WEB.asked)
    await visitor.keyboard.press("Enter")
    await _arrives(agent, WEB, 3)

    await _open_contact(agent, MAIL.listed)
    await expect(_said(agent)).to_have_count(1, timeout=SLOW)
    await _merge_suggested(agent)
    await _merge_chosen(agent)
    await expect(_said(agent)).to_contain_text([line.listed for line in ALL], timeout=SLOW)
    for said, line in enumerate(ALL):
        await expect(_asked(_said(agent).nth(said), line)).to_be_visible(timeout=SLOW)
    merged = agent.get_by_role("region", name="Merged contacts").get_by_role("listitem")
    await expect(merged).to_have_count(2, timeout=SLOW)

    await agent.get_by_role("navigation", name="Main").get_by_role("link", name="Inbox").click()
    for line in ALL:
        await _answer(agent, line)

    async def all_came() -> bool:
        return await _reached(simulators) == REACHED

    await until(all_came, seconds=20, what="each answer on its phone, and nothing else anywhere")
    chat = visitor.get_by_role("region", name="Messages").locator(".bub")
    await expect(chat).to_have_text([GREETING, WEB.asked, WEB.answered], timeout=SLOW)

    await _open_contact(agent, WEB.answered)
    both = [line.listed for line in ALL] + [line.answered for line in ALL]
    await expect(_said(agent)).to_contain_text(both, timeout=SLOW)
    await _look_at_phones(agent)
    assert await _reached(simulators) == REACHED
    assert await _accepted(simulators) == sorted(REACHED)
    await expect(chat).to_have_text([GREETING, WEB.asked, WEB.answered])


async def _hold(agent: Page, demo: Victim, seconds: int) -> None:
    """Let the mail inbox hold what is sent for so long, and the console know it."""
    session = await (await agent.request.get(f"{demo.url}/v1/session")).json()
    inboxes = await (await agent.request.get(f"{demo.url}/v1/inboxes")).json()
    mail = next(each["id"] for each in inboxes["items"] if each["channel"] == "email")
    changed = await agent.request.patch(
        f"{demo.url}/v1/inboxes/{mail}",
        data={"sending": {"undo_seconds": seconds}},
        headers={"X-CSRF-Token": session["csrf_token"]},
    )
    assert changed.ok, await changed.text()
    await agent.reload()
    await expect(agent.get_by_role("region", name="Conversation list")).to_be_visible(timeout=SLOW)


def _letter(agent: Page) -> Locator:
    return agent.get_by_role("dialog", name="New message")


def _waiting(agent: Page) -> Locator:
    return agent.get_by_role("region", name="Waiting to be sent")


async def _new_mail(agent: Page, text: str) -> None:
    """From the list to a mail that waits to be sent, by keys."""
    await agent.keyboard.press("c")
    await expect(_letter(agent).locator("[data-autofocus]")).to_be_focused(timeout=SLOW)
    await agent.keyboard.press("Shift+Tab")
    await expect(_letter(agent).get_by_label("From")).to_be_focused()
    await agent.keyboard.type("E-mail")
    await expect(_letter(agent).get_by_label("Subject")).to_be_visible()
    for words in (MAILBOX, NORA, SUBJECT, text):
        await agent.keyboard.press("Tab")
        await agent.keyboard.type(words)
    await agent.keyboard.press("Control+Enter")
    await expect(_waiting(agent)).to_be_visible(timeout=SLOW)


async def _take_back_mail(agent: Page, text: str) -> None:
    """It goes from the thread, here and on another screen, and back to where it was written."""
    beside = await agent.context.new_page()
    await beside.goto(agent.url)
    said = [each.get_by_role("log", name="Messages").get_by_text(text) for each in (agent, beside)]
    for each in said:
        await expect(each).to_be_visible(timeout=SLOW)
    await agent.keyboard.press("Control+z")
    await expect(_letter(agent).get_by_label("Message")).to_have_value(text, timeout=SLOW)
    await expect(_letter(agent).get_by_label("Subject")).to_have_value(SUBJECT)
    for each in (*said, _waiting(agent), _rows(agent), _rows(beside)):
        await expect(each).to_have_count(0, timeout=SLOW)
    await beside.close()
    await agent.keyboard.press("Escape")
    await expect(_letter(agent)).to_have_count(0)


async def _send_and_leave(agent: Page, text: str) -> None:
    """What was begun is still there; it is changed and sent, and the page is left before it goes."""
    await agent.keyboard.press("c")
    await expect(_letter(agent).locator("[data-autofocus]")).to_be_focused(timeout=SLOW)
    for _ in range(3):
        await agent.keyboard.press("Tab")
    await expect(_letter(agent).get_by_label("Message")).to_be_focused()
    await agent.keyboard.press("Control+a")
    await agent.keyboard.type(text)
    await agent.keyboard.press("Control+Enter")
    await expect(_letter(agent)).to_have_count(0, timeout=SLOW)
    await agent.goto("about:blank")


async def test_s3_21_a_mail_is_written_taken_back_and_sent_by_keyboard_alone(
    agent: Page, demo: Victim, simulators: httpx2.AsyncClient
) -> None:
    """S3-21: the composer of mails, its countdown, undo; a page that is left loses nothing."""
    await _hold(agent, demo, 60)
    await _new_mail(agent, "Here is the wrong one.")
    countdown = re.compile(r"^Leaves in \d+ s$")
    await expect(_waiting(agent).get_by_role("timer")).to_have_text(countdown)
    await _take_back_mail(agent, "Here is the wrong one.")
    await _hold(agent, demo, 3)
    await _send_and_leave(agent, "Here is the right one.")
    mailbox = ("email", MAILBOX)
    came = ["Here is the right one."]

    async def it_came() -> bool:
        return (await _reached(simulators)).get(mailbox) == came

    await until(it_came, seconds=20, what="the mail that was left alone")
    await agent.goto(demo.url)
    await _hold(agent, demo, 60)
    await expect(_rows(agent)).to_have_count(1, timeout=SLOW)
    await agent.keyboard.press("j")
    box = agent.get_by_role("textbox", name="Reply")
    await expect(box).to_be_visible(timeout=SLOW)
    await agent.keyboard.press("r")
    await expect(box).to_be_focused()
    await agent.keyboard.type("I forgot to say")
    await agent.keyboard.press("Control+Enter")
    await expect(_waiting(agent)).to_be_visible(timeout=SLOW)
    await expect(box).to_have_value("")
    await agent.keyboard.press("Control+z")
    await expect(box).to_have_value("I forgot to say", timeout=SLOW)
    await expect(box).to_be_focused()
    await expect(_waiting(agent)).to_have_count(0)
    assert (await _reached(simulators))[mailbox] == came
