"""Batches made of concurrent calls: all that waits, in order, nobody lost; a culprit stands alone."""

import asyncio
from collections.abc import Sequence

import pytest

from frontdesk.kit.coalesce import Coalescer, Full


class _Runner:
    """Doubles numbers; fails for batches that hold a poisoned one."""

    def __init__(self, poison: frozenset[int] = frozenset(), error: type[Exception] = ValueError) -> None:
        self.batches: list[list[int]] = []
        self.poison, self.error = poison, error
        self.gate: asyncio.Event | None = None
        self.started = asyncio.Event()
        self.running = self.most_running = 0

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        self.started.set()
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        if self.gate is not None:
            await self.gate.wait()
        await asyncio.sleep(0)
        self.running -= 1
        if self.poison & set(items):
            raise self.error(f"{sorted(self.poison & set(items))}")
        return [item * 2 for item in items]


async def test_all_that_waits_is_one_batch() -> None:
    run = _Runner()
    coalescer = Coalescer(run)
    assert await asyncio.gather(*(coalescer.submit(n) for n in range(5))) == [0, 2, 4, 6, 8]
    assert run.batches == [[0, 1, 2, 3, 4]]


async def test_what_comes_while_a_batch_runs_is_the_next_one() -> None:
    run = _Runner()
    run.gate = asyncio.Event()
    coalescer = Coalescer(run)
    first = coalescer.submit(1)
    await run.started.wait()
    others = [coalescer.submit(n) for n in (2, 3)]
    run.gate.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6]
    assert run.batches == [[1], [2, 3]]
    assert run.most_running == 1


async def test_a_batch_has_a_limit() -> None:
    run = _Runner()
    coalescer = Coalescer(run, limit=2)
    await asyncio.gather(*(coalescer.submit(n) for n in range(5)))
    assert run.batches == [[0, 1], [2, 3], [4]]


async def test_the_culprit_fails_alone() -> None:
    run = _Runner(frozenset({3}))
    coalescer = Coalescer(run)
    results = await asyncio.gather(*(coalescer.submit(n) for n in range(8)), return_exceptions=True)
    assert [str(result) for result in results] == ["0", "2", "4", "[3]", "8", "10", "12", "14"]
    assert run.batches == [[0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3], [0, 1], [2, 3], [2], [3], [4, 5, 6, 7]]


async def test_an_error_of_the_whole_batch_is_not_run_again() -> None:
    run = _Runner(frozenset({3}), ConnectionResetError)
    coalescer = Coalescer(run)
    results = await asyncio.gather(*(coalescer.submit(n) for n in range(4)), return_exceptions=True)
    assert {type(result) for result in results} == {ConnectionResetError}
    assert run.batches == [[0, 1, 2, 3]]


async def test_a_caller_that_went_away_does_not_matter() -> None:
    run = _Runner()
    coalescer = Coalescer(run)
    gone, stays = coalescer.submit(1), coalescer.submit(2)
    gone.cancel()
    assert await stays == 4
    assert run.batches == [[1, 2]]


async def test_too_many_are_refused_and_the_queue_goes_on() -> None:
    run = _Runner()
    coalescer = Coalescer(run, queue_limit=2)
    waiting = [coalescer.submit(1), coalescer.submit(2)]
    with pytest.raises(Full):
        _ = coalescer.submit(3)
    assert await asyncio.gather(*waiting) == [2, 4]
    assert await coalescer.submit(3) == 6


async def test_draining_waits_for_all() -> None:
    run = _Runner()
    coalescer = Coalescer(run, limit=1)
    waiting = [coalescer.submit(n) for n in range(4)]
    await coalescer.drain()
    assert [future.result() for future in waiting] == [0, 2, 4, 6]
    await coalescer.drain()


