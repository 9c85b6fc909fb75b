"""Hooks on their way to the desk: in order per phone, tried again as providers do, spoilt on demand.

How a hook's body and signature look is the provider's: it gives a `HookWire`.
"""

import asyncio
import dataclasses
import hashlib
import itertools
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from frontdesk.kit.http import ConnectFailed, HttpClient, HttpFailed, OutcomeUnknown, Response
from frontdesk.simulators.base.faults import FaultKind, Faults
from frontdesk.simulators.base.ledger import LedgerHook
from frontdesk.simulators.base.state import AnyState

RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 2.0, 5.0, 5.0, 5.0, 5.0, 10.0, 10.0, 10.0, 30.0, 60.0)
"""Waits before each further try. Providers try for hours or days, ever more rarely; here it ends sooner."""
LANES = 4
MAX_QUEUE = 20_000
TIMEOUT_SECONDS = 10.0
_GATHER_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Hook:
    """One thing to tell a business, about one phone."""

    business: str
    phone: str
    """Hooks of one phone keep their order."""
    ids: tuple[str, ...]
    """What it is about, for the ledger: a message's id, or `<id>:<status>`."""
    value: Any
    """What the provider's wire makes the body of, as JSON."""
    on_taken: Callable[[], None] | None = None
    """Called once the hook was taken."""
    number: int = 0
    """In the journal."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which try of a hook this is."""

    number: int
    """1 for the first; 0 for a duplicate or a wrongly signed one made by a fault."""
    is_signed_well: bool
    last_status: int | None = None
    """What the try before was answered with; None: nothing."""


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A hook as it goes out."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class HookWire(Protocol):
    """How a provider writes and signs its hooks."""

    def body(self, hooks: Sequence[Hook], shape: str) -> bytes:
        """The body; several hooks only after a `hook_batch` fault, whose shape is given (else empty)."""
        ...

    def request(self, hook: Hook, body: bytes, attempt: Attempt) -> HookRequest | None:
        """The request, signed now (well or, by the attempt, not); None: this business has no hook."""
        ...

    def is_taken(self, response: Response) -> bool:
        """Whether the answer says that the hook was taken, so that it need not come again."""
        ...


class HookRecorder:
    """Writes down what is to be delivered; this one writes nothing (see `journal` for the one that does)."""

    def hook(self, hook: Hook) -> int:
        """A hook is to be delivered; the number says which one was taken later."""
        return hook.number

    def taken(self, number: int) -> None:
        """A hook was taken, or given up."""


