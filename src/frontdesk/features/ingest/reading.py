"""Reads receipts: up to a hundred of an inbox at once, parsed by its channel and applied in one change.

A receipt that cannot be read or applied is kept with the reason, becomes a dead letter, and stops nobody.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID, uuid5

import structlog

from frontdesk.domain.conversation import ReopenPolicy
from frontdesk.domain.errors import Busy, DeskError
from frontdesk.domain.inbound import InboundEvent
from frontdesk.features.conversations import consents
from frontdesk.features.conversations.episodes import Desk
from frontdesk.features.conversations.receive import Arrived, receive
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.features.inboxes.opening import OpensInboxes
from frontdesk.features.ingest import hook_files
from frontdesk.features.ingest.names import Names, named
from frontdesk.features.jobs.worker import Worker
from frontdesk.ports.channel import Channel, RawRequest, ReadsForInbox
from frontdesk.store import jobs, receipts
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Job, Lane, LeaseLost
from frontdesk.store.tx import ReadTx, Row, Tx

log = structlog.get_logger("frontdesk.ingest")

AT_ONCE = 100
LEASE_SECONDS = 15
"""Reading waits for the database, and seconds for names; what a killed worker held is soon another's."""
_HELD_SECONDS = LEASE_SECONDS / 3
"""A lane is kept for what comes meanwhile as long as this; then other lanes have their turn."""
_EVENTS_OF_A_CHANGE = 200
_LARGE_BODY = 256 * 1024
_BYTES_AT_ONCE = 8 * 1024 * 1024
_ALONE_AFTER = 3
"""Claims without getting on after which a lane's jobs are read one by one."""
_GIVE_UP_AFTER = 6


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A receipt's job and what it says."""

    job: Job
    receipt_id: UUID
    events: tuple[Arrived, ...]


class Reader:
    """Handles the lanes of the queue "ingest": one per inbox, so an inbox's receipts keep their order."""

    def __init__(self, store: Store, inboxes: OpensInboxes) -> None:
        self._store, self._inboxes, self._names = store, inboxes, Names()

    def worker(self) -> Worker:
        """The worker that reads receipts."""
        return Worker(
            self._store, receipts.QUEUE, self.handle, slots=8, per_lane=AT_ONCE, lease_seconds=LEASE_SECONDS
        )

    async def handle(self, lane: Lane) -> None:
        """Read and apply a lane's receipts, in order."""
        work: Sequence[Job] = lane.jobs if lane.claims <= _ALONE_AFTER else lane.jobs[:1]
        if lane.claims > _GIVE_UP_AFTER:
            await self._bury(lane, work[0], "It stopped the worker again and again.", release=True)
            return
        try:
            opened = await self._inboxes.open(lane.key)
        except Busy:
            raise
        except DeskError as error:
            await self._refuse_all(lane, work, error.message)
            return
        ends = time.monotonic() + _HELD_SECONDS
        while work:
            work = await self._round(lane, opened, work, go_on=time.monotonic() < ends)

    async def _round(
        self, lane: Lane, opened: OpenInbox, work: Sequence[Job], *, go_on: bool
    ) -> Sequence[Job]:
        """Read some receipts and apply them; what has come meanwhile, if the lane is kept for it."""
        ids = {UUID(job.payload["receipt"]): job for job in work}
        groups, rows = await self._store.read(lambda tx: _look_up(tx, ids))
        while groups:
            some, *groups = groups
            most = None if groups else (AT_ONCE if go_on else 0)
            more = await self._read(lane, opened, some, rows, most)
            if more is not None:
                return more
            rows = await self._store.read(partial(_rows_of_first, groups=groups))
        await self._store.write(lambda tx: jobs.release(tx, lane))
        return ()

    async def _read(
        self, lane: Lane, opened: OpenInbox, some: Mapping[UUID, Job], rows: dict[UUID, Row], most: int | None
    ) -> Sequence[Job] | None:
        """Read a group of receipts; each row is taken from `rows`, so no body is held longer than needed.

        Args:
            lane: Whose receipts they are.
            opened: The inbox.
            some: The receipts and their jobs, in order.
            rows: The receipts as they are stored.
            most: With the lane's last group: see `_apply`.

        Returns:
            What has come meanwhile; None where the lane is not settled yet.
        """
        parsed = [
            one
            for receipt_id, job in some.items()
            if (one := await self._parse(lane, job, receipt_id, rows.pop(receipt_id, None), opened))
            is not None
        ]
        names = await self._names.of(opened, [each.event for one in parsed for each in one.events])
        if names:
            parsed = [replace(one, events=named(one.events, names)) for one in parsed]
        desk = desk_of(opened.row, opened.channel)
        more: Sequence[Job] | None = None
        chunks = _chunks(parsed)
        for chunk in chunks:
            more = await self._apply(lane, desk, chunk, most if chunk is chunks[-1] else None)
        return more

    async def _parse(
        self, lane: Lane, job: Job, receipt_id: UUID, row: Row | None, opened: OpenInbox
    ) -> _Parsed | None:
        if row is None:
            await self._store.write(lambda tx: jobs.done(tx, lane, [job.id], release=False))
            return None
        request = RawRequest(
            row.method, opened.connection.hook_url or "", row.query or {}, row.headers or {}, bytes(row.body)
        )
        try:
            if len(request.body) > _LARGE_BODY:
                found = await asyncio.to_thread(_read, opened, request)
            else:
                found = _read(opened, request)
        except Exception as error:  # noqa: BLE001 - the edge: whatever a payload does to its parser
            await self._bury(lane, job, _reason("It cannot be read", error), receipt_id)
            return None
        if opened.channel.capabilities.files_in_hooks:
            found = [hook_files.placed(event, receipt_id) for event in found]
        events = tuple(Arrived(uuid5(receipt_id, str(n)), event) for n, event in enumerate(found))
        return _Parsed(job, receipt_id, events)

    async def _apply(
        self, lane: Lane, desk: Desk, chunk: Sequence[_Parsed], most: int | None = None
    ) -> Sequence[Job] | None:
        """Apply some receipts in one change.

        Args:
            lane: Whose receipts they are.
            desk: The inbox.
            chunk: Some receipts, in order.
            most: With the lane's last ones: how many of what has come meanwhile to go on with. The lane is
                given back when there is nothing.

        Returns:
            What has come meanwhile; None where the lane is not settled.
        """

        def change(tx: Tx) -> Sequence[Job] | None:
            receive(tx, desk, [event for one in chunk for event in one.events])
            receipts.finish_many(tx, {one.receipt_id: len(one.events) for one in chunk})
            finished = [one.job.id for one in chunk]
            if most is None:
                jobs.done(tx, lane, finished, release=False)
                return None
            return jobs.done_for_more(tx, lane, finished, most)

        try:
            return await self._store.write(change)
        except (Busy, LeaseLost):
            raise
        except Exception as error:  # noqa: BLE001 - the edge: one receipt's trouble is not the others'
            if len(chunk) > 1:
                for one in chunk:
                    await self._apply(lane, desk, [one])
                return None
            log.warning("receipt_failed", receipt=str(chunk[0].receipt_id), error=type(error).__name__)
            await self._bury(lane, chunk[0].job, _reason("It cannot be applied", error), chunk[0].receipt_id)
            return None

    async def _bury(
        self, lane: Lane, job: Job, reason: str, receipt_id: UUID | None = None, *, release: bool = False
    ) -> None:
        failed_id = receipt_id or UUID(job.payload["receipt"])

        def change(tx: Tx) -> None:
            receipts.finish(tx, failed_id, reason=reason)
            jobs.bury(tx, lane, job.id, reason, release=release)

        await self._store.write(change)

    async def _refuse_all(self, lane: Lane, work: Sequence[Job], reason: str) -> None:
        for job in work:
            await self._bury(lane, job, reason)
        await self._store.write(lambda tx: jobs.release(tx, lane))


