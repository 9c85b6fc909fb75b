"""A running desk for tests: the whole product over real HTTP on a free port, on each engine.

Ask for the fixture `desk`. It serves the API with hub and workers in the test's own event loop and holds one
account with its owner and an API token that may do everything. `await desk.tenant()` adds another account.
"""

import asyncio
import contextlib
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import httpx2
from pydantic import Field, SecretStr

from frontdesk.domain.errors import SignatureInvalid
from frontdesk.domain.inbound import Address, InboundEvent, Party
from frontdesk.domain.scope import ActorType, Permission, Role, Scope
from frontdesk.features.accounts import visitors
from frontdesk.features.accounts.access import API_PREFIX
from frontdesk.features.accounts.passwords import Passwords
from frontdesk.kit.crypto import digest, random_token
from frontdesk.kit.ids import uuid7
from frontdesk.ports.channel import (
    Capabilities,
    Challenge,
    ChannelConfig,
    Connection,
    ConnectionReport,
    FetchedMedia,
    MediaFetchFailed,
    Outbound,
    OutboundMessage,
    RawRequest,
    SendResult,
    Sent,
)
from frontdesk.runtime.container import Container, build
from frontdesk.runtime.server import serving, working
from frontdesk.runtime.settings import LimitSettings, Settings, WorkerSettings
from frontdesk.store import accounts, identities, tokens, users
from frontdesk.store.engine import Store, open_store
from frontdesk.store.tokens import NewToken
from frontdesk.store.tx import Tx
from tests.services.servers import stop_quickly

PASSWORD = "correct horse battery staple"
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""One for all clients: each would read all certificates of the world anew, and a desk of tests has none."""
stop_quickly()


class PostConfig(ChannelConfig):
    """Settings of the test's own channel."""

    box: str = Field(title="Box", max_length=40, pattern=r"^[a-z0-9-]+$")
    lines: int = Field(default=3, ge=1, le=9)
    access_token: SecretStr | None = Field(default=None, title="Access token")


class PostChannel:
    """A channel of tests: takes every message, remembers it, and proves hooks by a header."""

    slug: ClassVar[str] = "post"
    name: ClassVar[str] = "Post"
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=frozenset({"text", "image", "document", "reaction", "template"}),
        max_text=4096,
        receipts=True,
        reactions=True,
        replies=True,
    )
    Config: ClassVar[type[ChannelConfig]] = PostConfig

    def __init__(self) -> None:
        self.sent: list[OutboundMessage] = []
        self.answer: Callable[[OutboundMessage], SendResult] = lambda _message: Sent(
            source_id=secrets.token_hex(8)
        )

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        assert isinstance(connection.config, PostConfig)
        secret = connection.config.access_token
        if secret is None or request.headers.get("x-post") != secret.get_secret_value():
            raise SignatureInvalid("The hook is not signed.")
        return None

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        return ()

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        if not isinstance(outbound, OutboundMessage):
            return Sent(source_id=None)
        self.sent.append(outbound)
        return self.answer(outbound)

    async def fetch(
        self,
        source_media_id: str | None,
        url: str | None,
        connection: Connection,
    ) -> FetchedMedia:
        raise MediaFetchFailed("there is none", retryable=False)

    async def connect(self, connection: Connection) -> ConnectionReport:
        assert isinstance(connection.config, PostConfig)
        has_token = connection.config.access_token is not None
        return ConnectionReport(ok=has_token, steps=(("token", has_token, "Set the access token."),))


