"""The page of the simulated phones in a browser: what is done there the desk gets, and the reverse."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

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

SLOW = 20_000
NOTE = {"kind": "text", "body": "She asked by telephone."}
Call = Callable[..., Awaitable[Any]]


@pytest.fixture
def demo(database_url: str, tmp_path: Path) -> Iterator[Victim]:
    """The demo as a process of its own."""
    victim = Victim(tmp_path, database_url, options=["--demo"])
    victim.start(seconds=60)
    yield victim
    victim.kill()


@pytest.fixture
async def page(demo: Victim, browser: Browser) -> AsyncIterator[Page]:
    """The page of the phones, signed in as the demo's owner; an uncaught error fails the test."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(SLOW)
    opened = await context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    setup = await (await opened.request.get(f"{demo.url}/v1/setup")).json()
    origin = {"Origin": demo.url}
    session = await opened.request.post(f"{demo.url}/v1/session", data=setup["demo_sign_in"], headers=origin)
    assert session.status == 201
    await opened.goto(f"{demo.url}/phones")
    yield opened
    await context.close()
    assert errors == []


@pytest.fixture
def call(demo: Victim, page: Page) -> Call:
    """The API, as the agent who is signed in; answers the JSON."""

    async def do(path: str, body: Any = None) -> Any:
        token = (await (await page.request.get(f"{demo.url}/v1/session")).json())["csrf_token"]
        if body is None:
            return await (await page.request.get(demo.url + path)).json()
        headers = {"X-CSRF-Token": token, "Origin": demo.url}
        answer = await page.request.post(demo.url + path, data=body, headers=headers)
        assert answer.status == 201, await answer.text()
        return await answer.json()

    return do


def _phone(page: Page, name: str = "Nora Vidal") -> Locator:
    return page.get_by_role("region", name=f"{name}, WhatsApp")


async def _messages(call: Call, at_least: int) -> tuple[str, list[dict[str, Any]]]:
    """Nora's conversation, once the desk has so many messages of it."""

    async def find() -> tuple[str, list[dict[str, Any]]] | None:
        for talk in (await call("/v1/conversations"))["items"]:
            if talk["contact"]["name"] != "Nora Vidal":
                continue
            items = (await call(f"/v1/conversations/{talk['id']}/messages"))["items"]
            if len(items) >= at_least:
                return talk["id"], items
        return None

    found: tuple[str, list[dict[str, Any]]] = await until(find, seconds=20, what="Nora's messages")
    return found


async def test_what_a_phone_sends_reaches_the_desk_and_the_answer_the_phone(page: Page, call: Call) -> None:
    """S0-01 to S0-09: each kind sent by hand arrives; an offered button, a reaction and a reply answer."""
    phone = _phone(page)
    box = phone.get_by_role("textbox", name="Message as Nora")
    await box.fill("My Ridge 2 stops charging.")
    await box.press("Enter")
    for kind in ("Photo", "Voice message", "Location: a pin", "Location: a place", "Contact card"):
        await phone.get_by_role("button", name="Send something as Nora").click()
        await page.get_by_role("menuitem", name=kind, exact=True).click()
    talk, items = await _messages(call, 6)
    sent = sorted((each["content"] for each in items), key=lambda content: str(content["kind"]))
    assert [each["kind"] for each in sent] == ["audio", "contacts", "image", "location", "location", "text"]
    assert (sent[0]["voice"], sent[1]["cards"][0]["name"]) == (True, "Maya Lind")
    assert {each["location_type"] for each in sent[3:5]} == {"pin", "place"}

    buttons = [{"id": "mon", "title": "Monday"}, {"id": "tue", "title": "Tuesday"}]
    offer = {"kind": "interactive", "type": "buttons", "body": "Which day suits you?", "buttons": buttons}
    asked = await call(f"/v1/conversations/{talk}/messages", {"content": offer})
    await phone.get_by_role("button", name="Tuesday").click()
    question = phone.get_by_text("Which day suits you?").first
    await question.hover()
    await phone.get_by_role("button", name="React").click()
    await page.get_by_role("button", name="👍").click()
    await question.hover()
    await phone.get_by_role("button", name="Reply").click()
    await box.fill("In the morning")
    await box.press("Enter")
    _, items = await _messages(call, 10)
    answers = {each["content"]["kind"]: each for each in items[7:]}
    assert answers["interactive"]["content"]["id"] == "tue"
    assert answers["reaction"]["content"]["emoji"] == "👍"
    assert answers["text"]["reply_to"]["id"] == asked["id"]

    async def is_read() -> bool:
        return bool((await call(f"/v1/messages/{asked['id']}"))["status"] == "read")

    await until(is_read, seconds=20, what="the question read")