def _pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that are made, each over at once."""
    slept: list[float] = []
    timeout = asyncio.timeout

    def note(seconds: float) -> asyncio.Timeout:
        slept.append(seconds)
        return timeout(0)

    monkeypatch.setattr("frontdesk.kit.coalesce.asyncio.timeout", note)
    return slept


async def test_what_gathers_in_a_pause_is_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = _pauses(monkeypatch)
    run = _Runner()
    coalescer = Coalescer(run, limit=2, enough=2, pause=0.5)
    await asyncio.gather(*(coalescer.submit(n) for n in range(4)))  # two wait behind two: no pause between
    await coalescer.drain()
    assert slept.count(0.5) == 1  # behind the last, for nobody
    first = coalescer.submit(4)
    await first
    rest = [coalescer.submit(5), coalescer.submit(6)]  # before its pause begins
    await asyncio.gather(*rest)
    assert run.batches == [[0, 1], [2, 3], [4], [5, 6]]
    await coalescer.drain()
    assert await coalescer.submit(7) == 14


async def test_a_pause_ends_as_soon_as_enough_wait() -> None:
    run = _Runner()
    coalescer = Coalescer(run, enough=3, pause=3600)
    await asyncio.gather(*(coalescer.submit(n) for n in range(5)))
    rest = [coalescer.submit(n) for n in (5, 6)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert run.batches == [[0, 1, 2, 3, 4]]
    async with asyncio.timeout(20):
        await asyncio.gather(*rest, coalescer.submit(7))
    assert run.batches == [[0, 1, 2, 3, 4], [5, 6, 7]]


async def test_a_pause_ends_when_all_are_back_whom_the_last_batch_answered() -> None:
    run = _Runner()
    coalescer = Coalescer(run, enough=100, pause=3600, returning=True)
    async with asyncio.timeout(20):
        for _ in range(3):
            await asyncio.gather(*(coalescer.submit(n) for n in range(4)))
    assert run.batches == [[0, 1, 2, 3]] * 3


async def test_a_pause_waits_for_those_behind_the_last_batch_too() -> None:
    run = _Runner()
    run.gate = asyncio.Event()
    coalescer = Coalescer(run, enough=100, pause=3600, returning=True)
    first = [coalescer.submit(n) for n in range(2)]
    await run.started.wait()
    behind = coalescer.submit(2)
    run.gate.set()
    await asyncio.gather(*first)
    back = coalescer.submit(3)
    for _ in range(10):
        await asyncio.sleep(0)
    assert run.batches == [[0, 1]]
    async with asyncio.timeout(20):
        await asyncio.gather(behind, back, coalescer.submit(4))
    assert run.batches == [[0, 1], [2, 3, 4]]


async def test_a_pause_does_not_wait_for_the_last_of_many() -> None:
    run = _Runner()
    coalescer = Coalescer(run, enough=100, pause=3600, returning=True)
    await asyncio.gather(*(coalescer.submit(n) for n in range(16)))
    back = [coalescer.submit(n) for n in range(13)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(run.batches) == 1
    async with asyncio.timeout(20):
        await asyncio.gather(*back, coalescer.submit(13))
    assert [len(batch) for batch in run.batches] == [16, 14]


async def test_one_caller_who_calls_again_and_again_does_not_wait_for_the_pause() -> None:
    run = _Runner()
    coalescer = Coalescer(run, enough=8, pause=3600, returning=True)
    async with asyncio.timeout(20):
        for n in range(3):
            assert await coalescer.submit(n) == n * 2
    assert run.batches == [[0], [1], [2]]


async def test_a_pause_that_is_not_worth_it_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    slept, is_worth_it = _pauses(monkeypatch), False
    coalescer = Coalescer(_Runner(), enough=8, pause=0.5, is_worth_it=lambda: is_worth_it)
    await asyncio.gather(*(coalescer.submit(n) for n in range(4)))
    await coalescer.drain()
    assert slept == []
    is_worth_it = True
    await asyncio.gather(*(coalescer.submit(n) for n in range(4)))
    await coalescer.drain()
    assert slept == [0.5]


async def test_a_small_batch_is_not_followed_by_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = _pauses(monkeypatch)
    coalescer = Coalescer(_Runner(), enough=8, pause=0.5, crowd=3)
    await asyncio.gather(*(coalescer.submit(n) for n in range(2)))
    await coalescer.drain()
    assert 0.5 not in slept
    await asyncio.gather(*(coalescer.submit(n) for n in range(3)))
    await coalescer.drain()
    assert slept.count(0.5) == 1
