"""A coroutine begun outside a task, and finished inside one."""

import asyncio

import pytest

from frontdesk.kit.stepping import Unfinished, begin, finish


async def test_what_does_not_wait_is_done_at_once() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    assert begin(work()) is None
    assert done == [1]


async def test_what_waits_is_finished_by_whoever_awaits_it() -> None:
    opened, steps = asyncio.Event(), []

    async def work() -> None:
        steps.append("begun")
        await opened.wait()
        steps.append("opened")
        await asyncio.sleep(0)
        steps.append("done")

    begun = begin(work())
    assert isinstance(begun, Unfinished)
    assert steps == ["begun"]
    task = asyncio.get_running_loop().create_task(_finish(begun))
    await asyncio.sleep(0)
    assert steps == ["begun"]
    opened.set()
    await task
    assert steps == ["begun", "opened", "done"]


async def test_what_was_opened_before_it_is_awaited_goes_on() -> None:
    opened = asyncio.Event()
    begun = begin(_wait(opened))
    assert isinstance(begun, Unfinished)
    opened.set()
    async with asyncio.timeout(1):
        await finish(begun)


async def test_trouble_comes_where_it_is_met() -> None:
    async def fails() -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        begin(fails())

    async def fails_later() -> None:
        await asyncio.sleep(0.001)
        raise OSError("gone later")

    begun = begin(fails_later())
    assert isinstance(begun, Unfinished)
    with pytest.raises(OSError, match="gone later"):
        await finish(begun)


async def test_a_cancelled_task_cancels_what_it_finishes() -> None:
    left: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.append("cleaned up")

    begun = begin(work())
    assert isinstance(begun, Unfinished)
    task = asyncio.get_running_loop().create_task(_finish(begun))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left == ["cleaned up"]


async def _finish(begun: Unfinished) -> None:
    await finish(begun)


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
