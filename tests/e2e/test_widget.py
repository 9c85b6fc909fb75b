"""The widget on a strict page in a browser (S2-25, M-20): a visitor writes, is answered, loses nothing."""

import hashlib
import hmac
import json
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, FilePayload, Locator, Page, expect

from frontdesk.api.web import STATIC
from tests.desk import RunningDesk, Tenant, running_desk, until
from tests.e2e.shop import Gateway, Shop, shop

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not (STATIC / "widget" / "widget.js").exists(), reason="needs the widget: make setup"),
]

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
SECRET = "a secret of sixteen or more"
Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """One visitor's browser."""
    made = await browser.new_context(reduced_motion="reduce", locale="en-GB")
    yield made
    await made.close()


@pytest.fixture
async def visit(context: BrowserContext) -> AsyncIterator[Open]:
    """Open a strict page with the widget; an uncaught error or a breach of its policy fails the test."""
    errors: list[str] = []
    pages: list[tuple[Page, bool]] = []
    async with AsyncExitStack() as stack:

        async def go(
            desk_url: str, key: str, *, is_quiet: bool = True, on: Shop | None = None, **more: Any
        ) -> Page:
            site = on if on is not None else await stack.enter_async_context(shop(desk_url, key, **more))
            page = await context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            pages.append((page, is_quiet))
            await page.goto(site.url)
            return page

        yield go
        for page, is_quiet in pages:
            if is_quiet:
                errors += await page.evaluate("window.violations")
    assert errors == []


async def _inbox(owner: Tenant, **config: Any) -> dict[str, Any]:
    greeting = {"default": "Ask us anything.", "es": "Pregunta lo que quieras."}
    return await owner.inbox("webchat", "Rill Bikes", config, greeting=greeting)


def _said(page: Page, text: str) -> Locator:
    """The text in the conversation; beside it is the line that tells screen readers what came."""
    return page.get_by_role("region", name="Messages").get_by_text(text, exact=True)


async def _write(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Message").fill(text)
    await page.keyboard.press("Enter")


async def _open_chat(page: Page) -> None:
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.get_by_role("textbox", name="Message")).to_be_focused()


async def _talk(owner: Tenant, texts: int = 1) -> dict[str, Any]:
    """The one conversation there is, once the visitor's messages have come."""

    async def find() -> dict[str, Any] | None:
        found = (await owner.get("/v1/conversations"))["items"]
        return found[0] if found and found[0]["unread"] >= texts else None

    talk: dict[str, Any] = await until(find, what="the visitor's conversation")
    return talk


async def _bodies(owner: Tenant, talk: dict[str, Any]) -> list[str]:
    page = await owner.get(f"/v1/conversations/{talk['id']}/messages", limit=100)
    return [each["content"]["body"] for each in page["items"] if each["content"]["kind"] == "text"]


async def _answer(owner: Tenant, talk: dict[str, Any], content: dict[str, Any] | str) -> dict[str, Any]:
    content = {"kind": "text", "body": content} if isinstance(content, str) else content
    sent: dict[str, Any] = await owner.post(f"/v1/conversations/{talk['id']}/messages", {"content": content})
    return sent


def _picture() -> FilePayload:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(
        b"\0" + bytes(value for x in range(64) for value in (x * 4, y * 5, 160)) for y in range(48)
    )
    head = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    content = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return {"name": "lamp.png", "mimeType": "image/png", "buffer": content}


async def test_a_visitor_writes_and_finds_it_again_after_a_reload(desk: RunningDesk, visit: Open) -> None:
    """M-20, S2-25: one script tag on a strict page; greeting, message, answer, typing, badge and history."""
    inbox = await _inbox(desk.owner)
    page = await visit(desk.url, inbox["public_key"])
    await _open_chat(page)
    await expect(page.get_by_text("Ask us anything.")).to_be_visible()
    await _write(page, "Is the Ridge 2 in stock?")
    talk = await _talk(desk.owner)
    assert await _bodies(desk.owner, talk) == ["Is the Ridge 2 in stock?"]

    await desk.owner.post(f"/v1/conversations/{talk['id']}/typing", {"state": "on"}, status=204)
    await expect(page.get_by_text("is typing")).to_be_visible()
    sent = await _answer(desk.owner, talk, "In red and in green, see https://rill.example/ridge.")
    await expect(page.get_by_role("link", name="https://rill.example/ridge")).to_be_visible()
    await expect(page.get_by_text("is typing")).to_have_count(0)

    async def is_read() -> bool:
        return bool((await desk.owner.get(f"/v1/messages/{sent['id']}"))["status"] == "read")

    await until(is_read, what="the answer read")

    await page.evaluate("void Frontdesk.on('unread', count => (window.unread = count))")
    await page.get_by_role("button", name="Close chat").first.click()
    await _answer(desk.owner, talk, "Shall we keep one for you?")
    await expect(page.get_by_role("button", name="Open chat, 1 new message")).to_be_visible()
    assert await page.evaluate("window.unread") == 1

    await page.reload()
    await page.get_by_role("button", name="Open chat, 1 new message").click()
    log = page.get_by_role("region", name="Messages")
    await expect(log.locator(".bub")).to_have_text(
        [
            "Ask us anything.",
            "Is the Ridge 2 in stock?",
            "In red and in green, see https://rill.example/ridge.",
            "Shall we keep one for you?",
        ]
    )


