"""A headless Chromium for end-to-end tests: `browser` gives contexts, `page` one page of one of them."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium_path() -> Path | None:
    """Return the browser to drive, or None where this machine has none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser of this test alone; open one context for each person who takes part."""
    path = chromium_path()
    if path is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        await started.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page whose uncaught script errors fail the test."""
    context = await browser.new_context()
    opened = await context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    await context.close()
    assert errors == []
