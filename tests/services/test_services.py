"""The services themselves: if one of these fails, no other test means anything."""

import asyncio
import socket
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import redis
from playwright.async_api import Page
from pytest_socket import SocketConnectBlockedError

from tests.services.databases import ENGINES, Lending


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


_ADD = """
INSERT INTO jobs (queue, key, account_id, payload, attempts, run_at, created_at)
VALUES ('q', gen_random_uuid(), gen_random_uuid(), '{}', 0, now(), now()) RETURNING id
"""


def test_a_database_lent_again_is_as_it_was_made(postgres_server: str, postgres_template: str) -> None:
    lending = Lending(postgres_server, postgres_template)
    with asyncio.Runner() as runner:
        with lending.database() as first:
            left_open = runner.run(asyncpg.connect(first))
            assert runner.run(left_open.fetchval(_ADD)) == 1
        with lending.database() as again:
            assert again == first
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
                runner.run(left_open.fetchval("SELECT 1"))
            connection = runner.run(asyncpg.connect(again))
            assert runner.run(connection.fetchval("SELECT count(*) FROM jobs")) == 0
            assert runner.run(connection.fetchval(_ADD)) == 1
            runner.run(connection.execute("ALTER TABLE jobs ADD COLUMN odd integer"))
        with lending.database() as third:
            assert third != again
        lending.close()
        server = runner.run(asyncpg.connect(postgres_server))
        names = [urlsplit(each).path.lstrip("/") for each in (first, third)]
        left = runner.run(server.fetchval("SELECT count(*) FROM pg_database WHERE datname = ANY($1)", names))
        runner.run(server.close())
        assert left == 0


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
