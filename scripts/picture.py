"""Make the README's picture: a demo desk, a short story told by the simulated phones, a screenshot.

`.venv/bin/python scripts/picture.py [OUT.png] [--dark]`. Needs Chromium on the PATH and the built console.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx2
from playwright.async_api import Page, async_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.services.browser import ARGUMENTS, chromium_path
from tests.torture.victim import Victim

OUT = Path(__file__).parents[1] / "docs" / "images" / "console.png"
NORA, AMIR, LENA, JULIAN = "34600000001", "447700900002", "4915112345603", "5491112345604"
CARD = {
    "name": {"formatted_name": "Daniel Vidal"},
    "phones": [{"phone": "+34 600 000 177", "wa_id": "34600000177"}],
}
WORKSHOP = {
    "latitude": 51.4545,
    "longitude": -2.5879,
    "name": "Rill workshop",
    "address": "14 Harbour Lane, Bristol",
}


async def _story(url: str, page: Page) -> None:
    async with httpx2.AsyncClient(base_url=f"{url}/simulators/whatsapp/play", trust_env=False) as phones:

        async def write(wa_id: str, **message: Any) -> str:
            answer = (await phones.post(f"/phones/{wa_id}/messages", json=message)).raise_for_status()
            await asyncio.sleep(0.4)
            return str(answer.json()["id"])

        await write(JULIAN, type="text", text="Do you ship the cargo rack to Rosario?")
        await write(LENA, type="voice")
        await write(AMIR, type="text", text="Running ten minutes late, is that fine?")
        first = await write(NORA, type="text", text="My Ridge 2 stops charging at three lamps.")
        await write(NORA, type="image", caption="It stays like this")
        await (
            page.get_by_role("list", name="Conversations").get_by_role("link").filter(has_text="Nora").click()
        )
        await _say(page, "We can update it while you wait. Bring it in any time today and ask for Tom.")
        await write(NORA, type="location", **WORKSHOP)
        await write(
            NORA, type="text", text="Good. My partner drops it off, I am at work until six.", reply_to=first
        )
        await write(NORA, type="contacts", contacts=[CARD])
        await page.get_by_role("tab", name="Note").click()
        await page.get_by_role("textbox", name="Note").fill(
            "That batch has the old cell firmware. Offer a loaner."
        )
        await page.get_by_role("button", name="Add note").click()
        await page.get_by_role("tab", name="Reply").click()
        await _say(page, "Perfect. He gets a loaner for the ride home.")
        await write(NORA, type="reaction", message_id=first, emoji="🙏")


async def _say(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Reply").fill(text)
    await page.get_by_role("button", name="Send", exact=True).click()
    await asyncio.sleep(2)


async def _picture(url: str, out: Path, *, dark: bool) -> None:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        context = await browser.new_context(
            viewport={"width": 1600, "height": 1000},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        page = await context.new_page()
        await page.goto(url)
        await page.get_by_role("button", name="Sign in as the demo owner").click()
        await _story(url, page)
        await asyncio.sleep(3)
        await page.screenshot(path=out)
        await browser.close()


def main() -> None:
    """Start a demo, tell the story, take the picture."""
    names = [word for word in sys.argv[1:] if not word.startswith("--")]
    out = Path(names[0]) if names else OUT
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        victim = Victim(folder, f"sqlite:///{folder / 'desk.db'}", options=["--demo"])
        victim.start(seconds=60)
        try:
            asyncio.run(_picture(victim.url, out, dark="--dark" in sys.argv))
        finally:
            victim.kill()


if __name__ == "__main__":
    main()