async def test_a_visitor_sends_a_picture(desk: RunningDesk, visit: Open) -> None:
    """M-20: a file goes up, the agent gets its very bytes, the visitor sees it from the desk."""
    inbox = await _inbox(desk.owner)
    page = await visit(desk.url, inbox["public_key"])
    await _open_chat(page)
    picture = _picture()
    await page.locator("input[type=file]").set_input_files(picture)
    shown = page.get_by_role("img", name="lamp.png")
    await expect(shown).to_be_visible()
    assert await shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64

    talk = await _talk(desk.owner)
    page_of = await desk.owner.get(f"/v1/conversations/{talk['id']}/messages")
    content = page_of["items"][-1]["content"]
    assert (content["kind"], content["media"]["filename"], content["media"]["mime"]) == (
        "image",
        "lamp.png",
        "image/png",
    )
    fetched = await desk.client().get(content["media"]["url"])
    assert fetched.content == picture["buffer"]


async def test_a_visitor_presses_an_offered_answer(desk: RunningDesk, visit: Open) -> None:
    """S2-25: buttons are quick replies; one press, here of a key, answers the message that offered it."""
    inbox = await _inbox(desk.owner)
    page = await visit(desk.url, inbox["public_key"])
    await _open_chat(page)
    await _write(page, "Which size?")
    talk = await _talk(desk.owner)
    buttons = [{"id": "m", "title": "Size M"}, {"id": "l", "title": "Size L"}]
    offer = await _answer(
        desk.owner,
        talk,
        {"kind": "interactive", "type": "buttons", "body": "How tall are you?", "buttons": buttons},
    )
    await _answer(desk.owner, talk, "Take your time.")
    await expect(_said(page, "Take your time.")).to_be_visible()
    offered = page.get_by_role("group", name="Choose an answer").get_by_role("button")
    await expect(offered).to_have_text(["Size M", "Size L"])
    await offered.nth(1).press("Enter")
    await expect(offered).to_have_count(0)
    await expect(page.get_by_role("region", name="Messages")).to_be_focused()
    await _write(page, "Thank you")
    await _talk(desk.owner, 3)
    *_, last, thanks = (await desk.owner.get(f"/v1/conversations/{talk['id']}/messages"))["items"]
    assert thanks["content"]["body"] == "Thank you", "the answer came once"
    assert (last["content"]["type"], last["content"]["id"], last["content"]["title"]) == (
        "button_reply",
        "l",
        "Size L",
    )
    assert last["reply_to"]["id"] == offer["id"]


async def test_both_tabs_of_a_visitor_show_both_sides(desk: RunningDesk, visit: Open) -> None:
    """M-20: the same visitor in two tabs."""
    inbox = await _inbox(desk.owner)
    async with shop(desk.url, inbox["public_key"]) as site:
        one = await visit(desk.url, inbox["public_key"], on=site)
        await _open_chat(one)
        await _write(one, "From the first tab")
        talk = await _talk(desk.owner)
        two = await visit(desk.url, inbox["public_key"], on=site)
        await expect(_said(two, "From the first tab")).to_be_visible()
        await _write(two, "From the second tab")
        await expect(_said(one, "From the second tab")).to_have_count(1)
        await _talk(desk.owner, texts=2)  # tabs share what is still to be sent: seen is not yet stored
        await _answer(desk.owner, talk, "To both")
        for page in (one, two):
            await expect(_said(page, "To both")).to_have_count(1)
        assert await _bodies(desk.owner, talk) == ["From the first tab", "From the second tab", "To both"]


async def test_an_identified_visitor_is_verified_and_a_forged_one_is_not(
    desk: RunningDesk, visit: Open
) -> None:
    """Guarantee 21: an identity counts only with its proof; without it the chat still works, namelessly."""
    inbox = await _inbox(desk.owner, identity_secret=SECRET)
    proof = hmac.new(SECRET.encode(), b"user-7", hashlib.sha256).hexdigest()
    known = f' data-identifier="user-7" data-hash="{proof}" data-name="Nora Vidal"'
    page = await visit(desk.url, inbox["public_key"], attributes=known)
    await _open_chat(page)
    await _write(page, "It is me")
    talk = await _talk(desk.owner)
    contact = await desk.owner.get(f"/v1/contacts/{talk['contact']['id']}")
    assert (contact["name"], contact["verified"]) == ("Nora Vidal", True)

    await page.context.clear_cookies()
    await page.evaluate("localStorage.clear()")
    forged = ' data-identifier="user-7" data-hash="0000" data-name="Mallory"'
    other = await visit(desk.url, inbox["public_key"], attributes=forged)
    await _open_chat(other)
    await expect(other.get_by_text("It is me")).to_have_count(0)
    await _write(other, "Let me in")

    async def found() -> list[bool]:
        talks = (await desk.owner.get("/v1/conversations"))["items"]
        ids = [each["contact"]["id"] for each in talks]
        return (
            [(await desk.owner.get(f"/v1/contacts/{each}"))["verified"] for each in ids]
            if len(ids) == 2
            else []
        )

    assert sorted(await until(found, what="the second conversation")) == [False, True]


