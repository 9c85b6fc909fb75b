"""The checker: reads the public API only, twice, and counts what does not agree with the ledger."""

import asyncio
import collections
import time
from dataclasses import asdict, dataclass
from typing import Any

import httpx2

from tests.torture.ledger import Ledger, Outcome
from tests.torture.office import Office, pages, transcript


@dataclass(slots=True)
class Verdict:
    """All counts but the first two must be zero."""

    acknowledged: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    phantom: int = 0
    gaps: int = 0
    moved: int = 0
    forked: int = 0
    log_gaps: int = 0
    unlogged: int = 0

    @property
    def faults(self) -> dict[str, int]:
        """What is not zero and should be."""
        counts = asdict(self)
        return {name: n for name, n in counts.items() if n and name not in ("acknowledged", "kills")}


async def judge(office: Office, ledger: Ledger, *, kills: int, seconds: float = 30) -> Verdict:
    """Wait until every acknowledged hook has become a message, then count."""
    verdict = Verdict(kills=kills)
    acknowledged = ledger.with_outcome(Outcome.OK)
    verdict.acknowledged = len(acknowledged)
    async with office.client() as client:
        transcripts = await _settled(client, ledger, seconds)
        _judge_messages(verdict, ledger, transcripts)
        again = {key: await transcript(client, key) for key in transcripts}
        verdict.forked = sum(
            [m["id"] for m in again[key]] != [m["id"] for m in messages]
            for key, messages in transcripts.items()
        )
        await _judge_log(verdict, client, transcripts)
    return verdict


async def _settled(client: httpx2.AsyncClient, ledger: Ledger, seconds: float) -> dict[str, list[Any]]:
    wanted = {entry.text for entry in ledger.with_outcome(Outcome.OK)}
    deadline = time.monotonic() + seconds
    while True:
        found = {
            c["id"]: await transcript(client, c["id"])
            for c in await pages(client, "/v1/conversations", status="all")
        }
        texts = {m["content"].get("body") for messages in found.values() for m in messages}
        if wanted <= texts or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.2)


def _judge_messages(verdict: Verdict, ledger: Ledger, transcripts: dict[str, list[Any]]) -> None:
    seen: collections.Counter[str] = collections.Counter()
    places: dict[str, tuple[str, int]] = {}
    for messages in transcripts.values():
        verdict.gaps += [m["seq"] for m in messages] != list(range(1, len(messages) + 1))
        for message in messages:
            text = message["content"].get("body", "")
            if text.startswith(("post/", "hook/")):
                seen[text] += 1
                places[text] = (message["id"], message["seq"])
                verdict.phantom += text not in ledger.entries
    for entry in ledger.with_outcome(Outcome.OK):
        verdict.lost += entry.text not in seen
        if entry.message_id is not None and entry.text in places:
            verdict.moved += places[entry.text] != (entry.message_id, entry.seq)
    verdict.doubled = sum(n > 1 for n in seen.values())


async def _judge_log(verdict: Verdict, client: httpx2.AsyncClient, transcripts: dict[str, list[Any]]) -> None:
    events: list[Any] = []
    params: dict[str, str] = {"limit": "100"}
    while True:
        page = (await client.get("/v1/events", params=params)).raise_for_status().json()
        events += page["items"]
        if not page["items"] or page["next_cursor"] is None:
            break
        params["after"] = page["next_cursor"]
    positions = [event["position"] for event in events]
    verdict.log_gaps = int(positions != list(range(1, len(positions) + 1)))
    told = [e["subject_id"] for e in events if e["type"] in ("message.received", "message.created")]
    kept = {m["id"] for messages in transcripts.values() for m in messages}
    verdict.unlogged = len(kept - set(told)) + len(told) - len(set(told))
