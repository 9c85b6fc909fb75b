"""A process that writes to a desk's database beside another one; run as a module by the concurrency tests."""

import asyncio
import random
import sys
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.event import EventType
from frontdesk.store import messages
from frontdesk.store import tables as t
from frontdesk.store.engine import Store, open_store
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx
from tests.store.desk import Desk

P = sa.bindparam
_LOCK = Statement(
    sa.select(t.conversations.c.id, t.conversations.c.version)
    .where(t.conversations.c.id.in_(P("ids", expanding=True)))
    .order_by(t.conversations.c.id)
    .with_for_update(key_share=True)
)
_ASSIGN = Statement(
    sa.update(t.conversations)
    .where(t.conversations.c.id == P("id"))
    .values(assignee_id=P("agent"), version=t.conversations.c.version + 1)
)


def assign(tx: Tx, desk: Desk, conversations: list[UUID]) -> None:
    """A general change over several conversations that also appends, in the desk's lock order."""
    for row in tx.rows(_LOCK, ids=conversations):
        tx.run(_ASSIGN, id=row.id, agent=desk.account)
        tx.emit(desk.account, EventType.CONVERSATION_ASSIGNED, conversation_id=row.id)
    messages.append(tx, [desk.incoming(conversation) for conversation in sorted(conversations)[:1]])


async def write(store: Store, desk: Desk, count: int, seed: int) -> None:
    """`count` appends and a quarter as many general changes, 16 at a time."""
    dice = random.Random(seed)

    async def append() -> None:
        await store.append(desk.outgoing(dice.choice(desk.conversations)))

    async def change() -> None:
        picked = dice.sample(desk.conversations, 2)
        await store.write(lambda tx: assign(tx, desk, picked))

    work = [append] * count + [change] * (count // 4)
    dice.shuffle(work)

    async def worker() -> None:
        while work:
            await work.pop()()

    await asyncio.gather(*(worker() for _ in range(16)))


async def main(url: str, account: str, inbox: str, count: str, *conversations: str) -> None:
    store = await open_store(url, migrate=False)
    desk = Desk(store, UUID(account), UUID(inbox), [UUID(each) for each in conversations])
    await write(store, desk, int(count), seed=2)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
