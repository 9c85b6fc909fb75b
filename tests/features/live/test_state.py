"""The oracle of the live line: stale state and events make what a fresh fetch shows (G5)."""

import asyncio
import json
import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from pydantic_core import to_json

from frontdesk.domain.content import Reaction, Text, content_adapter
from frontdesk.domain.conversation import Resolution
from frontdesk.domain.errors import Conflict
from frontdesk.domain.inbound import MessageDeleted, MessageEdited
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.features.conversations import changes
from frontdesk.features.delivery.backoff import Backoff
from frontdesk.features.delivery.deliverer import Deliverer
from frontdesk.features.live.hub import Hub
from frontdesk.store import conversations, events, timeline
from frontdesk.store.drafts import Draft
from frontdesk.store.engine import Store
from frontdesk.store.tx import ReadTx
from tests.features.live.line import CURSORS, Listener, hub_of
from tests.features.scene import PaperBlobs, PaperInboxes, Scene, said, status, text, until, working

SENDERS = ("1", "2", "3")


@dataclass(slots=True)
class Client:
    """What a console keeps: rows by id, the newest version of each wins."""

    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)

    def apply(self, frame: dict[str, Any]) -> None:
        event = frame["event"]
        self.positions.append(event["position"])
        for kept, name in ((self.conversations, "conversation"), (self.messages, "message")):
            new = event.get(name)
            if new is not None and new["version"] >= kept.get(new["id"], {"version": 0})["version"]:
                kept[new["id"]] = new


async def fetch(scene: Scene) -> tuple[Client, str]:
    """Everything by reading, and the cursor from which the line goes on."""

    def query(tx: ReadTx) -> tuple[Client, str]:
        head = events.head(tx, scene.account_id)
        client = Client()
        for row in conversations.many(tx, scene.account_id, ids(tx, scene)).values():
            client.conversations[str(row.id)] = plain(scene.views.conversation(row, tx.now))
            for message in scene.views.messages(tx, timeline.page(tx, row.id, after=0, limit=10_000)):
                client.messages[str(message["id"])] = plain(message)
        return client, CURSORS.of_agent(scene.account_id, head)

    return await scene.store.read(query, snapshot=True)


def ids(tx: ReadTx, scene: Scene) -> list[UUID]:
    rows = events.page(tx, scene.account_id, 0, 100_000)
    return sorted({row.conversation_id for row in rows if row.conversation_id is not None})


def plain(value: Any) -> dict[str, Any]:
    """As it looks after the wire; what depends on the present instant is left out."""
    shown: dict[str, Any] = json.loads(to_json(value))
    shown.pop("can_send_text", None)
    return shown


async def live(scene: Scene, dice: random.Random, steps: int) -> None:
    """Things happen: customers, agents and a provider at once."""
    known: list[str] = []
    for n in range(steps):
        source_id = f"m{n}-{dice.random()}"
        rows = await scene.conversations()
        row = dice.choice(rows)
        match dice.randrange(9):
            case 0 | 1:
                known.append(source_id)
                await scene.receive(text(f"{n}", source_id=source_id, sender=dice.choice(SENDERS)))
            case 2 if known:
                await scene.receive(
                    MessageEdited(target_source_id=dice.choice(known), content=Text(body=f"e{n}"))
                )
            case 3 if known:
                await scene.receive(MessageDeleted(target_source_id=dice.choice(known)))
            case 4 if known:
                reaction = Reaction(emoji=dice.choice(["👍", ""]), target_source_id=dice.choice(known))
                await scene.receive(said(reaction, source_id=source_id, sender=dice.choice(SENDERS)))
            case 5:
                await write(scene, row.id, f"{n}")
            case 6:
                word = dice.choice(["delivered", "read", "failed"])
                await scene.receive(status(f"sent-{dice.randrange(1, 30)}", word))
            case 7:
                await agent_acts(scene, dice, row.id)
            case _:
                await asyncio.sleep(0.002)


async def write(scene: Scene, conversation_id: UUID, body: str) -> None:
    content = content_adapter.dump_json(Text(body=body)).decode()
    author = Author(AuthorType.AGENT, None, "Olga")
    await scene.store.append(
        Draft(
            scene.account_id, conversation_id, Direction.OUTGOING, author, "text", content, body,
            queue="deliver",
        )
    )  # fmt: skip


async def agent_acts(scene: Scene, dice: random.Random, conversation_id: UUID) -> None:
    owner, which = scene.owner, dice.randrange(4)

    def change(tx: Any) -> None:
        if which == 0:
            changes.resolve(tx, owner, conversation_id, Resolution.RESOLVED)
        elif which == 1:
            changes.reopen(tx, owner, conversation_id)
        elif which == 2:
            changes.assign(tx, owner, conversation_id, dice.choice([owner.user_id, None]))
        else:
            changes.mark_read(tx, owner, conversation_id, None, tell_provider=False)

    with suppress(Conflict):
        await scene.store.write(change)


async def follow(scene: Scene, hub: Hub, dice: random.Random, done: asyncio.Event) -> Client:
    """A client that starts from a stale fetch and is cut again and again, at any moment."""
    client, cursor = await fetch(scene)
    start = len(client.positions)
    while True:
        last = done.is_set()
        listener = Listener(hub, scene.owner, cursor)
        async with listener:
            if last:
                head = await scene.store.read(lambda tx: events.head(tx, scene.account_id))
                await listener.until(lambda: not client_behind(client, listener, head))  # noqa: B023
            else:
                await asyncio.sleep(dice.random() * 0.05)
        assert listener.of("resync") == []
        frames = listener.of("event")
        kept = frames[: dice.randrange(len(frames) + 1)] if frames and not last else frames  # bytes got lost
        for frame in kept:
            client.apply(frame)
            cursor = frame["cursor"]
        if last:
            assert client.positions[start:] == sorted(set(client.positions[start:]))
            return client


def client_behind(client: Client, listener: Listener, head: int) -> bool:
    seen = [*client.positions, *listener.positions]
    return not listener.of("caught_up") or (bool(seen) and max(seen) < head)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", range(3))
async def test_g5_stale_state_and_events_make_a_fresh_fetch(store: Store, seed: int) -> None:
    scene = await Scene(store).build()
    for sender in SENDERS:
        await scene.receive(text("hi", sender=sender))
    deliverer = Deliverer(store, PaperInboxes(scene), PaperBlobs(), backoff=Backoff(first_seconds=0.01))
    done = asyncio.Event()
    async with hub_of(scene) as hub, working(deliverer.worker()):
        followers = [
            asyncio.ensure_future(follow(scene, hub, random.Random(f"{seed}{n}"), done)) for n in range(4)
        ]
        await asyncio.gather(*(live(scene, random.Random(f"{seed}-{n}"), 40) for n in range(3)))
        await until(lambda: is_quiet(scene))
        done.set()
        clients = await asyncio.gather(*followers)
    fresh, _ = await fetch(scene)
    for client in clients:
        for each in client.conversations.values():
            each.pop("can_send_text", None)
        assert client.conversations == fresh.conversations
        assert client.messages == fresh.messages


async def is_quiet(scene: Scene) -> bool:
    messages = [m for row in await scene.conversations() for m in await scene.read(row.id)]
    return all(m["status"] not in ("queued", "sending") for m in messages)
