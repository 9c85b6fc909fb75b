"""Every screen by keyboard and by what a screen reader gets: M-25. Engines play no part in it."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from frontdesk.api.web import STATIC
from tests.e2e.test_main_job import NORA, PLAY, SLOW
from tests.torture.victim import Victim

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not (STATIC / "console").exists(), reason="needs the console: make setup"),
]

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
NOWHERE = "00000000-0000-7000-8000-000000000000"
SCREENS = (
    "/inbox/all", "/inbox/all?pane=views", "/inbox/mine", "/inbox/snoozed", "/inbox/starred",
    f"/inbox/all/{NOWHERE}", "/contacts", "/deliveries", "/deliveries/dead-letters", "/deliveries/notices",
    "/settings", "/settings/profile", "/settings/inboxes", "/settings/inboxes/new", "/settings/canned",
    "/settings/opt-outs", "/settings/account", "/settings/people", "/settings/tokens", "/nowhere",
)  # fmt: skip
OVERLAYS = ("?", "Control+k", "z")


@pytest.fixture
def demo(sqlite_url: str, tmp_path: Path) -> Iterator[Victim]:
    """The demo, with one conversation of Nora's."""
    victim = Victim(tmp_path, sqlite_url, options=["--demo"])
    victim.start(seconds=60)
    with httpx2.Client(base_url=victim.url + PLAY, trust_env=False, timeout=20) as phones:
        message = {"type": "text", "text": "Is my bike ready?"}
        phones.post(f"/phones/{NORA}/messages", json=message).raise_for_status()
    yield victim
    victim.kill()


@pytest.fixture
async def noise() -> list[str]:
    """What the pages of a test complained of: uncaught errors, and errors in the browser's console."""
    return []


