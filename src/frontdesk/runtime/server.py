"""One process of the desk: opens the store, listens on one port, works, and stops cleanly when told to.

At the signal to stop, nothing new is accepted, what is in flight is finished, workers give back their leases.
"""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import structlog
import uvicorn
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from frontdesk.api.metrics import MetricsApp
from frontdesk.runtime import kind
from frontdesk.runtime.connections import Gate, GuardedProtocol
from frontdesk.runtime.container import Container, DemoConfig, build
from frontdesk.runtime.listening import is_loopback, listen
from frontdesk.runtime.roles import Role, keep_running
from frontdesk.runtime.settings import Settings
from frontdesk.runtime.sockets import FramedSocket
from frontdesk.store.engine import Store, open_store

if TYPE_CHECKING:
    from frontdesk.runtime.demo import Demo

COLLECT_AFTER = 10_000
"""Containers made but not yet freed before the youngest are looked through for cycles."""

log = structlog.get_logger("frontdesk.runtime")

_SOCKET_BYTES = 64 * 1024
_FINISH_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What a person wants to know when the desk is ready."""

    url: str
    needs_setup: bool
    is_loopback_only: bool
    sign_in: tuple[str, str] | None = None


class _Server(uvicorn.Server):
    """A server that leaves signals to the process it lives in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server_for(app: ASGIApp, settings: Settings) -> uvicorn.Server:
    """The HTTP server around an app."""
    proxies = list(settings.trusted_proxies)
    gate = Gate(settings.limits.connections_per_address, proxies)
    config = uvicorn.Config(
        app,
        http=cast("type[asyncio.Protocol]", partial(GuardedProtocol, gate=gate)),
        ws=FramedSocket,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        backlog=2048,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=_FINISH_SECONDS,
        ws_max_size=_SOCKET_BYTES,
        ws_per_message_deflate=False,
    )
    return _Server(config)


@asynccontextmanager
async def serving(container: Container, listener: socket.socket, settings: Settings) -> AsyncIterator[None]:
    """Serve a container's app on a bound socket while inside, then drain."""
    async with _listening(server_for(container.app, settings), listener):
        try:
            yield
        finally:
            container.desk.stopping.set()
            container.desk.hub.stop()


@asynccontextmanager
async def measuring(container: Container, settings: Settings) -> AsyncIterator[int | None]:
    """Tell the metrics to this machine while inside, if the settings name a port for it; gives the port."""
    if settings.metrics.port is None:
        yield None
        return
    listener = listen("127.0.0.1", settings.metrics.port)
    async with _listening(server_for(MetricsApp(container.desk), settings), listener):
        yield listener.getsockname()[1]


@asynccontextmanager
async def _listening(server: uvicorn.Server, listener: socket.socket) -> AsyncIterator[None]:
    task = asyncio.get_running_loop().create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn tells by this flag only
            await asyncio.sleep(0.002)
        if task.done():
            task.result()
        yield
    finally:
        server.should_exit = True
        await task
        listener.close()


@asynccontextmanager
async def working(container: Container, settings: Settings) -> AsyncIterator[None]:
    """Run the container's workers while inside; those that do not end in time are cancelled."""
    stopping = container.desk.stopping
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(keep_running(worker, stopping)) for worker in container.workers]
    try:
        yield
    finally:
        stopping.set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=settings.workers.stop_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def run(
    settings: Settings,
    *,
    roles: Collection[Role] = tuple(Role),
    demo: bool = False,
    announce: Callable[[Ready], None] = lambda _ready: None,
) -> None:
    """Run a process of the desk until it is told to stop.

    Raises:
        DeskError: It cannot start; the error says why and what to do.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_run(settings, roles, announce, demo=demo))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not there on every platform
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


async def _run(
    settings: Settings, roles: Collection[Role], announce: Callable[[Ready], None], *, demo: bool
) -> None:
    store = await open_store(settings.database_url, pool_size=settings.store.pool_size)
    try:
        if Role.API in roles:
            await _serve(settings, store, roles, announce, demo=demo)
        else:
            await _work(settings, store)
    finally:
        await store.close()


async def _serve(
    settings: Settings,
    store: Store,
    roles: Collection[Role],
    announce: Callable[[Ready], None],
    *,
    demo: bool,
) -> None:
    await kind.check_kind(store, demo=demo)
    open_to_all = demo or not await kind.needs_owner(store)
    loopback_only = not open_to_all and not is_loopback(settings.host)
    if loopback_only:
        settings = settings.model_copy(update={"host": "127.0.0.1"})
    listener = listen(settings.host, settings.port)
    port: int = listener.getsockname()[1]
    async with contextlib.AsyncExitStack() as stack:
        simulated = _demo(settings, store, port) if demo else None
        routes: Sequence[BaseRoute] = ()
        config: DemoConfig | None = None
        if simulated is not None:
            config, routes = await simulated.prepare()
            await stack.enter_async_context(simulated.running())
        container = build(settings, store, port=port, demo=config, routes=routes)
        stack.push_async_callback(container.close)
        if Role.WORKER in roles:
            await stack.enter_async_context(working(container, settings))
        await stack.enter_async_context(container.running())
        await stack.enter_async_context(measuring(container, settings))
        await stack.enter_async_context(serving(container, listener, settings))
        _on_signal(container.desk.stopping)
        ready = Ready(
            url=container.desk.config.public_url,
            needs_setup=await kind.needs_owner(store),
            is_loopback_only=loopback_only,
            sign_in=config.sign_in if config else None,
        )
        _settle_memory()
        announce(ready)
        await stack.enter_async_context(_warming(store))
        await container.desk.stopping.wait()
        log.info("stopping")


@asynccontextmanager
async def _warming(store: Store) -> AsyncIterator[None]:
    """Let the store get ready for its first requests on the side, while inside."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(store.warm())
        yield
        task.cancel()


def _demo(settings: Settings, store: Store, port: int) -> "Demo":
    from frontdesk.runtime.demo import Demo  # noqa: PLC0415 - a desk loads no simulator

    return Demo(settings, store, port)


def _settle_memory() -> None:
    """What is here now stays, so collections need not walk it while somebody waits.

    They find cycles only, of which requests leave few, so they come less often. No collection before:
    what garbage a start leaves is not worth the time it takes to walk all that was imported.
    """
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)


async def _work(settings: Settings, store: Store) -> None:
    container = build(settings, store, port=settings.port)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(container.close)
        await stack.enter_async_context(measuring(container, settings))
        await stack.enter_async_context(working(container, settings))
        _on_signal(container.desk.stopping)
        _settle_memory()
        log.info("working", workers=[worker.name for worker in container.workers])
        await stack.enter_async_context(_warming(store))
        await container.desk.stopping.wait()
        log.info("stopping")


def _on_signal(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def stop(*_: Any) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
