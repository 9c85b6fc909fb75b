"""A desk's rows without its services: an account, an inbox, agents, and a channel that does as it is told."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from frontdesk.domain.content import Content, Text
from frontdesk.domain.conversation import ReopenPolicy
from frontdesk.domain.errors import NotFound, TooLarge
from frontdesk.domain.inbound import Address, InboundEvent, MessageReceived, Party, StatusReported
from frontdesk.domain.message import DeliveryStatus, Direction
from frontdesk.domain.scope import ROLE_PERMISSIONS, ActorType, Role, Scope
from frontdesk.features.conversations.episodes import Desk
from frontdesk.features.conversations.reads import MessageRead
from frontdesk.features.conversations.receive import Arrived, receive
from frontdesk.features.conversations.views import Views
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.features.jobs.worker import Worker
from frontdesk.kit.http import HttpClient
from frontdesk.kit.ids import uuid7
from frontdesk.ports.blobs import Blob, BlobMissing
from frontdesk.ports.channel import (
    Capabilities,
    Challenge,
    ChannelConfig,
    Connection,
    ConnectionReport,
    FetchedMedia,
    NoConfig,
    Outbound,
    RawRequest,
    SendResult,
    Sent,
)
from frontdesk.store import conversations, events, inboxes, timeline
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.statement import Statement, insert
from frontdesk.store.tx import ReadTx, Row, Tx

T = TypeVar("T")

ALL_KINDS = frozenset({
    "text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction",
    "interactive", "template",
})  # fmt: skip


class PaperChannel:
    """A channel on paper: answers what the test laid out, and keeps what was sent."""

    slug: ClassVar[str] = "paper"
    name: ClassVar[str] = "Paper"
    Config: ClassVar[type[ChannelConfig]] = NoConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=ALL_KINDS, max_text=4096, reactions=True, replies=True, receipts=True, templates=True,
        window_seconds=24 * 3600,
    )  # fmt: skip

    def __init__(self) -> None:
        self.sent: list[Outbound] = []
        self.answers: list[SendResult | BaseException] = []
        self.events: dict[bytes, Sequence[InboundEvent]] = {}
        self.files: dict[str, FetchedMedia | BaseException] = {}
        self.gate: asyncio.Event | None = None

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        return None

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        return self.events[request.body]

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        self.sent.append(outbound)
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answers.pop(0) if self.answers else Sent(source_id=f"sent-{len(self.sent)}")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def fetch(
        self, source_media_id: str | None, url: str | None, connection: Connection
    ) -> FetchedMedia:
        answer = self.files[source_media_id or url or ""]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def connect(self, connection: Connection) -> ConnectionReport:
        return ConnectionReport(ok=True)


class PlainLinks:
    """Links that say what they link to."""

    def link(self, account_id: UUID, attachment_id: UUID) -> str:
        return f"/files/{attachment_id}"


@dataclass(slots=True)
class Scene:
    """One account with one inbox on paper."""

    store: Store
    account_id: UUID = field(default_factory=uuid7)
    inbox_id: UUID = field(default_factory=uuid7)
    channel: PaperChannel = field(default_factory=PaperChannel)
    policy: ReopenPolicy = ReopenPolicy.REOPEN

    @property
    def desk(self) -> Desk:
        return Desk(self.account_id, self.inbox_id, "Front", self.policy)

    @property
    def views(self) -> Views:
        return Views({"paper": self.channel}, PlainLinks())

    @property
    def owner(self) -> Scope:
        return Scope(
            self.account_id, ActorType.USER, self.account_id, ROLE_PERMISSIONS[Role.OWNER], name="Olga",
            user_id=self.account_id,
        )  # fmt: skip

    async def build(self) -> "Scene":
        def change(tx: Tx) -> None:
            now = tx.now
            add_rows(tx, t.accounts, {"id": self.account_id, "name": "Rill", "created_at": now})
            add_rows(
                tx,
                t.inboxes,
                {
                    "id": self.inbox_id, "account_id": self.account_id, "channel": "paper", "name": "Front",
                    "config": {}, "public_key": str(uuid4()), "created_at": now,
                    "reopen_policy": self.policy.value,
                },
            )  # fmt: skip

        await self.store.write(change)
        await self.add_agent("Olga", self.account_id)
        return self

    async def add_agent(self, name: str, user_id: UUID | None = None) -> Scope:
        user_id = user_id or uuid7()
        user = {"id": user_id, "email": f"{user_id}@desk.test", "name": name}
        member = {"account_id": self.account_id, "user_id": user_id, "role": "agent"}

        def change(tx: Tx) -> None:
            add_rows(tx, t.users, {**user, "created_at": tx.now})
            add_rows(tx, t.memberships, {**member, "created_at": tx.now})

        await self.store.write(change)
        return Scope(
            self.account_id, ActorType.USER, user_id, ROLE_PERMISSIONS[Role.AGENT], name=name, user_id=user_id
        )

    async def receive(self, *arrived: InboundEvent) -> None:
        """Apply events as one batch."""
        batch = [Arrived(uuid7(), event) for event in arrived]
        await self.store.write(lambda tx: receive(tx, self.desk, batch))

    async def read(self, conversation_id: UUID) -> list[MessageRead]:
        """All messages of a conversation, as readers get them."""

        def query(tx: ReadTx) -> list[MessageRead]:
            return self.views.messages(tx, timeline.page(tx, conversation_id, after=0, limit=10_000))

        return await self.store.read(query)

    async def conversations(self) -> list[Row]:
        """All conversations, the oldest first."""
        statement = Statement(
            t.conversations.select()
            .where(t.conversations.c.account_id == self.account_id)
            .order_by(t.conversations.c.id)
        )
        return await self.store.read(lambda tx: tx.rows(statement))

    async def conversation(self) -> Row:
        """The only conversation."""
        (row,) = await self.conversations()
        return await self.store.read(lambda tx: conversations.get(tx, self.owner, row.id))

    async def log(self) -> list[Row]:
        """The account's whole log."""
        return await self.store.read(lambda tx: events.page(tx, self.account_id, 0, 100_000))

    async def all_of(self, table: Any) -> list[Row]:
        """All rows of a table."""
        statement = Statement(table.select())
        return await self.store.read(lambda tx: tx.rows(statement))