@pytest.fixture
async def page(demo: Victim, browser: Browser, noise: list[str]) -> AsyncIterator[Page]:
    """The console before anybody has signed in."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce", bypass_csp=True
    )
    context.set_default_timeout(SLOW)
    opened = await context.new_page()
    opened.on("pageerror", lambda error: noise.append(str(error)))
    opened.on("console", lambda said: noise.append(said.text) if said.type == "error" else None)
    await opened.goto(demo.url)
    yield opened
    await context.close()


async def _sign_in(page: Page) -> None:
    await page.get_by_role("button", name="Sign in as the demo owner").click()
    await expect(page.get_by_role("region", name="Conversation list")).to_be_visible(timeout=SLOW)


async def _open_nora(page: Page) -> Locator:
    await page.get_by_role("list", name="Conversations").get_by_role("link").filter(has_text="Nora").click()
    messages = page.get_by_role("log", name="Messages")
    await expect(messages).to_be_visible(timeout=SLOW)
    return messages


def _overlay(page: Page) -> Locator:
    return page.locator("[role=dialog]:visible, [role=menu]:visible")


async def test_escape_closes_what_lies_over_the_page_and_nothing_else(page: Page, noise: list[str]) -> None:
    await _sign_in(page)
    assert noise == [], "signed out, nothing is asked for that is refused"
    messages = await _open_nora(page)
    for keys in OVERLAYS:
        await page.keyboard.press(keys)
        await expect(_overlay(page)).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(_overlay(page)).to_have_count(0)
        await expect(messages).to_be_visible()
    for button in ("More actions", "Filter", "Emoji"):
        await page.get_by_role("button", name=button, exact=True).first.click()
        await expect(_overlay(page)).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(_overlay(page)).to_have_count(0)
        await expect(messages).to_be_visible()
    await page.get_by_role("main").focus()
    await page.keyboard.press("Escape")
    await expect(messages).to_have_count(0)
    assert noise == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
async def test_axe_finds_nothing_on_any_screen(demo: Victim, page: Page, theme: Any, width: int) -> None:
    """M-25, in both themes, on a desk and on a phone; nothing is wider than the window."""
    await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    await page.set_viewport_size({"width": width, "height": 844})
    found = {"/sign-in": await _axe(page)}
    await _sign_in(page)
    for path in SCREENS:
        await page.goto(demo.url + path)
        await expect(page.get_by_role("main")).to_be_visible(timeout=SLOW)
        await expect(page.locator("[aria-busy=true]")).to_have_count(0)
        await expect(page.locator("h1:visible").first).to_be_attached(timeout=SLOW)  # what it shows has come
        found[path] = await _axe(page)
    await page.goto(demo.url + "/inbox/all")
    await _open_nora(page)
    found["a conversation"] = await _axe(page)
    for keys in OVERLAYS if width > 800 else OVERLAYS[:2]:
        await page.keyboard.press(keys)
        await expect(_overlay(page)).to_be_visible()
        found[keys] = await _axe(page)
        await page.keyboard.press("Escape")
        await expect(_overlay(page)).to_have_count(0)
    await page.goto(demo.url + "/contacts")
    await page.get_by_role("table", name="Contacts").get_by_role("link").filter(has_text="Nora").click()
    await expect(page.get_by_role("article", name="Nora Vidal")).to_be_visible(timeout=SLOW)
    found["a contact"] = await _axe(page)
    await page.get_by_role("button", name="Merge", exact=True).click()
    await expect(_overlay(page)).to_be_visible()
    found["whom to merge"] = await _axe(page)
    assert {where: findings for where, findings in found.items() if findings} == {}


async def test_on_a_phone_each_pane_leads_to_the_others(page: Page, noise: list[str]) -> None:
    """M-25: views, list and thread are a stack; search, snoozing and assigning are within reach."""
    await _sign_in(page)
    await _open_nora(page)
    await _undo_by_hand(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.get_by_role("link", name="Back to list").click()
    await page.get_by_role("link", name="Views").click()
    views = page.get_by_role("navigation", name="Conversation views")
    await expect(views.get_by_role("link", name="All")).to_be_focused(timeout=SLOW)
    await expect(page.get_by_role("region", name="Conversation list")).to_be_hidden()
    await expect(page.get_by_role("button", name="New message")).to_be_visible()
    await views.get_by_role("link", name="Unassigned").click()
    await expect(page.get_by_role("heading", name="Unassigned", level=1)).to_be_visible(timeout=SLOW)
    await expect(views).to_be_hidden()
    await page.get_by_role("button", name="Search", exact=True).click()
    await expect(page.get_by_role("dialog", name="Search or go to")).to_be_visible()
    await page.keyboard.press("Escape")
    await _open_nora(page)
    more = page.get_by_role("button", name="More actions").first
    await more.click()
    await page.get_by_role("menuitem", name="Assign to somebody").click()
    await page.get_by_role("menuitemradio", name="Maya Lindqvist").click()
    await expect(page.get_by_role("status", name="Notices")).to_contain_text("Assigned Nora", timeout=SLOW)
    await more.click()
    await page.get_by_role("menuitem", name="Snooze").click()
    await page.get_by_role("menuitem", name="Tomorrow morning").click()
    await expect(page.get_by_role("status", name="Notices")).to_contain_text("Snoozed Nora", timeout=SLOW)
    await page.get_by_role("link", name="Back to list").click()
    await expect(page.get_by_role("link", name="Views")).to_be_visible()
    assert noise == []


async def _undo_by_hand(page: Page) -> None:
    """What was undone by its key has no undo any more."""
    notices = page.get_by_role("status", name="Notices")
    await page.keyboard.press("Shift+A")
    await expect(page.get_by_role("menuitemradio", name="Assign to me")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(_overlay(page)).to_have_count(0)
    await page.keyboard.press("e")
    await expect(notices.get_by_role("button", name="Undo")).to_be_visible(timeout=SLOW)
    await page.keyboard.press("e")
    await expect(page.get_by_label("Status: Open")).to_be_visible(timeout=SLOW)
    await expect(notices.get_by_role("button", name="Undo")).to_have_count(0, timeout=2_000)


async def test_an_owner_sets_how_an_inbox_sends_and_notes_an_opt_out(demo: Victim, page: Page) -> None:
    """M-25: what the desk refuses is told at its field, which gets the focus; what it takes stays."""
    await _sign_in(page)
    await page.goto(demo.url + "/settings/inboxes")
    await page.get_by_role("main").get_by_role("link").filter(has_text="WhatsApp").first.click()
    sending = page.get_by_role("group", name="Sending")
    undo = sending.get_by_label("Seconds to take back")
    await undo.fill("61")
    await sending.get_by_label("Quiet from").fill("21:00")
    save = page.get_by_role("button", name="Save changes")
    await save.click()
    await expect(undo).to_be_focused(timeout=SLOW)
    await expect(undo).to_have_attribute("aria-invalid", "true")
    await expect(sending.get_by_label("Quiet until")).to_have_attribute("aria-invalid", "true")
    await undo.fill("20")
    await sending.get_by_label("Quiet until").fill("08:00")
    await sending.get_by_label("Words that opt out", exact=True).select_option("Only these")
    await sending.get_by_label("Words that opt out, one on each line").fill("STOP\nNO MORE")
    await sending.get_by_label("Messages a second").fill("2,5")
    await sending.get_by_label("Currency").fill("eur")
    await sending.get_by_role("button", name="Add a price").click()
    await sending.get_by_label("Price 1, country").fill("es")
    await sending.get_by_label("Price 1, amount").fill("0.0615")
    assert await _axe(page) == []
    await save.click()
    await expect(save).to_have_count(0, timeout=SLOW)
    await page.reload()
    for label, value in {
        "Seconds to take back": "20", "Quiet from": "21:00", "Quiet until": "08:00",
        "Words that opt out, one on each line": "STOP\nNO MORE", "Messages a second": "2.5",
        "Currency": "EUR", "Price 1, country": "ES", "Price 1, category": "", "Price 1, amount": "0.0615",
    }.items():  # fmt: skip
        await expect(sending.get_by_label(label)).to_have_value(value, timeout=SLOW)
    await expect(sending.get_by_label("Words that come back")).to_have_value("channel")
    await page.goto(demo.url + "/settings/opt-outs")
    await _note_and_end_an_opt_out(page)


async def _note_and_end_an_opt_out(page: Page) -> None:
    """By the console, with a reason, in the form in which the channel knows the number."""
    await expect(page.get_by_role("heading", name="Nobody opted out")).to_be_visible(timeout=SLOW)
    await page.get_by_role("button", name="Add an opt-out").click()
    dialog = page.get_by_role("dialog", name="Add an opt-out")
    await dialog.get_by_label("Channel").select_option("WhatsApp")
    await dialog.get_by_label("Phone number").fill("+34 600 000 001")
    await dialog.get_by_label("They refuse").select_option("Marketing templates")
    await dialog.get_by_label("Reason").fill("Asked by phone")
    await dialog.get_by_role("button", name="Add opt-out").click()
    line = page.get_by_role("list", name="Opt-outs").get_by_role("listitem")
    await expect(line).to_contain_text("+34 600 000 001", timeout=SLOW)
    await expect(line).to_contain_text("WhatsApp · noted: Asked by phone · since")
    await expect(line).to_contain_text("No marketing")
    kept = await page.evaluate("fetch('v1/opt-outs').then(answer => answer.json())")
    assert [(one["scheme"], one["address"], one["kind"]) for one in kept["items"]] == [
        ("whatsapp", NORA, "marketing")
    ]
    assert await _axe(page) == []
    await page.get_by_role("button", name="End the opt-out of +34 600 000 001").click()
    await page.get_by_role("dialog").get_by_role("button", name="End opt-out").click()
    await expect(page.get_by_role("heading", name="Nobody opted out")).to_be_visible(timeout=SLOW)


async def _axe(page: Page) -> list[Any]:
    """What axe finds. A menu of the page's buttons lies outside of the landmarks, as menus do."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    told = "JSON.stringify(found.violations.map(one => [one.id, one.nodes.map(node => node.target)]))"
    asked = "{rules: {region: {enabled: false}}, resultTypes: ['violations']}"
    findings = json.loads(await page.evaluate(f"axe.run({asked}).then(found => {told})"))
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
        findings.append(["wider than the window", []])
    return list(findings)