def _read(opened: OpenInbox, request: RawRequest) -> Sequence[InboundEvent]:
    channel = opened.channel
    if channel.capabilities.reads_by_inbox and isinstance(channel, ReadsForInbox):
        return channel.parse_for(request, opened.connection)
    return channel.parse(request)


def desk_of(row: Row, channel: Channel | None = None) -> Desk:
    """The inbox as the conversations see it; with its channel where customers' words are to be heard."""
    policy = ReopenPolicy(row.reopen_policy)
    if channel is None:
        return Desk(row.account_id, row.id, row.name, policy, row.channel)
    words = consents.words_for(channel.capabilities, row.settings)
    return Desk(row.account_id, row.id, row.name, policy, row.channel, words)


def _look_up(tx: ReadTx, ids: Mapping[UUID, Job]) -> tuple[list[dict[UUID, Job]], dict[UUID, Row]]:
    """Receipts in groups whose bodies may be held at once, and the rows of the first group."""
    told = {receipt_id: job.payload.get("size") for receipt_id, job in ids.items()}
    sizes = {receipt_id: size for receipt_id, size in told.items() if size is not None}
    sizes |= receipts.sizes(tx, [receipt_id for receipt_id in ids if receipt_id not in sizes])
    groups = _within_memory(ids, sizes)
    return groups, _rows_of_first(tx, groups)


def _rows_of_first(tx: ReadTx, groups: Sequence[Mapping[UUID, Job]]) -> dict[UUID, Row]:
    return receipts.many(tx, list(groups[0])) if groups else {}


def _within_memory(ids: Mapping[UUID, Job], sizes: Mapping[UUID, int]) -> list[dict[UUID, Job]]:
    """Receipts in order, in groups whose bodies may be held at once."""
    out: list[dict[UUID, Job]] = []
    held = 0
    for receipt_id, job in ids.items():
        size = sizes.get(receipt_id, 0)
        if not out or held + size > _BYTES_AT_ONCE:
            out.append({})
            held = 0
        out[-1][receipt_id] = job
        held += size
    return out


def _chunks(parsed: Sequence[_Parsed]) -> list[list[_Parsed]]:
    """Receipts in order, in groups of a bounded number of events."""
    out: list[list[_Parsed]] = []
    size = 0
    for one in parsed:
        if not out or size + len(one.events) > _EVENTS_OF_A_CHANGE:
            out.append([])
            size = 0
        out[-1].append(one)
        size += len(one.events)
    return out


def _reason(what: str, error: Exception) -> str:
    words = error.message if isinstance(error, DeskError) else type(error).__name__
    return f"{what}: {words}"[:500]