@dataclass(slots=True)
class Tenant:
    """One account of a running desk, its owner, and the owner's API token."""

    desk: "RunningDesk"
    account_id: UUID
    user_id: UUID
    email: str
    token: str
    http: httpx2.AsyncClient

    @property
    def scope(self) -> Scope:
        """The owner's scope."""
        return Scope(
            self.account_id,
            ActorType.USER,
            self.user_id,
            frozenset(Permission),
            name="Olive Owner",
            user_id=self.user_id,
        )

    async def inbox(
        self, channel: str = "post", name: str = "Post", config: Mapping[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        """Make an inbox through the API."""
        values = (
            {"box": "one", "access_token": "post-secret"} if config is None and channel == "post" else config
        )
        body = {"channel": channel, "name": name, "config": dict(values or {}), **more}
        made: dict[str, Any] = await self.post("/v1/inboxes", body)
        return made

    async def contact(self, name: str = "Nora Vidal", *addresses: tuple[str, str]) -> UUID:
        """Make a contact as an inbound message would."""
        found = tuple(Address(*each) for each in addresses) or (
            Address("phone", f"+34{secrets.randbelow(10**9)}"),
        )
        party = Party(found, name)
        return await self.desk.store.write(lambda tx: identities.find_or_create(tx, self.account_id, party))

    async def user(self, role: Role = Role.AGENT, name: str = "Ana Agent") -> tuple[UUID, str]:
        """Add a user; answers the id and an API token in their name."""
        email = f"{secrets.token_hex(4)}@rill.example"
        body = {"name": name, "email": email, "password": PASSWORD, "role": role.value}
        user_id = UUID((await self.post("/v1/users", body))["id"])
        permissions = frozenset(Permission)
        return user_id, await self.api_token(permissions, user_id=user_id)

    async def api_token(
        self,
        permissions: frozenset[Permission] | Sequence[Permission] = frozenset(Permission),
        *,
        user_id: UUID | None = None,
        inbox_ids: Sequence[str | UUID] | None = None,
        **more: Any,
    ) -> str:
        """An API token, made in the store."""
        token = random_token(API_PREFIX)
        new = NewToken(
            name="test",
            token_hash=digest(token),
            permissions=sorted(map(str, permissions)),
            user_id=user_id,
            inbox_ids=None if inbox_ids is None else list(map(str, inbox_ids)),
            **more,
        )
        await self.desk.store.write(lambda tx: tokens.add(tx, self.scope, new))
        return token

    async def visitor(self, inbox_id: str | UUID, contact_id: UUID | None = None) -> str:
        """A visitor's token for an inbox."""
        contact = contact_id or await self.contact("Vera Visitor", ("web", secrets.token_hex(8)))

        def change(tx: Tx) -> str:
            return visitors.issue(
                tx,
                account_id=self.account_id,
                inbox_id=UUID(str(inbox_id)),
                contact_id=contact,
                verified=False,
            )

        return await self.desk.store.write(change)

    async def post(self, path: str, body: Any = None, status: int = 201) -> Any:
        """POST as the owner; asserts the status and answers the JSON."""
        answer = await self.http.post(path, json=body)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def get(self, path: str, **params: Any) -> Any:
        """GET as the owner; asserts 200 and answers the JSON."""
        answer = await self.http.get(path, params=params)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()


@dataclass(slots=True)
class RunningDesk:
    """The whole product, running in this event loop."""

    url: str
    container: Container
    store: Store
    settings: Settings
    owner: Tenant = field(init=False)
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def http(self) -> httpx2.AsyncClient:
        """A client with the owner's API token."""
        return self.owner.http

    @property
    def channel(self) -> PostChannel:
        """The test's own channel, with what was sent by it."""
        channel = self.container.desk.channels["post"]
        assert isinstance(channel, PostChannel)
        return channel

    def client(self, token: str | None = None, **more: Any) -> httpx2.AsyncClient:
        """A client of its own, with this bearer token or none; closed with the desk."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = httpx2.AsyncClient(
            base_url=self.url, headers=headers, timeout=30, trust_env=False, verify=_TLS, **more
        )
        self._stack.push_async_callback(client.aclose)
        return client

    async def tenant(self, name: str = "Rill Bikes") -> Tenant:
        """Another account with its owner and token."""
        account_id, email, token = uuid7(), f"{secrets.token_hex(4)}@rill.example", random_token(API_PREFIX)
        password_hash = await _hash()

        def change(tx: Tx) -> UUID:
            accounts.add(tx, account_id, name, time_zone="Europe/Madrid", language="en")
            owner = users.NewUser(
                email=email, name="Olive Owner", password_hash=password_hash, role=Role.OWNER
            )
            user_id = users.add(tx, account_id, owner)
            scope = Scope(account_id, ActorType.USER, user_id, frozenset(Permission), user_id=user_id)
            new = NewToken(
                name="owner",
                token_hash=digest(token),
                permissions=sorted(map(str, Permission)),
                user_id=user_id,
            )
            tokens.add(tx, scope, new)
            return user_id

        user_id = await self.store.write(change)
        return Tenant(self, account_id, user_id, email, token, self.client(token))


_hashes: list[str] = []


async def _hash() -> str:
    """The hash of `PASSWORD`, made once for the whole run: it is slow on purpose."""
    if not _hashes:
        _hashes.append(await Passwords().hash(PASSWORD))
    return _hashes[0]


@asynccontextmanager
async def running_desk(
    database_url: str, folder: Path, *, workers: bool = True, owned: bool = True, **settings: Any
) -> AsyncIterator[RunningDesk]:
    """Run a desk over a migrated database; `settings` are those of `Settings`."""
    values: dict[str, Any] = {
        "data_dir": folder,
        "database": database_url,
        "limits": LimitSettings(requests_per_minute=10**6, requests_per_minute_per_address=10**6),
        "workers": WorkerSettings(stop_seconds=2),
        **settings,
    }
    chosen = Settings(**values)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    store = await open_store(database_url, migrate=False, pool_size=chosen.store.pool_size)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        container = build(chosen, store, port=port, more_channels=[PostChannel()])
        stack.push_async_callback(container.close)
        await stack.enter_async_context(container.running())
        if workers:
            await stack.enter_async_context(working(container, chosen))
        await stack.enter_async_context(serving(container, listener, chosen))
        running = RunningDesk(f"http://127.0.0.1:{port}{chosen.base_path}", container, store, chosen)
        async with running._stack:
            if owned:
                running.owner = await running.tenant()
            yield running


async def until(condition: Callable[[], Any], *, seconds: float = 10, what: str = "the condition") -> Any:
    """Poll until the condition (which may be a coroutine function) holds; answers what it answered."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = condition()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"{what} did not come true within {seconds} s")
        await asyncio.sleep(0.01)
