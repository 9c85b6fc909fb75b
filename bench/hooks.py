"""Hook intake: signed WhatsApp requests with one message each, to the 200; and from there to a socket."""

import asyncio
import json
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

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
CONNECTIONS = 32


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
    """Send at a fixed rate, read at one socket; milliseconds from due to frame, p50 and p99."""
    from websockets.asyncio.client import connect

    due: dict[bytes, float] = {}
    took: list[float] = []
    address = office.url.replace("http", "ws", 1) + "/v1/live"
    async with connect(
        address, additional_headers=office.headers, max_size=None, proxy=None, compression=None
    ) as socket:
        await socket.send(json.dumps({"type": "start", "cursor": None}))
        reader = asyncio.create_task(_read(socket, due, took))
        hooks = Hooks(office.url)
        await hooks.connect(CONNECTIONS)
        await _drained(hooks, office, due, took)
        await _warmed(hooks, office, due, took, rate)
        number = int(rate * LATENCY_SECONDS)
        await _send_all(hooks, office, "latency", number, rate, due)
        deadline = time.monotonic() + 20
        while len(took) < number and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody signals
            await asyncio.sleep(0.05)
        hooks.close()
        reader.cancel()
    if len(took) < number or hooks.refused:
        print(f"  ! {number - len(took)} of {number} did not reach the socket, {hooks.refused} were refused")
    ordered = sorted(took)
    return ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.99)] * 1000


async def _drained(hooks: "Hooks", office: Office, due: dict[bytes, float], took: list[float]) -> None:
    """Wait until what the intake left has been read, in order, and every sender is known."""
    await _send_all(hooks, office, "first", SENDERS, 1000, due)
    deadline = time.monotonic() + DRAIN_SECONDS
    while len(took) < SENDERS and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody signals
        await asyncio.sleep(0.05)
    took.clear()


async def _warmed(
    hooks: "Hooks", office: Office, due: dict[bytes, float], took: list[float], rate: float
) -> None:
    """Run at the rate for a while, as every load here does before it counts, and wait until all is read."""
    number = int(rate * WARM_SECONDS)
    await _send_all(hooks, office, "warm", number, rate, due)
    deadline = time.monotonic() + DRAIN_SECONDS
    while len(took) < number and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody signals
        await asyncio.sleep(0.05)
    took.clear()


async def _send_all(
    hooks: "Hooks", office: Office, name: str, number: int, rate: float, due: dict[bytes, float]
) -> None:
    """Send hooks with the texts `name/0/` and on, each when it is due, on whichever connection is free."""
    requests = [_request(office, f"{name}/{n}/", n) for n in range(number)]
    start = time.perf_counter()
    for n, request in enumerate(requests):
        at = start + n / rate
        if (wait := at - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        due[f"{name}/{n}/".encode()] = at
        await hooks.send(request)


def _request(office: Office, text: str, n: int) -> bytes:
    headers, body = hook(text, sender=f"4477008{n % SENDERS:05d}", wamid=f"wamid.{text}", at=1749416383)
    lines = [f"POST {office.hook_path} HTTP/1.1", f"Host: {urlsplit(office.url).netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


_TEXT = re.compile(rb'"body":"((?:latency|first|warm)/[0-9]+/)"')


async def _read(socket, due: dict[bytes, float], took: list[float]) -> None:  # type: ignore[no-untyped-def]
    while True:
        frame = await socket.recv(decode=False)
        now = time.perf_counter()
        if b'"message.received"' in frame and (found := _TEXT.search(frame)):
            at = due.pop(found[1], None)
            if at is not None:
                took.append(now - at)


class Hooks:
    """Some kept-alive connections that send finished requests: cheap, so that the desk has the machine."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._free: asyncio.Queue[_Connection] = asyncio.Queue()
        self._all: list[_Connection] = []
        self.refused = 0

    async def connect(self, number: int) -> None:
        """Open the connections."""
        loop = asyncio.get_running_loop()
        for _ in range(number):
            _, made = await loop.create_connection(
                lambda: _Connection(self._answered), self._parts.hostname or "", self._parts.port or 80
            )
            self._all.append(made)
            self._free.put_nowait(made)

    async def send(self, request: bytes) -> None:
        """Send by the next free connection; its answer is read in the background."""
        connection = await self._free.get()
        connection.transport.write(request)

    def close(self) -> None:
        """Close them all."""
        for each in self._all:
            each.transport.close()

    def _answered(self, connection: "_Connection", status: bytes) -> None:
        self.refused += status != b"200"
        self._free.put_nowait(connection)


class _Connection(asyncio.Protocol):
    """One connection; answers are short and tell their length."""

    def __init__(self, answered: Callable[["_Connection", bytes], None]) -> None:
        self._answered, self._rest = answered, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        head, separator, body = self._rest.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: ([0-9]+)", head)
        if separator and found and len(body) >= int(found[1]):
            self._rest = b""
            self._answered(self, head[9:12])
