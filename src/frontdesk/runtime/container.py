"""Wires the desk together: store, channels, features, API, workers. The one place that knows all of them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from frontdesk.api.app import DeskApp, create_app
from frontdesk.api.desk import ApiConfig, Desk
from frontdesk.features.accounts.access import Access
from frontdesk.features.accounts.passwords import Passwords
from frontdesk.features.accounts.signing_in import SigningIn
from frontdesk.features.attachments.inspecting import Inspector
from frontdesk.features.attachments.keeping import Keeper
from frontdesk.features.attachments.links import FileLinks
from frontdesk.features.attachments.uploads import Uploads
from frontdesk.features.conversations.leaving import LeaveLinks
from frontdesk.features.conversations.places import Places
from frontdesk.features.conversations.sending import Sender
from frontdesk.features.conversations.views import Views
from frontdesk.features.delivery.asking import Asker
from frontdesk.features.delivery.deliverer import Deliverer
from frontdesk.features.delivery.marks import Marker, Waker
from frontdesk.features.inboxes.inboxes import Inboxes
from frontdesk.features.ingest.collecting import CollectingBeginner, Collector
from frontdesk.features.ingest.files import Fetcher
from frontdesk.features.ingest.reading import Reader
from frontdesk.features.live.cursors import LiveCursors
from frontdesk.features.live.hub import Hub
from frontdesk.features.live.hydration import Hydration
from frontdesk.features.mirroring.answering import Answerer
from frontdesk.features.mirroring.following import Follower
from frontdesk.features.mirroring.showing import Shower
from frontdesk.kit.pages import Cursors
from frontdesk.ports.blobs import Blobs
from frontdesk.ports.channel import Channel
from frontdesk.ports.scanner import Scanner
from frontdesk.runtime import channels
from frontdesk.runtime.blobs import blobs_of, scratch_of
from frontdesk.runtime.roles import Worker
from frontdesk.runtime.scanner import scanner_at
from frontdesk.runtime.secret_key import vault_of
from frontdesk.runtime.secret_stores import secret_stores
from frontdesk.runtime.settings import Settings
from frontdesk.store.engine import Store


@dataclass(slots=True)
class Container:
    """The desk put together, ready to be served."""

    desk: Desk
    app: DeskApp
    closing: Sequence[Callable[[], Awaitable[None]]]
    workers: list[Worker] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run what lives beside the requests while inside."""
        async with self.desk.hub.running():
            yield

    async def close(self) -> None:
        """Close what was opened here; the store is its opener's."""
        await self.desk.inboxes.close()
        for close in self.closing:
            await close()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoConfig:
    """What the API must know of a demo."""

    sign_in: tuple[str, str] | None = None
    public_key: str | None = None


def build(
    settings: Settings,
    store: Store,
    *,
    port: int,
    demo: DemoConfig | None = None,
    routes: Sequence[BaseRoute] = (),
    more_channels: Sequence[Channel] = (),
) -> Container:
    """Put the desk together over an open store.

    Args:
        settings: What was set.
        store: Open; stays the caller's to close.
        port: Where the desk listens.
        demo: Set for a demo.
        routes: More routes: the simulators of a demo.
        more_channels: Channels besides the installed ones.
    """
    vault = vault_of(settings)
    config = _api_config(settings, port, demo)
    registry = channels.load() | {channel.slug: channel for channel in more_channels}
    access, files, scanner = Access(store), blobs_of(settings), scanner_at(settings.virus_scan)
    cursors, links = Cursors(vault.derive("cursors")), FileLinks(vault, config.base_path)
    live = LiveCursors(cursors, vault)
    views, places = Views(registry, links), Places(store)
    desk = Desk(
        config=config,
        store=store,
        vault=vault,
        cursors=cursors,
        access=access,
        signing_in=SigningIn(store, access, Passwords(), session_days=settings.session.days),
        channels=registry,
        inboxes=Inboxes(
            store,
            vault,
            registry,
            public_url=config.public_url,
            own_url=f"http://{settings.local_host}:{port}",
            secret_stores=secret_stores(settings),
            is_demo=demo is not None,
        ),
        uploads=Uploads(store, files, settings.limits.upload_bytes, is_scanned=scanner is not None),
        links=links,
        leaving=LeaveLinks(vault, settings.public_url),
        hub=Hub(store, Hydration(store, views, live), live),
        views=views,
        places=places,
        sender=Sender(store, registry, views, places),
    )
    closing = [files.close] if scanner is None else [files.close, scanner.close]
    return Container(desk, create_app(desk, routes=routes), closing, _workers(desk, files, scanner))


def _workers(desk: Desk, files: Blobs, scanner: Scanner | None) -> list[Worker]:
    return [
        Reader(desk.store, desk.inboxes).worker(),
        Deliverer(
            desk.store,
            desk.inboxes,
            files,
            channels=desk.channels,
            link=desk.links.link,
            leave=desk.leaving.url,
            tell=desk.metrics.sent,
        ).worker(),
        Asker(desk.store, desk.inboxes).worker(),
        Collector(desk.store, desk.inboxes, tell=desk.metrics.collected).worker(),
        CollectingBeginner(desk.store, desk.inboxes),
        Fetcher(desk.store, desk.inboxes, desk.uploads).worker(),
        Inspector(desk.store, files, scanner).worker(),
        Marker(desk.store, desk.inboxes).worker(),
        Waker(desk.store).worker(),
        Follower(desk.store, desk.inboxes),
        Shower(desk.store, desk.inboxes, desk.config.public_url).worker(),
        Answerer(desk.store, desk.inboxes, desk.sender, desk.views).worker(),
        Keeper(desk.store, files, desk.config.scratch),
    ]


def _api_config(settings: Settings, port: int, demo: DemoConfig | None) -> ApiConfig:
    limits = settings.limits
    public_url = settings.url_at(port)
    host = urlsplit(public_url).hostname or ""
    return ApiConfig(
        public_url=public_url,
        base_path=settings.base_path,
        allowed_hosts=frozenset({*settings.allowed_hosts, host, settings.host}),
        body_bytes=limits.body_bytes,
        upload_bytes=limits.upload_bytes,
        hook_bytes=limits.hook_bytes,
        import_bytes=limits.import_bytes,
        scratch=scratch_of(settings),
        metrics_token=settings.metrics.token.get_secret_value() if settings.metrics.token else None,
        requests_per_minute=limits.requests_per_minute,
        requests_per_minute_per_address=limits.requests_per_minute_per_address,
        log_requests=settings.log.requests,
        demo_sign_in=demo.sign_in if demo else None,
        demo_public_key=demo.public_key if demo else None,
    )
