"""What was asked of the desk and what it answered, on disk before anything else happens."""

import asyncio
import json
import os
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Outcome(StrEnum):
    """What became of a call as its caller saw it."""

    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """The last word on one call: its text is unique in the run."""

    text: str
    kind: str
    outcome: Outcome | None
    message_id: str | None = None
    seq: int | None = None


class Ledger:
    """An append-only file, synced line by line; memory mirrors it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self.entries: dict[str, Entry] = {}

    def _write(self, entry: Entry) -> None:
        row = [entry.text, entry.kind, entry.outcome, entry.message_id, entry.seq]
        self._file.write(json.dumps(row) + "\n")
        self._file.flush()
        os.fdatasync(self._file.fileno())
        self.entries[entry.text] = entry

    def intend(self, text: str, kind: str) -> None:
        """Before the call."""
        self._write(Entry(text, kind, None))

    def record(
        self, text: str, outcome: Outcome, message_id: str | None = None, seq: int | None = None
    ) -> None:
        """After the call."""
        self._write(Entry(text, self.entries[text].kind, outcome, message_id, seq))

    def with_outcome(self, outcome: Outcome) -> list[Entry]:
        """All calls that ended so."""
        return [entry for entry in self.entries.values() if entry.outcome is outcome]

    async def until_more(self, count: int, *, seconds: float = 20) -> None:
        """Wait until so many more calls ended well."""
        deadline, wanted = time.monotonic() + seconds, len(self.with_outcome(Outcome.OK)) + count
        while len(self.with_outcome(Outcome.OK)) < wanted:
            assert time.monotonic() < deadline, "the desk acknowledges nothing"
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
