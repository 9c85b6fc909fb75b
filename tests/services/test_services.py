"""The services themselves: if one of these fails, no other test means anything."""

import socket
import sqlite3
from pathlib import Path

import asyncpg
import pytest
import redis
from playwright.async_api import Page
from pytest_socket import SocketConnectBlockedError

from tests.services.databases import ENGINES


def test_s1_08_whoever_asks_for_a_database_or_a_desk_runs_on_both_engines(database_url: str) -> None:
    """S1-08: one code, one suite, two engines; the fixtures that all these tests ask for have both."""
    assert ENGINES == ("sqlite", "postgresql")
    assert database_url.split(":", maxsplit=1)[0] in ENGINES


async def test_each_engine_gives_an_empty_database(empty_database_url: str) -> None:
    scheme, _, rest = empty_database_url.partition("://")
    if scheme == "sqlite":
        with sqlite3.connect(rest) as connection:
            assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
        connection.close()
        return
    server = await asyncpg.connect(empty_database_url)
    tables = await server.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    await server.close()
    assert (scheme, tables) == ("postgresql", 0)


def test_redis_is_empty_at_the_start_of_a_test(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


@pytest.mark.e2e
async def test_the_browser_shows_a_page(page: Page, tmp_path: Path) -> None:
    shown = tmp_path / "page.html"
    shown.write_text("<title>Frontdesk</title><h1>Good morning</h1>")
    await page.goto(shown.as_uri())
    assert await page.locator("h1").inner_text() == "Good morning"


def test_only_loopback_is_reachable() -> None:
    with (
        socket.socket() as probe,
        pytest.warns(UserWarning, match="192.0.2.1"),
        pytest.raises(SocketConnectBlockedError),
    ):
        probe.connect(("192.0.2.1", 80))