async def test_trouble_and_delays_are_set_shown_and_taken_back(page: Page, call: Call) -> None:
    """G3: with every hook sent twice the desk still has each message once; a delay is shown at its phone."""
    await page.get_by_role("button", name="Make trouble").click()
    duplicates = page.get_by_role("switch", name="Hooks arrive twice, one after the other")
    await duplicates.click()  # it turns when the simulator has said so
    await expect(duplicates).to_be_checked()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Trouble: 1 on")).to_be_visible()
    phone = _phone(page)
    for text in ("One", "Two"):
        await phone.get_by_role("textbox", name="Message as Nora").fill(text)
        await phone.get_by_role("textbox", name="Message as Nora").press("Enter")

    async def struck() -> bool:
        faults = (await call("/simulators/whatsapp/play/faults"))["faults"]
        return bool(faults[0]["hits"] >= 2)

    await until(struck, seconds=20, what="the duplicates")
    _, items = await _messages(call, 2)
    assert sorted(each["content"]["body"] for each in items) == ["One", "Two"]

    await page.get_by_role("button", name="Trouble: 1 on").click()
    await page.get_by_role("button", name="Turn all off").click()
    await expect(
        page.get_by_role("switch", name="Hooks arrive twice, one after the other")
    ).not_to_be_checked()
    await page.keyboard.press("Escape")
    amir = _phone(page, "Amir Haddad")
    await amir.get_by_role("button", name="Settings of Amir Haddad's phone").click()
    await page.get_by_label("What it sends arrives").select_option("8")
    await expect(_phone(page, "Amir Haddad").get_by_text("Delays 8 s")).to_be_visible()
    await page.get_by_label("What it sends arrives").select_option("0")
    await expect(_phone(page, "Amir Haddad").get_by_text("Delays 8 s")).to_have_count(0)


async def test_the_phones_of_one_channel_are_shown(page: Page) -> None:
    """Each channel has its tab; the web chat's is the sample shop."""
    await page.get_by_role("navigation", name="Channels").get_by_role("link", name="WhatsApp").click()
    await expect(_phone(page)).to_be_visible()
    await expect(page.get_by_role("region", name="Priya, web chat")).to_have_count(0)
    await page.get_by_role("link", name="Web chat").click()
    await expect(page.get_by_role("region", name="Priya, web chat")).to_be_visible()
    await expect(_phone(page)).to_have_count(0)


async def test_a_phone_is_added(page: Page) -> None:
    """A new phone is there at once, with a number that belongs to nobody."""
    await page.get_by_role("button", name="Add a phone").click()
    await page.get_by_role("textbox", name="Name").fill("Sam Okoro")
    await page.get_by_role("dialog").get_by_role("button", name="Add a phone").click()
    await expect(_phone(page, "Sam Okoro")).to_be_visible()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_m_18_where_the_window_is_closed_a_template_is_chosen_filled_in_and_read_on_the_phone(
    page: Page, call: Call, demo: Victim
) -> None:
    """M-18: read when the inbox is connected, offered by the composer, filled in by the provider."""
    inboxes = {each["channel"]: each["id"] for each in (await call("/v1/inboxes"))["items"]}
    token = (await call("/v1/session"))["csrf_token"]
    headers = {"X-CSRF-Token": token, "Origin": demo.url}
    connected = await page.request.post(
        f"{demo.url}/v1/inboxes/{inboxes['whatsapp']}/connect", headers=headers
    )
    steps = {step["name"]: step["detail"] for step in (await connected.json())["steps"]}
    assert steps["Message templates"] == "8 were read, 7 of them approved."
    nora = {"name": "Nora Vidal", "addresses": [{"scheme": "phone", "address": "+34600000001"}]}
    talk = await call("/v1/conversations", {"inbox_id": inboxes["whatsapp"], "contact": nora})
    assert (talk["can_send_text"], talk["window_closes_at"]) == (False, None)

    await page.goto(f"{demo.url}/inbox/all/{talk['id']}")
    form = page.get_by_role("form", name="Send a template")
    await expect(page.get_by_role("textbox", name="Reply")).to_have_count(0)
    await form.get_by_role("combobox", name="Template").select_option(label="order_update · en")
    send = form.get_by_role("button", name="Send template")
    await form.get_by_role("textbox", name="Variable 1").fill("Nora")
    await expect(send).to_be_disabled()
    await form.get_by_role("textbox", name="Variable 2").fill("1204")
    words = "Hello Nora, your order 1204 is ready."
    await expect(form.get_by_test_id("template-text")).to_have_text(words)
    await call(f"/v1/conversations/{talk['id']}/messages", {"direction": "note", "content": NOTE})
    await expect(page.get_by_text(NOTE["body"]).first).to_be_visible()
    await expect(form.get_by_role("textbox", name="Variable 2")).to_have_value("1204")
    await send.click()
    await expect(page.get_by_role("log").get_by_text(words)).to_be_visible()
    await page.goto(f"{demo.url}/phones")
    await expect(_phone(page).get_by_text(words)).to_be_visible()
    _, items = await _messages(call, 2)
    assert [item["content"]["kind"] for item in items] == ["text", "template"]
