"""What endpoints may call: the desk's services in one typed bundle, made by the runtime.

An endpoint asks for it with `desk: DeskDep`. No rule and no wiring here.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from frontdesk.api.instruments import Instruments
from frontdesk.kit.crypto import Vault
from frontdesk.kit.limits import Meter
from frontdesk.kit.pages import Cursors
from frontdesk.ports.channel import Channel

if TYPE_CHECKING:
    from frontdesk.features.accounts.access import Access
    from frontdesk.features.accounts.signing_in import SigningIn
    from frontdesk.features.attachments.links import FileLinks
    from frontdesk.features.attachments.uploads import Uploads
    from frontdesk.features.conversations.leaving import LeaveLinks
    from frontdesk.features.conversations.places import Places
    from frontdesk.features.conversations.sending import Sender
    from frontdesk.features.conversations.views import Views
    from frontdesk.features.inboxes.inboxes import Inboxes
    from frontdesk.features.live.hub import Hub
    from frontdesk.store.engine import Store


FRAMES_PER_MINUTE, FRAMES_AT_ONCE = 240, 60
"""What one socket may say; a person who types says little."""

SERVED_BY, NOTED_HEADERS = "frontdesk.desk", "frontdesk.headers"
"""What the app and its guards leave in a connection's scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiConfig:
    """What the settings say about how the desk is reached. Sizes in bytes."""

    public_url: str = "http://127.0.0.1:8080"
    base_path: str = ""
    allowed_hosts: frozenset[str] = frozenset()
    body_bytes: int = 1024 * 1024
    upload_bytes: int = 100 * 1024 * 1024
    hook_bytes: int = 10 * 1024 * 1024
    import_bytes: int = 10 * 1024**3
    scratch: Path | None = None
    """Folder for large files that live for a moment; None: the system's."""
    requests_per_minute: int = 6000
    requests_per_minute_per_address: int = 600
    log_requests: bool = False
    metrics_token: str | None = None
    """Who sends it reads `/metrics`; None: nobody does."""
    demo_sign_in: tuple[str, str] | None = None
    """E-mail and password of the demo's owner; set in a demo only."""
    demo_public_key: str | None = None
    """Of the demo's web chat, for the sample page; set in a demo only."""

    @property
    def is_secure(self) -> bool:
        """Whether people reach the desk by https."""
        return self.public_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The session's cookie: host-locked on https, plain on a loopback without."""
        return "__Host-frontdesk" if self.is_secure else "frontdesk"


@dataclass(slots=True, kw_only=True)
class Desk:
    """The running desk as the API sees it."""

    config: ApiConfig
    store: "Store"
    vault: Vault
    cursors: Cursors
    access: "Access"
    signing_in: "SigningIn"
    channels: Mapping[str, Channel]
    inboxes: "Inboxes"
    uploads: "Uploads"
    leaving: "LeaveLinks"
    links: "FileLinks"
    hub: "Hub"
    views: "Views"
    places: "Places"
    sender: "Sender"
    metrics: Instruments = field(default_factory=Instruments)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process is told to stop: long answers and sockets end themselves."""
    actors: Meter = field(init=False)
    addresses: Meter = field(init=False)
    frames: Meter = field(init=False)
    """What a socket says, by socket."""
    sockets: dict[str, int] = field(default_factory=dict)
    """How many are open, by network address."""

    def __post_init__(self) -> None:
        self.actors = Meter(self.config.requests_per_minute)
        self.addresses = Meter(self.config.requests_per_minute_per_address)
        self.frames = Meter(FRAMES_PER_MINUTE, FRAMES_AT_ONCE)


def desk_of(connection: HTTPConnection) -> Desk:
    """The desk that serves this request or socket."""
    found: Desk = connection.scope[SERVED_BY]
    return found


def header(connection: HTTPConnection, name: bytes) -> str | None:
    """A header that comes once at most, as the guard against doubled ones noted it."""
    noted: Mapping[bytes, bytes] = connection.scope[NOTED_HEADERS]
    value = noted.get(name)
    return None if value is None else value.decode("latin-1")


async def find_desk(connection: HTTPConnection) -> Desk:
    """A dependency: the desk that serves. One that is not async would cost a thread."""
    return desk_of(connection)


DeskDep = Annotated[Desk, Depends(find_desk)]