def add_rows(tx: Tx, table: Any, *rows: dict[str, Any]) -> None:
    """Insert rows of any table, for a test's beginning."""
    for row in rows:
        tx.run(Statement(insert(table), columns=sorted(row)), **row)


def text(
    body: str, *, source_id: str | None = None, sender: str = "34600", name: str | None = "Ana", **more: Any
) -> MessageReceived:
    """A text message of a customer."""
    return said(Text(body=body), source_id=source_id, sender=sender, name=name, **more)


def said(
    content: Content,
    *,
    source_id: str | None = None,
    sender: str = "34600",
    name: str | None = "Ana",
    **more: Any,
) -> MessageReceived:
    """A message of a customer."""
    address = Address("paper", sender)
    return MessageReceived(
        source_id=source_id or f"in-{uuid4()}",
        party=Party((address,), name),
        thread_key=f"paper:{sender}",
        content=content,
        at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        **more,
    )


def echo(body: str, *, source_id: str, sender: str = "34600") -> MessageReceived:
    """What our side wrote elsewhere."""
    return text(body, source_id=source_id, sender=sender, name=None, direction=Direction.OUTGOING)


def status(source_id: str, word: str, **more: Any) -> StatusReported:
    """A provider's report."""
    return StatusReported(source_id=source_id, status=DeliveryStatus(word), provider_status=word, **more)


class PaperInboxes:
    """Opens the scene's inboxes without secrets."""

    def __init__(self, *scenes: Scene) -> None:
        self._scenes = {scene.inbox_id: scene for scene in scenes}
        self.states: list[tuple[UUID, str, str | None]] = []

    async def open(self, inbox_id: UUID) -> OpenInbox:
        scene = self._scenes.get(inbox_id)
        if scene is None:
            raise NotFound("There is no such inbox.")
        row = await scene.store.read(lambda tx: inboxes.find(tx, inbox_id))
        if row is None:
            raise NotFound("There is no such inbox.")
        connection = Connection(inbox_id, scene.account_id, "Front", NoConfig(), HttpClient())
        return OpenInbox(row, scene.channel, connection)

    async def note_state(self, account_id: UUID, inbox_id: UUID, state: str, reason: str | None) -> None:
        self.states.append((inbox_id, state, reason))


class PaperBlobs:
    """Keeps bytes in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def write(self, chunks: AsyncIterable[bytes], limit: int) -> Blob:
        content = b"".join([chunk async for chunk in chunks])
        if len(content) > limit:
            raise TooLarge("Too large.")
        name = str(uuid4())
        self.kept[name] = content
        return Blob(name, len(content), hashlib.sha256(content).hexdigest(), content[:64])

    async def older(self, than: datetime) -> AsyncIterator[str]:
        assert than.tzinfo is not None
        for name in list(self.kept):
            yield name

    async def read(self, name: str) -> bytes:
        if name not in self.kept:
            raise BlobMissing
        return self.kept[name]

    async def stream(self, name: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        content = await self.read(name)
        yield content[start : None if length is None else start + length]

    async def delete(self, name: str) -> None:
        self.kept.pop(name, None)


@asynccontextmanager
async def working(*workers: Worker) -> AsyncIterator[asyncio.Event]:
    """Run workers for the length of the block; stop them in order."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for worker in workers:
            group.create_task(worker.run(stop))
        try:
            yield stop
        finally:
            stop.set()


async def until(check: Callable[[], Awaitable[T]], seconds: float = 60.0) -> T:
    """Ask until the answer is true; fail with the last answer after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := await check()):
        if time.monotonic() > deadline:
            raise AssertionError(f"still {answer!r} after {seconds} s")
        await asyncio.sleep(0.01)
    return answer