async def test_a_visitor_sees_what_was_read_and_answers_one_message(
    demo: Victim, page: Page, browser: Browser, noise: list[str]
) -> None:
    context = await browser.new_context(reduced_motion="reduce", locale="en-GB")
    visitor = await context.new_page()
    await visitor.goto(f"{demo.url}/demo/shop")
    await visitor.get_by_role("button", name="Open chat").click()
    box = visitor.get_by_role("textbox", name="Message")
    await box.fill("Do you have it in blue?")
    await visitor.keyboard.press("Enter")
    heard = visitor.get_by_role("region", name="Messages")
    await expect(heard.get_by_text("Delivered", exact=True)).to_be_attached(timeout=SLOW)
    await _sign_in(page)
    await page.get_by_role("list", name="Conversations").get_by_role("link").filter(has_text="blue").click()
    await expect(heard.get_by_text("Read", exact=True)).to_be_attached(timeout=SLOW)
    await page.get_by_role("textbox", name="Reply").fill("We do. Which size?")
    await page.get_by_role("button", name="Send", exact=True).click()
    await heard.get_by_text("We do. Which size?", exact=True).hover()
    await heard.get_by_role("button", name="Reply").click()
    await expect(box).to_be_focused()
    await box.fill("M, please")
    await visitor.keyboard.press("Enter")
    thread = page.get_by_role("log", name="Messages")
    await expect(thread.get_by_text("M, please", exact=True)).to_be_visible(timeout=SLOW)
    await expect(thread.get_by_text("We do. Which size?", exact=True)).to_have_count(2)
    await context.close()
    assert noise == []
