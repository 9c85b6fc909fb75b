"""A small desk to test the store with: an account with conversations, made and read by plain SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.event import EventType
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.kit.ids import uuid7
from frontdesk.store import events
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.idempotency import IdempotencyKey
from frontdesk.store.messages import Draft
from frontdesk.store.tx import Row, Statement, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
CONTENT = '{"kind":"text","text":"Hello"}'
AGENT = Author(AuthorType.AGENT, uuid7(), "Ana")
CONTACT = Author(AuthorType.CONTACT, uuid7(), "Mr. Fox")

_ADD_CONVERSATION = Statement(
    sa.insert(t.conversations).values(
        id=P("id"),
        account_id=P("account_id"),
        inbox_id=P("inbox_id"),
        thread_id=P("thread_id"),
        contact_id=P("contact_id"),
        last_message_at=db_now(),
        opened_at=db_now(),
    )
)
_RESOLVE = Statement(
    sa.update(t.conversations).where(t.conversations.c.id == P("id")).values(status="resolved")
)
_GET_CONVERSATION = Statement(sa.select(t.conversations).where(t.conversations.c.id == P("id")))
_SEQS = Statement(
    sa.select(t.messages.c.seq, t.messages.c.id)
    .where(t.messages.c.conversation_id == P("id"))
    .order_by(t.messages.c.seq)
)


@dataclass
class Desk:
    """One account with one inbox. `await Desk(store).open(n)` makes n conversations."""

    store: Store
    account: UUID = field(default_factory=uuid7)
    inbox: UUID = field(default_factory=uuid7)
    conversations: list[UUID] = field(default_factory=list)

    async def open(self, count: int = 1) -> "Desk":
        made = [uuid7() for _ in range(count)]

        def change(tx: Tx) -> None:
            for conversation in made:
                tx.run(
                    _ADD_CONVERSATION,
                    id=conversation,
                    account_id=self.account,
                    inbox_id=self.inbox,
                    thread_id=uuid7(),
                    contact_id=uuid7(),
                )
                tx.emit(
                    self.account,
                    EventType.CONVERSATION_OPENED,
                    conversation_id=conversation,
                    subject_id=conversation,
                    facts={"version": 1},
                )

        await self.store.write(change)
        self.conversations += made
        return self

    @property
    def first(self) -> UUID:
        return self.conversations[0]

    def incoming(self, conversation: UUID | None = None, *, source_id: str | None = None) -> Draft:
        return Draft(
            self.account,
            conversation or self.first,
            Direction.INCOMING,
            CONTACT,
            "text",
            CONTENT,
            "Hello",
            source_id=source_id,
        )

    def outgoing(
        self, conversation: UUID | None = None, *, key: str | None = None, body: bytes = b""
    ) -> Draft:
        return Draft(
            self.account,
            conversation or self.first,
            Direction.OUTGOING,
            AGENT,
            "text",
            CONTENT,
            "Hello",
            queue="deliver",
            idempotency=self.key(key, body) if key else None,
        )

    def key(self, key: str, body: bytes = b"") -> IdempotencyKey:
        assert AGENT.id is not None
        return IdempotencyKey(self.account, AGENT.id, key, "POST /v1/x", body.ljust(32, b"\0"))

    async def resolve(self, conversation: UUID | None = None) -> None:
        await self.store.write(lambda tx: tx.run(_RESOLVE, id=conversation or self.first))

    async def conversation(self, conversation: UUID | None = None) -> Row:
        return await self.store.read(lambda tx: tx.one(_GET_CONVERSATION, id=conversation or self.first))

    async def seqs(self, conversation: UUID | None = None) -> list[int]:
        rows = await self.store.read(lambda tx: tx.rows(_SEQS, id=conversation or self.first))
        return [row.seq for row in rows]

    async def message_ids(self, conversation: UUID | None = None) -> list[UUID]:
        rows = await self.store.read(lambda tx: tx.rows(_SEQS, id=conversation or self.first))
        return [row.id for row in rows]

    async def log(self) -> list[Row]:
        return await self.store.read(lambda tx: events.page(tx, self.account, 0, 100_000))

    async def count(self, table: sa.Table) -> int:
        statement = Statement(sa.select(sa.func.count().label("n")).select_from(table))
        return int(await self.store.read(lambda tx: tx.scalar(statement)))

    async def assert_whole(self) -> None:
        """Positions and seqs are 1..n without gaps, and the log's order is each conversation's order (G4)."""
        log = await self.log()
        assert [event.position for event in log] == list(range(1, len(log) + 1))
        by_conversation: dict[UUID, list[int]] = {}
        for event in log:
            if event.type.startswith("message."):
                by_conversation.setdefault(event.conversation_id, []).append(event.seq)
        for conversation in self.conversations:
            expected = by_conversation.get(conversation, [])
            assert expected == list(range(1, len(expected) + 1))
            assert await self.seqs(conversation) == expected
            assert (await self.conversation(conversation)).last_seq == len(expected)


def types(log: Sequence[Any]) -> list[str]:
    return [event.type for event in log]