async def test_a_page_that_forbids_sockets_is_served_by_a_stream(desk: RunningDesk, visit: Open) -> None:
    """M-20: where WebSockets do not come through, server-sent events do."""
    inbox = await _inbox(desk.owner)
    page = await visit(desk.url, inbox["public_key"], sockets=False, is_quiet=False)
    await _open_chat(page)
    await _write(page, "Without a socket")
    talk = await _talk(desk.owner)
    await _answer(desk.owner, talk, "Heard all the same")
    await expect(_said(page, "Heard all the same")).to_be_visible(timeout=20_000)


@pytest.mark.slow
async def test_nothing_is_lost_or_doubled_over_a_restart(
    database_url: str, tmp_path: Path, visit: Open
) -> None:
    """G9: the desk goes away; both sides write meanwhile or right after; all of it is there once."""
    folder = tmp_path / "data"
    async with Gateway() as gateway:
        async with running_desk(database_url, folder) as first:
            gateway.target = first.url
            inbox = await _inbox(first.owner)
            token = first.owner.token
            page = await visit(gateway.url, inbox["public_key"])
            await _open_chat(page)
            await _write(page, "Before")
            talk = await _talk(first.owner)
            gateway.cut()
        await _write(page, "Meanwhile one")
        await _write(page, "Meanwhile two")
        async with running_desk(database_url, folder, owned=False) as second:
            owner = Tenant(
                second, first.owner.account_id, first.owner.user_id, "", token, second.client(token)
            )
            await _answer(owner, talk, "Sent while you were away")
            gateway.target = second.url
            await page.reload()
            await expect(_said(page, "Sent while you were away")).to_be_visible(timeout=30_000)
            await _talk(owner, 3)
            assert sorted(await _bodies(owner, talk)) == [
                "Before", "Meanwhile one", "Meanwhile two", "Sent while you were away",
            ]  # fmt: skip
            for text in ("Before", "Meanwhile one", "Meanwhile two"):
                await expect(_said(page, text)).to_have_count(1)
            gateway.cut()
            gateway.target = second.url
            await _answer(owner, talk, "After the line was cut")
            await expect(_said(page, "After the line was cut")).to_have_count(1, timeout=30_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_chat_is_accessible(desk: RunningDesk, visit: Open, theme: str) -> None:
    """M-25: axe finds nothing, closed and open; on a phone the focus stays inside; Esc gives it back."""
    inbox = await _inbox(desk.owner, accent="#ffd400")
    page = await visit(desk.url, inbox["public_key"], attributes=f' data-theme="{theme}"')
    await page.get_by_role("button", name="Open chat").wait_for()
    assert await _axe(page) == []
    await _open_chat(page)
    await _write(page, "Hello")
    talk = await _talk(desk.owner)
    await _answer(desk.owner, talk, "Hello, how can we help?")
    await expect(_said(page, "Hello, how can we help?")).to_be_visible()
    assert await _axe(page) == []

    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.get_by_role("dialog")).to_have_js_property("offsetHeight", 844)
    assert await _axe(page) == []
    focused = "document.activeElement.shadowRoot?.activeElement?.getAttribute('aria-label')"
    stops = []
    for _ in range(6):
        await page.keyboard.press("Tab")
        stops.append(await page.evaluate(focused))
    assert stops == ["Attach a file", "Send", "Close chat", "Messages", "Reply", "Message"]
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Open chat")).to_be_focused()


async def _axe(page: Page) -> list[Any]:
    """What axe finds. Set in from outside, because the page itself lets in no foreign script."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Runtime.evaluate", {"expression": AXE.read_text()})
    told = "JSON.stringify(found.violations.map(one => [one.id, one.nodes.map(node => node.target)]))"
    run = f"axe.run({{resultTypes: ['violations']}}).then(found => {told})"
    answer = await devtools.send(
        "Runtime.evaluate", {"expression": run, "awaitPromise": True, "returnByValue": True}
    )
    findings: list[Any] = json.loads(answer["result"]["value"])
    return findings


async def test_the_widget_speaks_the_pages_language(desk: RunningDesk, visit: Open) -> None:
    """M-25: a Spanish page gets Spanish words and greeting."""
    inbox = await _inbox(desk.owner)
    page = await visit(desk.url, inbox["public_key"], language="es")
    await page.get_by_role("button", name="Abrir el chat").click()
    await expect(page.get_by_text("Pregunta lo que quieras.")).to_be_visible()
    await expect(page.get_by_placeholder("Escribe un mensaje")).to_be_focused()
