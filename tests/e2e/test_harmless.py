"""S3-22, S1-34: what customers write is shown as they wrote it, and nothing of it runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Page, expect

from frontdesk.api.web import STATIC
from tests.channels.email.inbox import CONFIG, INBOUND_KEY
from tests.channels.email.mails import multipart
from tests.channels.email.test_story import FORM, raw_form
from tests.e2e.test_main_job import NORA, PLAY, SLOW
from tests.torture.victim import Victim

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not (STATIC / "console").exists(), reason="needs the console: make setup"),
]

PAYLOADS = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg/onload=window.hit=1>",
    "<svg><script>window.hit=1</script></svg>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<a href=\"javascript:window.hit=1\">click</a>",
    "javascript:window.hit=1//http://rill.example",
    "http://rill.example/\" onmouseover=\"window.hit=1",
    "http://rill.example/'><img src=x onerror=window.hit=1>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.hit=1>",
    "<details open ontoggle=window.hit=1>",
    "<input autofocus onfocus=window.hit=1>",
    "<style>@import 'javascript:window.hit=1';</style>",
    "<base href=\"javascript:window.hit=1//\">",
    "<meta http-equiv=refresh content=\"0;url=javascript:window.hit=1\">",
    "<template><script>window.hit=1</script></template>",
    "<object data=\"data:text/html,<script>parent.hit=1</script>\"></object>",
    "<video><source onerror=window.hit=1></video>",
    "{{constructor.constructor('window.hit=1')()}}",
    "${window.hit=1}",
    "\u202e<img src=x onerror=window.hit=1>\u202c",
    "--></style></script><script>window.hit=1</script>",
    "<p style=\"background:url(javascript:window.hit=1)\">x</p>",
    "data:text/html,<script>window.hit=1</script>",
)  # fmt: skip
FORBIDDEN = "script, style, iframe, object, embed, math, form, base, meta, link, template"


@pytest.fixture
def demo(sqlite_url: str, tmp_path: Path) -> Iterator[Victim]:
    """The demo; what is shown does not depend on the engine."""
    victim = Victim(tmp_path, sqlite_url, options=["--demo"])
    victim.start(seconds=60)
    yield victim
    victim.kill()


async def _signed_in(demo: Victim, browser: Browser) -> Page:
    context = await browser.new_context(viewport={"width": 1600, "height": 1000}, reduced_motion="reduce")
    page = await context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    await page.goto(f"{demo.url}/sign-in?then=%2F%5Cevil.example")  # refusal 49: nobody is led elsewhere
    await page.get_by_role("button", name="Sign in as the demo owner").click()
    await expect(page.get_by_role("list", name="Conversations").get_by_role("link")).to_be_visible(
        timeout=SLOW
    )
    return page


async def _assert_harmless(page: Page, where: str) -> None:
    assert await page.evaluate("window.hit") is None
    assert await page.locator(where).locator(FORBIDDEN).count() == 0
    risky = """nodes => nodes.flatMap(node => [...node.querySelectorAll('*')]).flatMap(node =>
        [...node.attributes].filter(({name, value}) => /^on/i.test(name) ||
        (/^(href|src|action|formaction|data)$/.test(name) &&
        /^\\s*(javascript|vbscript|data:text)/i.test(value))
        ).map(({name, value}) => name + '=' + value))"""
    assert await page.locator(where).evaluate_all(risky) == []


async def _mail_inbox(page: Page, url: str) -> str:
    """An inbox that mails can be posted to; answers the address for them."""
    session = await (await page.request.get(f"{url}/v1/session")).json()
    made = await page.request.post(
        f"{url}/v1/inboxes",
        data={"channel": "email", "name": "Mail", "config": CONFIG},
        headers={"X-CSRF-Token": session["csrf_token"], "Origin": url},
    )
    assert made.ok, await made.text()
    return f"{url}/hooks/email/{(await made.json())['id']}?key={INBOUND_KEY}"


async def _assert_mails_are_harmless(page: Page, url: str) -> None:
    """Refusal 42, 43, 44: HTML, names, subject and file name of a mail; what it quotes is folded."""
    asked: list[str] = []
    await page.context.route("https://far.example/**", lambda route: route.abort())
    page.on("request", lambda request: asked.append(request.url))
    hook = await _mail_inbox(page, url)
    picture = '<img src="https://far.example/seen.png" alt="far">'
    quoted = '<div class="gmail_quote"><blockquote>an older mail</blockquote></div>'
    html = f"<p>Good day</p>{picture}<p>The end</p>{quoted}{'<br>'.join(PAYLOADS)}"
    raw = multipart(
        "mixed",
        f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}",
        f'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="{PAYLOADS[2]}.pdf"'
        "\r\n\r\n%PDF-1.4",
        Subject=PAYLOADS[0],
        From=f'"{PAYLOADS[1]}" <eve@customer.example>',
        Cc=f'"{PAYLOADS[1]}" <cc@customer.example>',
    )
    taken = await page.request.post(hook, data=raw_form(raw), headers=FORM)
    assert taken.ok, await taken.text()
    row = page.get_by_role("list", name="Conversations").get_by_role("link").filter(has_text=PAYLOADS[0])
    await row.click(timeout=SLOW)
    log = page.get_by_role("log", name="Messages")
    frame = log.frame_locator("iframe")
    body = frame.locator("body")
    await expect(body.get_by_text("Good day")).to_be_visible(timeout=SLOW)
    await expect(body.get_by_text("The end")).to_be_attached()
    await expect(body.get_by_text("an older mail")).to_have_count(0)
    assert await page.evaluate("window.hit") is None
    assert await body.locator(FORBIDDEN).count() == 0
    assert not [url for url in asked if "far.example" in url]
    await log.get_by_role("button", name="Show pictures").click()
    await expect(body.locator("img[src]")).to_have_count(1, timeout=SLOW)
    await log.get_by_role("button", name="Show the quoted text").click()
    await expect(body.get_by_text("an older mail")).to_be_visible(timeout=SLOW)
    assert [url for url in asked if "far.example" in url][:1] == ["https://far.example/seen.png"]
    assert await page.evaluate("window.hit") is None
    await expect(log.locator("iframe")).to_have_attribute(
        "sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    )


async def test_s3_22_a_customer_s_text_names_and_files_run_nothing_in_the_console(
    demo: Victim, browser: Browser
) -> None:
    async with httpx2.AsyncClient(base_url=demo.url + PLAY, trust_env=False, timeout=20) as phones:

        async def write(**message: Any) -> None:
            (await phones.post(f"/phones/{NORA}/messages", json=message)).raise_for_status()

        name = PAYLOADS[1]
        (await phones.patch(f"/phones/{NORA}", json={"name": name})).raise_for_status()
        for text in PAYLOADS:
            await write(type="text", text=text)
        await write(type="document", filename=f"{PAYLOADS[2]}.pdf", caption=PAYLOADS[0])
        await write(
            type="location", latitude=1, longitude=2, name=name, address=name, url="javascript:window.hit=1"
        )
        card = {"name": {"formatted_name": name}, "urls": [{"url": "javascript:window.hit=1"}]}
        await write(type="contacts", contacts=[card])
    page = await _signed_in(demo, browser)
    await page.get_by_role("list", name="Conversations").get_by_role("link").first.click()
    log = page.get_by_role("log", name="Messages")
    await expect(log.get_by_text(PAYLOADS[-1], exact=True)).to_be_visible(timeout=SLOW)
    for text in PAYLOADS:
        shown = log.get_by_text(text.strip("\u202e\u202c"), exact="\u202e" not in text)
        await expect(shown.first).to_be_attached()
    await _assert_harmless(page, "body #root, body main")
    await _assert_mails_are_harmless(page, demo.url)
    await page.context.close()


async def test_s3_22_an_answer_runs_nothing_on_the_visitor_s_page(demo: Victim, browser: Browser) -> None:
    context = await browser.new_context(reduced_motion="reduce", locale="en-GB")
    visitor = await context.new_page()
    await visitor.goto(f"{demo.url}/demo/shop")
    await visitor.get_by_role("button", name="Open chat").click()
    await visitor.get_by_role("textbox", name="Message").fill(PAYLOADS[0])
    await visitor.keyboard.press("Enter")
    page = await _signed_in(demo, browser)
    await page.get_by_role("list", name="Conversations").get_by_role("link").first.click()
    for text in PAYLOADS[:6]:
        await page.get_by_role("textbox", name="Reply").fill(text)
        await page.get_by_role("button", name="Send", exact=True).click()
    heard = visitor.get_by_role("region", name="Messages")
    for text in PAYLOADS[:6]:
        await expect(heard.get_by_text(text, exact=True).first).to_be_visible(timeout=SLOW)
    assert await visitor.evaluate("window.hit") is None
    assert await heard.locator(FORBIDDEN).count() == 0
    await _assert_harmless(page, "main")
    await context.close()
    await page.context.close()
