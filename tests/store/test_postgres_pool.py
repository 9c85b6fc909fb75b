"""The pool's own corners: whoever gives up while a connection is opened leaves none behind."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from frontdesk.store import postgres_pool
from frontdesk.store.postgres_pool import Connection, PostgresPool


class Door:
    """Holds up every connection between its opening and its first use."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[Connection] = asyncio.Queue()
        self.is_open = asyncio.Event()

    async def hold(self, connection: Connection) -> tuple[int, datetime]:
        self.came.put_nowait(connection)
        await self.is_open.wait()
        return connection.get_server_pid(), datetime.now(UTC)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    door = Door()
    monkeypatch.setattr(postgres_pool, "_backend", door.hold)
    return door


@pytest.fixture
async def pool(postgres_url: str) -> AsyncIterator[PostgresPool]:
    pool = PostgresPool(postgres_url, size=1)
    yield pool
    await pool.close()


async def test_a_connection_given_up_while_it_is_opened_is_ended(pool: PostgresPool, door: Door) -> None:
    """Its place in the pool is free again."""
    taking = asyncio.create_task(pool.take())
    first = await door.came.get()
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert first.is_closed()
    door.is_open.set()
    second = await pool.take()
    assert not second.is_closed()
    pool.give(second)


async def test_a_connection_that_is_opened_while_the_store_closes_is_ended(
    pool: PostgresPool, door: Door
) -> None:
    taking = asyncio.create_task(pool.take())
    connection = await door.came.get()
    await pool.close()
    door.is_open.set()
    with pytest.raises(ConnectionResetError, match="the store was closed"):
        await taking
    assert connection.is_closed()


async def test_the_oldest_free_connection_is_lent_first(postgres_url: str) -> None:
    """Whatever order they come back in: the same few do the work."""
    pool = PostgresPool(postgres_url, size=3)
    try:
        first, second, third = [await pool.take() for _ in range(3)]
        for connection in (first, third, second):
            pool.give(connection)
        assert await pool.take() is first
        assert await pool.take() is second
        pool.give(first)
        assert await pool.take() is first
        first.terminate()
        pool.give(first)
        assert await pool.take() is third
        fourth = await pool.take()
        for connection in (fourth, third):
            pool.give(connection)
        assert await pool.take() is third
    finally:
        await pool.close()