class HookSender:
    """Delivers hooks. One phone's hooks keep their order unless a fault or a refusal breaks it."""

    def __init__(
        self,
        state: AnyState,
        faults: Faults,
        wire: HookWire,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        self._state, self._faults, self._wire = state, faults, wire
        self._retry_seconds = tuple(retry_seconds)
        self._lanes: list[asyncio.Queue[Hook]] = []
        self._clients: dict[str, HttpClient] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self.journal = HookRecorder()
        self.dropped = 0
        self.given_up = 0
        self.underway = 0

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Begin to deliver, in tasks of this group."""
        self._tasks = tasks
        self._lanes = [asyncio.Queue(MAX_QUEUE) for _ in range(LANES)]
        for lane in self._lanes:
            tasks.create_task(self._work(lane))

    async def stop(self) -> None:
        """Close the connections; the group ends the tasks."""
        self._tasks = None
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def put(self, hook: Hook) -> None:
        """Deliver this after what the phone's lane already has."""
        if not self._lanes:
            self.dropped += 1
            return
        lane = self._lanes[zlib.crc32(hook.phone.encode()) % len(self._lanes)]
        if lane.full():
            self.journal.taken(lane.get_nowait().number)
            self.underway -= 1
            self.dropped += 1
        lane.put_nowait(dataclasses.replace(hook, number=self.journal.hook(hook)))
        self.underway += 1

    async def call(self, method: str, url: str, **more: Any) -> Response:
        """One request to the desk beside the hooks, such as a challenge. Raises HttpFailed."""
        return await self._client(url).request(
            method, url, timeout_seconds=TIMEOUT_SECONDS, max_bytes=100_000, **more
        )

    async def _work(self, lane: asyncio.Queue[Hook]) -> None:
        while True:
            hook = await lane.get()
            if self._strikes(FaultKind.HOOK_REORDER, hook):
                for later in await _gather(lane, 1):
                    await self._deliver([later])
                await self._deliver([hook])
                continue
            fault = self._faults.next(FaultKind.HOOK_BATCH, hook.business, hook.phone)
            more = await _gather(lane, fault.size - 1) if fault else []
            await self._deliver([hook, *more], fault.shape if fault and more else "")

    def _strikes(self, kind: FaultKind, hook: Hook) -> bool:
        return self._faults.next(kind, hook.business, hook.phone) is not None

    async def _deliver(self, hooks: list[Hook], shape: str = "") -> None:
        first = hooks[0]
        if fault := self._faults.next(FaultKind.HOOK_DELAY, first.business, first.phone):
            await asyncio.sleep(fault.seconds)
        body = self._wire.body(hooks, shape)
        if self._strikes(FaultKind.HOOK_BAD_SIGNATURE, first):
            await self._post(hooks, body, Attempt(0, is_signed_well=False))
        again = Attempt(0, is_signed_well=True)
        if self._strikes(FaultKind.HOOK_CONCURRENT, first):
            await asyncio.gather(self._until_taken(hooks, body), self._post(hooks, body, again))
        else:
            await self._until_taken(hooks, body)
        if self._strikes(FaultKind.HOOK_DUPLICATE, first):
            await self._post(hooks, body, again)

    async def _until_taken(
        self, hooks: list[Hook], body: bytes, first: int = 1, last_status: int | None = None
    ) -> None:
        """Try until taken. While nobody answers the lane waits; a refusal is tried again beside it."""
        for number in itertools.count(first):
            is_taken, last_status = await self._post(
                hooks, body, Attempt(number, is_signed_well=True, last_status=last_status)
            )
            if is_taken:
                self._done(hooks)
                for hook in hooks:
                    if hook.on_taken is not None:
                        hook.on_taken()
                return
            is_over = number > len(self._retry_seconds) or self.underway > 2 * LANES * MAX_QUEUE
            if is_over or self._tasks is None:
                self.given_up += len(hooks)
                self._done(hooks)
                return
            if last_status is not None and number == 1:
                self._tasks.create_task(self._again(hooks, body, last_status))
                return
            await asyncio.sleep(self._retry_seconds[number - 1])

    async def _again(self, hooks: list[Hook], body: bytes, last_status: int) -> None:
        await asyncio.sleep(self._retry_seconds[0])
        await self._until_taken(hooks, body, 2, last_status)

    def _done(self, hooks: list[Hook]) -> None:
        self.underway -= len(hooks)
        for hook in hooks:
            self.journal.taken(hook.number)

    async def _post(self, hooks: Sequence[Hook], body: bytes, attempt: Attempt) -> tuple[bool, int | None]:
        """One request: whether it was taken, and its status (None: no answer). Written to the ledger."""
        request = self._wire.request(hooks[0], body, attempt)
        if request is None:
            return True, None
        entry = self._entry(hooks, request.body, attempt)
        try:
            response = await self._client(request.url).request(
                "POST",
                request.url,
                content=request.body,
                headers=dict(request.headers),
                timeout_seconds=TIMEOUT_SECONDS,
            )
        except (ConnectFailed, OutcomeUnknown) as error:
            entry.error = type(error).__name__
            return False, None
        except HttpFailed as error:
            entry.error = f"{type(error).__name__}: {error}"
            return False, 599
        entry.status = response.status_code
        return self._wire.is_taken(response), response.status_code

    def _entry(self, hooks: Sequence[Hook], body: bytes, attempt: Attempt) -> LedgerHook:
        self._state.hook_count += 1
        entry = LedgerHook(
            self._state.hook_count,
            hooks[0].business,
            tuple(item for hook in hooks for item in hook.ids),
            hashlib.sha256(body).hexdigest(),
            attempt.number,
            attempt.is_signed_well,
            self._state.now(),
        )
        self._state.hooks.append(entry)
        return entry

    def _client(self, url: str) -> HttpClient:
        origin = "/".join(url.split("/", 3)[:3])
        if origin not in self._clients:
            self._clients[origin] = HttpClient.for_origin(origin)
        return self._clients[origin]


async def _gather(lane: asyncio.Queue[Hook], limit: int) -> list[Hook]:
    """What comes within a moment, at most so many."""
    hooks: list[Hook] = []
    deadline = asyncio.get_running_loop().time() + _GATHER_SECONDS
    while len(hooks) < limit:
        try:
            async with asyncio.timeout_at(deadline):
                hooks.append(await lane.get())
        except TimeoutError:
            break
    return hooks
