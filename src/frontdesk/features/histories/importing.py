"""Import of a history: batches of lines, each batch one transaction; what is there already stays as it is.

The bytes of a batch's files are in the blob store before the batch is committed. Nothing is sent: no delivery
job, no notification. No events of messages are told either, so that those who listen are not flooded with the
past; at the end one `account.updated` says that lists are to be read anew.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from frontdesk.domain.errors import DeskError
from frontdesk.domain.event import EventType
from frontdesk.domain.history import HistoryFile, HistoryLine, read_line
from frontdesk.features.histories.files import FileKeeper, Kept
from frontdesk.features.histories.placing import Places
from frontdesk.store import histories
from frontdesk.store.engine import Store
from frontdesk.store.tx import Tx

LISTED = 1000
"""So many rejected lines are listed at the end; the others are told and counted."""
_LINES, _BYTES = 500, 4 * 1024 * 1024
_KEPT: Mapping[UUID, Kept] = {}


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was not taken: its number, why, and how to cure it."""

    number: int
    raw: bytes
    problem: str
    field: str | None = None
    cure: str | None = None

    def __str__(self) -> str:
        """The problem in one line."""
        where = f"{self.field}: " if self.field else ""
        return f"line {self.number}: {where}{self.problem}" + (f" {self.cure}" if self.cure else "")


@dataclass(slots=True)
class Imported:
    """What came of an import."""

    added: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    refused: int = 0
    """How many lines were rejected; `rejected` lists the first of them."""

    def count(self, counts: dict[str, int], kind: str) -> None:
        """One more of a kind."""
        counts[kind] = counts.get(kind, 0) + 1

    def join(self, other: "Imported") -> None:
        """Add what came of a batch; its rejected lines are the caller's to keep."""
        for mine, theirs in ((self.added, other.added), (self.known, other.known)):
            for kind, n in theirs.items():
                mine[kind] = mine.get(kind, 0) + n


@dataclass(frozen=True, slots=True)
class Options:
    """How to import.

    Attributes:
        inbox: Name or id of the inbox for conversations that name none.
        simulated: Whether inboxes made here are simulated ones (a demo).
    """

    inbox: str | None = None
    simulated: bool = False


Numbered = tuple[int, bytes]


class _Undone(Exception):
    """Ends a transaction without a trace."""


class Importer:
    """Imports into one account.

    Args:
        store: Where to.
        account_id: The account.
        options: How.
        reject: Gets each line that is not taken, in order, after its batch is committed.
        files: Keeps the bytes of files; None: none came along.
    """

    def __init__(
        self,
        store: Store,
        account_id: UUID,
        options: Options,
        reject: Callable[[Rejected], None],
        files: FileKeeper | None = None,
    ) -> None:
        self._store, self._account_id, self._options, self._reject = store, account_id, options, reject
        self._files = files
        self._contacts: dict[str, UUID] = {}

    async def run(self, lines: Iterable[bytes]) -> Imported:
        """Import all lines, batch by batch. Run again after an interruption: what is in is passed over."""
        total = Imported()
        batches = _batches(lines)
        try:
            while batch := await asyncio.to_thread(next, batches, None):
                self._note(total, await self._take(batch))
        finally:
            if total.added:
                await self._store.write(lambda tx: tx.emit(self._account_id, EventType.ACCOUNT_UPDATED))
        return total

    async def _take(self, batch: Sequence[Numbered]) -> Imported:
        kept = _KEPT
        if self._files is not None and (files := _files(batch)):
            kept = await self._files.keep(self._account_id, files)
        try:
            done, contacts = await self._store.write(lambda tx: self._apply(tx, batch, kept))
        except DeskError:
            done, contacts = await self._one_by_one(batch, kept)
        self._contacts |= contacts
        return done

    async def rehearse(self, lines: Iterable[bytes]) -> Imported:
        """As `run`, in one transaction that is undone at the end."""
        seen: list[tuple[Imported, dict[str, UUID]]] = []

        def change(tx: Tx) -> None:
            seen.clear()
            for batch in _batches(lines):
                kept = self._files.foresee(_files(batch)) if self._files else _KEPT
                done, contacts = self._apply(tx, batch, kept)
                self._contacts |= contacts
                seen.append((done, contacts))
            raise _Undone

        total = Imported()
        try:
            await self._store.write(change)
        except _Undone:
            for done, _ in seen:
                self._note(total, done)
        return total

    def _note(self, total: Imported, done: Imported) -> None:
        total.join(done)
        for rejected in done.rejected:
            self._reject(rejected)
            total.refused += 1
            if len(total.rejected) >= LISTED:
                continue
            total.rejected.append(
                Rejected(rejected.number, b"", rejected.problem, rejected.field, rejected.cure)
            )

    async def _one_by_one(
        self, batch: Sequence[Numbered], kept: Mapping[UUID, Kept]
    ) -> tuple[Imported, dict[str, UUID]]:
        """A batch of which the database does not take a line: each for itself."""
        total, contacts = Imported(), dict[str, UUID]()
        for numbered in batch:
            try:
                done, found = await self._store.write(lambda tx, one=numbered: self._apply(tx, [one], kept))  # type: ignore[misc]
            except DeskError as error:
                total.rejected.append(_rejected(numbered, error))
                continue
            total.join(done)
            total.rejected += done.rejected
            contacts |= found
        return total, contacts

    def _apply(
        self, tx: Tx, batch: Sequence[Numbered], kept: Mapping[UUID, Kept]
    ) -> tuple[Imported, dict[str, UUID]]:
        histories.take_turns(tx, self._account_id)
        done = Imported()
        read: list[tuple[Numbered, HistoryLine]] = []
        for numbered in batch:
            try:
                read.append((numbered, read_line(numbered[1])))
            except DeskError as error:
                done.rejected.append(_rejected(numbered, error))
        places = Places(
            tx, self._account_id, self._options.inbox, self._options.simulated, dict(self._contacts), kept
        )
        places.look_up([line for _, line in read])
        for numbered, line in read:
            try:
                is_new = places.take(line)
            except DeskError as error:
                done.rejected.append(_rejected(numbered, error))
            else:
                if is_new is not None:
                    done.count(done.added if is_new else done.known, line.type)
        places.write()
        done.rejected.sort(key=lambda each: each.number)
        return done, places.contacts


def _rejected(numbered: Numbered, error: DeskError) -> Rejected:
    return Rejected(numbered[0], numbered[1], error.message, error.field, error.hint)


def _batches(lines: Iterable[bytes]) -> Iterator[list[Numbered]]:
    batch: list[Numbered] = []
    size = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        batch.append((number, line))
        size += len(line)
        if len(batch) >= _LINES or size >= _BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _files(batch: Sequence[Numbered]) -> list[HistoryFile]:
    """The lines of files in a batch, as far as they can be read."""
    found = []
    for _, raw in batch:
        if b'"file"' not in raw:
            continue
        with suppress(DeskError):
            line = read_line(raw)
            if isinstance(line, HistoryFile):
                found.append(line)
    return found
