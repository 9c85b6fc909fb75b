"""One message to a thousand sockets, against a bare hub that sends the same bytes; and memory when idle."""

import asyncio
import json
import tempfile
import time
from pathlib import Path

import httpx2

from bench.product import Desk, desk
from bench.report import Figure, Report, middle
from bench.sockets import Tally, connect
from bench.tools import resident_megabytes, serving, uvicorn

SOCKETS = 1_000
MESSAGES = 40
IDLE_SECONDS = 5
CONVERSATION = f"00000000-0000-7000-8000-{1:012x}"


def run(report: Report, rounds: int) -> None:
    """Fan-out on both engines, idle memory of everything in one process."""
    for engine in ("postgresql", "sqlite"):
        report.say(f"fan-out and memory, {engine}")
        with desk(engine, conversations=10) as made:
            with made.running() as (_, pid):
                time.sleep(IDLE_SECONDS)
                megabytes = resident_megabytes(pid)
                report.add(
                    Figure(
                        "idle memory / 150 MB", engine, megabytes, "MB", megabytes / 150, 1, 0.8, at_most=True
                    )
                )
            ours, theirs = [], []
            for _ in range(rounds):
                with made.running() as _:
                    rate, frame = asyncio.run(_product(made))
                ours.append(rate)
                theirs.append(_hub(frame))
        ratio = middle([a / b for a, b in zip(ours, theirs, strict=True)])
        report.add(Figure(f"bare hub, {SOCKETS} sockets", engine, middle(theirs), "frames/s"))
        report.add(
            Figure(
                f"fan-out to {SOCKETS} sockets / bare hub", engine, middle(ours), "frames/s", ratio, 0.6, 0.8
            )
        )


async def _product(made: Desk) -> tuple[float, str]:
    office = made.office
    first = json.dumps({"type": "start", "cursor": None}).encode()
    marker = b'"message.created"'
    headers = f"Authorization: Bearer {office.token}\r\n"
    url = office.url.replace("http", "ws", 1) + "/v1/live"
    tally = await connect(url, number=SOCKETS, first=first, marker=marker, headers=headers)
    await asyncio.sleep(1)
    async with office.client() as client:
        path = f"/v1/conversations/{CONVERSATION}/messages"
        rate = await _timed(tally, lambda n: client.post(path, json=_note(n)))
    text = tally.sample.decode(errors="replace")
    start = text.index('{"type":"event"')
    return rate, json.dumps(json.JSONDecoder().raw_decode(text, start)[0], separators=(",", ":"))


def _note(n: int) -> dict[str, object]:
    """A note is one event; a message would be followed by its ticks, which the bare hub does not send."""
    return {"direction": "note", "content": {"kind": "text", "body": f"fan out {n}"}}


async def _timed(tally: Tally, publish) -> float:  # type: ignore[no-untyped-def]
    (await publish(0)).raise_for_status()
    await tally.reach(SOCKETS, 30)
    before, start = tally.count, time.perf_counter()
    for n in range(MESSAGES):
        (await publish(n + 1)).raise_for_status()
    await tally.reach(before + MESSAGES * SOCKETS, 60)
    return MESSAGES * SOCKETS / (time.perf_counter() - start)


def _hub(frame: str) -> float:
    command = uvicorn("bench.baseline.hub:app")
    with (
        tempfile.TemporaryDirectory() as name,
        serving(command, ready="/", log=Path(name) / "hub.log") as (base, _),
    ):
        return asyncio.run(_hub_load(base, frame))


async def _hub_load(base: str, frame: str) -> float:
    tally = await connect(
        base.replace("http", "ws", 1) + "/", number=SOCKETS, first=None, marker=b'"message.created"'
    )
    async with httpx2.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        return await _timed(tally, lambda _: client.post("/", content=frame))
