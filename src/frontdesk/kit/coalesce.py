"""Turns concurrent single calls into batches. No word of our trade."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Full(Exception):
    """More calls wait than the coalescer may hold; the caller should try again a little later."""


class Coalescer(Generic[Item, Result]):
    """Takes all that waits, runs it as one batch, resolves, repeats. No timer, unless a pause is asked for.

    A batch that fails is split by halves until the culprit stands alone, so one bad item never fails its
    mates. An error listed in `whole` (the outcome is unknown, or nobody can be served now) fails all of the
    batch instead: running it again would be blind.

    Args:
        run: Runs one batch and answers one result per item, in order.
        limit: The largest batch.
        queue_limit: How many calls may wait before `Full` is raised.
        enough: A batch is followed by a pause in which the next one gathers, so that it is worth its cost.
            The pause ends when so many wait.
        pause: At most so many seconds. A call that finds nothing waiting or running never meets it.
        crowd: A batch smaller than this is not followed by a pause.
        is_worth_it: Asked before a pause; where it says no, there is none.
        returning: Who is answered calls again: the pause also ends when as many wait as were in the batch
            and behind it, for nobody else is to be expected; of eight or more an eighth is not waited for.
        whole: Errors that are the batch's, not an item's.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        limit: int = 256,
        queue_limit: int = 20_000,
        enough: int = 1,
        pause: float = 0.0,
        crowd: int = 1,
        is_worth_it: Callable[[], bool] = lambda: True,
        returning: bool = False,
        whole: tuple[type[BaseException], ...] = (OSError, asyncio.CancelledError),
    ) -> None:
        self._run, self._limit, self._queue_limit, self._whole = run, limit, queue_limit, whole
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._is_running, self._enough, self._pause, self._crowd = False, enough, pause, crowd
        self._is_worth_it = is_worth_it
        self._tasks: set[asyncio.Task[None]] = set()
        self._returning, self._goal, self._gathered = returning, enough, asyncio.Event()

    def submit(self, item: Item) -> asyncio.Future[Result]:
        """Queue one item.

        Raises:
            Full: Too many wait.
        """
        if len(self._waiting) >= self._queue_limit:
            raise Full
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, future))
        if len(self._waiting) == self._goal:
            self._gathered.set()
        if not self._is_running:
            self._is_running = True
            task = loop.create_task(self._flush())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return future

    async def drain(self) -> None:
        """Wait until nothing waits and nothing runs."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _flush(self) -> None:
        await asyncio.sleep(0)  # let everybody who is ready now join the first batch
        while self._waiting:
            size = min(len(self._waiting), self._limit)
            await self._settle([self._waiting.popleft() for _ in range(size)])
            if self._pause and size >= self._crowd and self._is_worth_it():
                known = size + len(self._waiting)
                await self._gather(min(known - known // 8, self._enough) if self._returning else self._enough)
        self._is_running = False  # no await between "empty" and this

    async def _gather(self, goal: int) -> None:
        """Let others come, until so many wait or the pause is over."""
        if len(self._waiting) >= goal:
            return
        self._goal = goal
        self._gathered.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await self._gathered.wait()

    async def _settle(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._run([item for item, _ in batch])
        except BaseException as error:
            if len(batch) > 1 and not isinstance(error, self._whole):
                middle = len(batch) // 2
                await self._settle(batch[:middle])
                await self._settle(batch[middle:])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)
