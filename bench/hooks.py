"""Hook intake: signed WhatsApp requests with one message each, to the 200; and from there to a socket."""

import asyncio
import json
import tempfile
import time
from pathlib import Path

from bench.posting import WARM_SECONDS, yardstick
from bench.product import Desk, desk
from bench.report import Figure, Report, middle
from bench.tools import Load, wrk
from tests.torture.office import Office, hook

HOOKS = 60_000
QUARTER = 4
LATENCY_SECONDS = 6.0
DRAIN_SECONDS = 180.0
SENDERS = 50


def run(report: Report, rounds: int, seconds: float) -> None:
    """Both engines."""
    for engine in ("postgresql", "sqlite"):
        report.say(f"hook intake, {engine}")
        single = [yardstick("single", seconds) for _ in range(rounds)]
        with desk(engine, conversations=0) as made, tempfile.TemporaryDirectory() as name:
            loads = [_intake(made, Path(name), seconds, n) for n in range(rounds)]
            rate = middle([x.rate for x in loads])
            report.add(Figure("hook intake / S", engine, rate, "/s", rate / middle(single), 0.15, 0.25))
            with made.running() as _:
                p50, p99 = asyncio.run(_to_socket(made.office, rate / QUARTER))
            report.add(Figure("hook to socket at a quarter of intake, p50", engine, p50, "ms"))
            report.add(
                Figure(
                    "hook to socket at a quarter of intake, p99 / 100 ms",
                    engine,
                    p99,
                    "ms",
                    p99 / 100,
                    1,
                    0.5,
                    at_most=True,
                )
            )


def _intake(made: Desk, folder: Path, seconds: float, number: int) -> Load:
    path = folder / f"hooks-{number}.txt"
    with path.open("w") as out:
        for n in range(HOOKS):
            text = f"Does the Ridge 2 come in another colour? {number}/{n}"
            headers, body = hook(
                text, sender=f"4477009{n % 500:05d}", wamid=f"wamid.bench/{number}/{n}", at=1749416383 + n
            )
            out.write(f"{headers['X-Hub-Signature-256']}\t{body.decode()}\n")
    env = {**made.env, "HOOKS": str(path)}
    with made.running("api") as (base, _):
        wrk(base, "hook", seconds=WARM_SECONDS, env=env)
        return wrk(base, "hook", seconds=seconds, env=env)


async def _to_socket(office: Office, rate: float) -> tuple[float, float]:
    """Send at a fixed rate, read at one socket; milliseconds from request to frame, p50 and p99."""
    from websockets.asyncio.client import connect

    sent: dict[str, float] = {}
    took: list[float] = []
    address = office.url.replace("http", "ws", 1) + "/v1/live"
    async with (
        connect(address, additional_headers=office.headers, max_size=None, proxy=None) as socket,
        office.client() as client,
    ):
        await socket.send(json.dumps({"type": "start", "cursor": None}))
        reader = asyncio.create_task(_read(socket, sent, took))
        await _drained(client, office, sent, took)
        async with asyncio.TaskGroup() as group:
            start, n = time.monotonic(), 0
            while time.monotonic() < start + LATENCY_SECONDS:
                if n < (time.monotonic() - start) * rate:
                    n += 1
                    group.create_task(_send(client, office, f"latency/{n}", n, sent))
                else:
                    await asyncio.sleep(0.001)
        deadline = time.monotonic() + 20
        while len(took) < n and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody signals
            await asyncio.sleep(0.05)
        reader.cancel()
    if len(took) < n:
        print(f"  ! {n - len(took)} of {n} messages did not reach the socket")
    ordered = sorted(took)
    return ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.99)] * 1000


async def _drained(client, office: Office, sent: dict[str, float], took: list[float]) -> None:  # type: ignore[no-untyped-def]
    """Wait until what the intake left has been read, in order, and every sender is known."""
    for n in range(SENDERS):
        await _send(client, office, f"first/{n}", n, sent)
    deadline = time.monotonic() + DRAIN_SECONDS
    while len(took) < SENDERS and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody signals
        await asyncio.sleep(0.05)
    took.clear()


async def _send(client, office: Office, text: str, n: int, sent: dict[str, float]) -> None:  # type: ignore[no-untyped-def]
    headers, body = hook(text, sender=f"4477008{n % SENDERS:05d}", wamid=f"wamid.{text}", at=1749416383)
    sent[text] = time.perf_counter()
    (await client.post(office.hook_path, content=body, headers=headers)).raise_for_status()


async def _read(socket, sent: dict[str, float], took: list[float]) -> None:  # type: ignore[no-untyped-def]
    async for frame in socket:
        now = time.perf_counter()
        event = json.loads(frame).get("event") or {}
        text = ((event.get("message") or {}).get("content") or {}).get("body") or ""
        if event.get("type") == "message.received" and text in sent:
            took.append(now - sent[text])
