"""Hooks on their way to the desk: signed, in order per phone, tried again as Meta does, spoilt on demand."""

import asyncio
import dataclasses
import hashlib
import hmac
import itertools
import json
import random
import secrets
import zlib
from collections.abc import Sequence

from frontdesk.kit.http import ConnectFailed, HttpClient, HttpFailed, OutcomeUnknown
from frontdesk.simulators.whatsapp.faults import FaultKind, Faults
from frontdesk.simulators.whatsapp.payloads import Change, envelope
from frontdesk.simulators.whatsapp.state import Business, LedgerHook, State

RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 2.0, 5.0, 5.0, 5.0, 5.0, 10.0, 10.0, 10.0, 30.0, 60.0)
"""Waits before each further try. Meta tries for up to seven days, ever more rarely; here it ends sooner."""
LANES = 4
MAX_QUEUE = 20_000
TIMEOUT_SECONDS = 10.0
_GATHER_SECONDS = 0.25


class HookRecorder:
    """Writes down what is to be delivered; this one writes nothing (see `journal` for the one that does)."""

    def hook(self, change: Change) -> int:
        """A hook is to be delivered; the number says which one was taken later."""
        return change.number

    def taken(self, number: int) -> None:
        """A hook was taken, or given up."""


class HookSender:
    """Delivers changes. One phone's changes keep their order unless a fault or a refusal breaks it."""

    def __init__(self, state: State, faults: Faults, retry_seconds: Sequence[float] = RETRY_SECONDS) -> None:
        self._state, self._faults, self._retry_seconds = state, faults, tuple(retry_seconds)
        self._lanes: list[asyncio.Queue[Change]] = []
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

    def put(self, change: Change) -> None:
        """Deliver this after what the phone's lane already has."""
        if not self._lanes:
            self.dropped += 1
            return
        lane = self._lanes[zlib.crc32(change.wa_id.encode()) % len(self._lanes)]
        if lane.full():
            self.journal.taken(lane.get_nowait().number)
            self.underway -= 1
            self.dropped += 1
        lane.put_nowait(dataclasses.replace(change, number=self.journal.hook(change)))
        self.underway += 1

    async def verify(self, url: str, verify_token: str) -> str | None:
        """Do the GET challenge; None when passed, else what was wrong."""
        challenge = str(secrets.randbelow(10**10))
        params = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        try:
            response = await self._client(url).request(
                "GET", url, params=params, timeout_seconds=TIMEOUT_SECONDS, max_bytes=10_000
            )
        except HttpFailed as error:
            return f"The URL couldn't be validated. {type(error).__name__}"
        if response.status_code != 200:
            return f"HTTP Status Code = {response.status_code}"
        if response.text != challenge:
            return f"Response does not match challenge, expected value = {challenge}"
        return None

    async def _work(self, lane: asyncio.Queue[Change]) -> None:
        while True:
            change = await lane.get()
            if self._strikes(FaultKind.HOOK_REORDER, change):
                for later in await _gather(lane, 1):
                    await self._deliver([later])
                await self._deliver([change])
                continue
            fault = self._faults.next(FaultKind.HOOK_BATCH, change.phone_number_id, change.wa_id)
            more = await _gather(lane, fault.size - 1) if fault else []
            await self._deliver([change, *more])

    def _strikes(self, kind: FaultKind, change: Change) -> bool:
        return self._faults.next(kind, change.phone_number_id, change.wa_id) is not None

    async def _deliver(self, changes: list[Change]) -> None:
        first = changes[0]
        if fault := self._faults.next(FaultKind.HOOK_DELAY, first.phone_number_id, first.wa_id):
            await asyncio.sleep(fault.seconds)
        body = self._body(changes)
        if self._strikes(FaultKind.HOOK_BAD_SIGNATURE, first):
            await self._post(changes, body, 0, is_signed_well=False)
        if self._strikes(FaultKind.HOOK_CONCURRENT, first):
            await asyncio.gather(self._until_taken(changes, body), self._post(changes, body, 0))
        else:
            await self._until_taken(changes, body)
        if self._strikes(FaultKind.HOOK_DUPLICATE, first):
            await self._post(changes, body, 0)

    def _body(self, changes: Sequence[Change]) -> bytes:
        shape = "entries"
        if len(changes) > 1:
            rule = next((rule for rule in self._faults.rules if rule.kind is FaultKind.HOOK_BATCH), None)
            shape = rule.shape if rule else "changes"
        if shape == "mixed":
            shape = random.Random(changes[0].ids[0]).choice(("entries", "changes", "values"))  # noqa: S311
        return json.dumps(envelope(changes, shape), ensure_ascii=True, separators=(",", ":")).encode()

    async def _until_taken(self, changes: list[Change], body: bytes, first_attempt: int = 1) -> None:
        """Try until taken. While nobody answers the lane waits; a refusal is tried again beside it."""
        for attempt in itertools.count(first_attempt):
            status = await self._post(changes, body, attempt)
            if status == 200:
                self._done(changes)
                for change in changes:
                    if change.on_taken is not None:
                        change.on_taken()
                return
            is_over = attempt > len(self._retry_seconds) or self.underway > 2 * LANES * MAX_QUEUE
            if is_over or self._tasks is None:
                self.given_up += len(changes)
                self._done(changes)
                return
            if status is not None and first_attempt == 1 and attempt == 1:
                self._tasks.create_task(self._again(changes, body))
                return
            await asyncio.sleep(self._retry_seconds[attempt - 1])

    async def _again(self, changes: list[Change], body: bytes) -> None:
        await asyncio.sleep(self._retry_seconds[0])
        await self._until_taken(changes, body, first_attempt=2)

    def _done(self, changes: list[Change]) -> None:
        self.underway -= len(changes)
        for change in changes:
            self.journal.taken(change.number)

    async def _post(
        self, changes: Sequence[Change], body: bytes, attempt: int, *, is_signed_well: bool = True
    ) -> int | None:
        """One request; its status, or None when no answer came. Written to the ledger."""
        business = self._state.businesses.get(changes[0].phone_number_id)
        if business is None or business.hook_url is None or not business.subscribed:
            return 200
        secret = business.app_secret if is_signed_well else business.app_secret + "?"
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        entry = self._entry(business, changes, body, attempt, is_signed_well=is_signed_well)
        try:
            response = await self._client(business.hook_url).request(
                "POST",
                business.hook_url,
                content=body,
                headers={
                    "Content-Type": "application/json",
                    "User-Agent": "facebookexternalua",
                    "X-Hub-Signature-256": f"sha256={signature}",
                },
                timeout_seconds=TIMEOUT_SECONDS,
            )
        except (ConnectFailed, OutcomeUnknown) as error:
            entry.error = type(error).__name__
            return None
        except HttpFailed as error:
            entry.error = f"{type(error).__name__}: {error}"
            return 599
        entry.status = response.status_code
        return response.status_code

    def _entry(
        self,
        business: Business,
        changes: Sequence[Change],
        body: bytes,
        attempt: int,
        *,
        is_signed_well: bool,
    ) -> LedgerHook:
        self._state.hook_count += 1
        entry = LedgerHook(
            self._state.hook_count,
            business.phone_number_id,
            tuple(item for change in changes for item in change.ids),
            hashlib.sha256(body).hexdigest(),
            attempt,
            is_signed_well,
            self._state.now(),
        )
        self._state.hooks.append(entry)
        return entry

    def _client(self, url: str) -> HttpClient:
        origin = "/".join(url.split("/", 3)[:3])
        if origin not in self._clients:
            self._clients[origin] = HttpClient.for_origin(origin)
        return self._clients[origin]


async def _gather(lane: asyncio.Queue[Change], limit: int) -> list[Change]:
    """What comes within a moment, at most so many."""
    changes: list[Change] = []
    deadline = asyncio.get_running_loop().time() + _GATHER_SECONDS
    while len(changes) < limit:
        try:
            async with asyncio.timeout_at(deadline):
                changes.append(await lane.get())
        except TimeoutError:
            break
    return changes
