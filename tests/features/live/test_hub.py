"""The hub: whoever comes back misses nothing and gets nothing twice, and hears only what they may."""

import asyncio
import random
from functools import partial
from uuid import UUID

import pytest

from frontdesk.domain.scope import ActorType, Scope
from frontdesk.features.conversations.changes import mark_read
from frontdesk.features.live import hub as hubs
from frontdesk.features.live.subscribers import MOST_WAITING, REVOKED, SLOW
from frontdesk.kit.ids import uuid7
from frontdesk.store import events
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.statement import Statement
from tests.features.live.line import CURSORS, Listener, hub_of
from tests.features.scene import Scene, text


@pytest.fixture
async def scene(store: Store) -> Scene:
    return await Scene(store).build()


async def head(scene: Scene) -> int:
    return await scene.store.read(lambda tx: events.head(tx, scene.account_id))


async def test_a_listener_from_now_gets_what_happens_from_now_with_content(scene: Scene) -> None:
    await scene.receive(text("before"))
    async with hub_of(scene) as hub, Listener(hub, scene.owner) as listener:
        assert [frame["type"] for frame in listener.frames[:2]] == ["hello", "caught_up"]
        await scene.receive(text("after"))
        await listener.until(lambda: listener.of("event"))
        (event,) = [frame["event"] for frame in listener.of("event")]
        assert event["type"] == "message.received"
        assert event["message"]["content"]["body"] == "after"
        assert event["conversation"]["last_seq"] == 2
        assert event["position"] == await head(scene)


async def test_g5_resume_after_any_cut_misses_nothing_and_repeats_nothing(scene: Scene) -> None:
    chance = random.Random(5)
    start = CURSORS.of_agent(scene.account_id, 0)
    async with hub_of(scene) as hub:

        async def write() -> None:
            for n in range(120):
                await scene.receive(text(f"message {n}", sender=f"3460{n % 3}"))

        writing = asyncio.get_running_loop().create_task(write())
        cursor, seen, total = start, list[int](), 120 + 3 + 3
        while len(seen) < total:
            async with Listener(hub, scene.owner, cursor) as listener:
                wanted = chance.randrange(1, 12)
                await listener.reach(min(wanted, total - len(seen)))
            assert not listener.of("resync")
            seen += listener.positions
            cursor = listener.cursor or cursor
        await writing
    assert await head(scene) == total
    assert seen == list(range(1, total + 1))


async def test_g5_who_comes_back_after_nobody_listened_is_told_of_the_end_when_all_was_told(
    scene: Scene,
) -> None:
    async with hub_of(scene) as hub:
        async with Listener(hub, scene.owner) as listener:
            await listener.until(lambda: listener.of("caught_up"))
        for n in range(20):
            await scene.receive(text(f"message {n}"))
        async with Listener(hub, scene.owner, listener.cursor) as again:
            types = [frame["type"] for frame in again.frames]
            told = types[: types.index("caught_up")]
        assert told == ["hello"] + ["event"] * await head(scene)


async def test_many_who_join_while_it_happens_all_see_the_same(scene: Scene) -> None:
    start = CURSORS.of_agent(scene.account_id, 0)
    async with hub_of(scene) as hub:
        listeners: list[Listener] = []
        for n in range(30):
            await scene.receive(text(f"message {n}"))
            if n % 3 == 0:
                listener = Listener(hub, scene.owner, start)
                await listener.__aenter__()
                listeners.append(listener)
        last = await head(scene)
        for listener in listeners:
            await listener.reach(last)
            assert listener.positions == list(range(1, last + 1))
            await listener.__aexit__()


@pytest.mark.parametrize("cursor", ["", "nonsense", "é", CURSORS.of_agent(UUID(int=7), 1)])
async def test_a_cursor_that_is_not_ours_is_told_to_reload(scene: Scene, cursor: str) -> None:
    await scene.receive(text("hello"))
    async with hub_of(scene) as hub, Listener(hub, scene.owner, cursor) as listener:
        (resync,) = listener.of("resync")
        assert resync["reason"] == "unknown"
        assert CURSORS.agent_position(scene.account_id, resync["cursor"]) == await head(scene)


async def test_a_cursor_behind_the_log_s_tail_or_ahead_of_its_head_is_told_to_reload(scene: Scene) -> None:
    for n in range(5):
        await scene.receive(text(f"message {n}"))
    trim = Statement(t.account_log.update().values(tail=3))
    await scene.store.write(lambda tx: tx.run(trim))
    async with hub_of(scene) as hub:
        for position, reason in ((2, "too_old"), (999, "ahead")):
            cursor = CURSORS.of_agent(scene.account_id, position)
            async with Listener(hub, scene.owner, cursor) as listener:
                assert [frame["reason"] for frame in listener.of("resync")] == [reason]


async def test_refusal_4_an_agent_of_another_inbox_hears_nothing_of_this_one(scene: Scene) -> None:
    owner = scene.owner
    other = Scope(
        owner.account_id, owner.actor_type, owner.actor_id, owner.permissions, "Otto", owner.user_id,
        inbox_ids=frozenset({uuid7()}),
    )  # fmt: skip
    blind = Scope(owner.account_id, ActorType.TOKEN, uuid7(), frozenset(), "Bot")
    async with (
        hub_of(scene) as hub,
        Listener(hub, owner) as full,
        Listener(hub, other) as limited,
        Listener(hub, blind) as none,
    ):
        await scene.receive(text("private"))
        await full.reach(3)
        for listener in (limited, none):
            await listener.drained()
            assert listener.of("event") == []


async def test_refusal_6_a_visitor_hears_their_own_thread_only_and_never_notes(scene: Scene) -> None:
    await scene.receive(text("mine", sender="1"), text("theirs", sender="2"))
    mine, theirs = await scene.conversations()
    visitor = Scope(
        scene.account_id, ActorType.VISITOR, mine.contact_id, frozenset(), contact_id=mine.contact_id,
        inbox_ids=frozenset({scene.inbox_id}),
    )  # fmt: skip
    start = CURSORS.of_visitor(mine.contact_id, 0)
    async with hub_of(scene) as hub, Listener(hub, visitor, start) as listener:
        assert [frame["message"]["content"]["body"] for frame in listener.of("message")] == ["mine"]
        assert listener.of("event") == []
        assert "id" not in listener.of("message")[0]["message"]["author"]
        await hub.typing(scene.owner, mine.id, "on")
        await hub.typing(scene.owner, theirs.id, "on")
        await listener.until(lambda: listener.of("typing"))
        assert listener.of("typing") == [
            {"type": "typing", "author": {"type": "agent", "name": "Olga"}, "state": "on"}
        ]
        foreign = CURSORS.of_visitor(theirs.contact_id, 0)
    async with hub_of(scene) as hub, Listener(hub, visitor, foreign) as listener:
        assert [frame["reason"] for frame in listener.of("resync")] == ["unknown"]


async def test_a_visitor_hears_up_to_where_the_agents_have_read(scene: Scene) -> None:
    await scene.receive(text("mine", sender="1"), text("theirs", sender="2"))
    mine, theirs = await scene.conversations()
    visitor = Scope(
        scene.account_id, ActorType.VISITOR, mine.contact_id, frozenset(), contact_id=mine.contact_id,
        inbox_ids=frozenset({scene.inbox_id}),
    )  # fmt: skip
    start = CURSORS.of_visitor(mine.contact_id, 0)
    async with hub_of(scene) as hub, Listener(hub, visitor, start) as listener:
        assert [frame["message"]["status"] for frame in listener.of("message")] == ["delivered"]
        for row in (theirs, mine):
            read = partial(
                mark_read, scope=scene.owner, conversation_id=row.id, seq=None, tell_provider=False
            )
            await scene.store.write(read)
        await listener.until(lambda: listener.of("seen"))
        (frame,) = listener.of("seen")
        assert (frame["conversation_id"], frame["seq"]) == (str(mine.id), mine.last_seq)
        assert frame["cursor"]
    async with hub_of(scene) as hub, Listener(hub, visitor, start) as listener:
        assert [frame["message"]["status"] for frame in listener.of("message")] == ["read"]


async def test_a_visitor_s_typing_reaches_agents_with_the_conversation(scene: Scene) -> None:
    await scene.receive(text("hi"))
    row = await scene.conversation()
    visitor = Scope(
        scene.account_id, ActorType.VISITOR, row.contact_id, frozenset(), contact_id=row.contact_id,
        inbox_ids=frozenset({scene.inbox_id}),
    )  # fmt: skip
    async with hub_of(scene) as hub, Listener(hub, scene.owner) as listener:
        await hub.typing(visitor, row.id, "on")
        await listener.until(lambda: listener.of("typing"))
        (frame,) = listener.of("typing")
        author = {"type": "contact", "id": str(row.contact_id), "name": "Ana"}
        assert frame == {"type": "typing", "conversation_id": str(row.id), "author": author, "state": "on"}


async def test_presence_and_viewing_are_told_and_end_with_the_socket(scene: Scene) -> None:
    await scene.receive(text("hi"))
    row = await scene.conversation()
    agent = await scene.add_agent("Ben")
    async with hub_of(scene) as hub, Listener(hub, scene.owner) as watcher:
        async with Listener(hub, agent) as listener:
            assert listener.subscriber is not None
            hub.presence(scene.account_id).set_state(listener.subscriber, "online")
            await hub.view(listener.subscriber, row.id)
            await watcher.until(lambda: watcher.of("viewing"))
            ben = {"id": str(agent.user_id), "name": "Ben"}
            assert watcher.of("presence")[-1]["agents"] == [{**ben, "state": "online"}]
            assert watcher.of("viewing")[-1]["agents"] == [ben]
            assert hub.agents_online(scene.account_id) == 1
        await watcher.until(lambda: watcher.of("presence")[-1]["agents"] == [])
        await watcher.until(lambda: watcher.of("viewing")[-1]["agents"] == [])
        assert hub.agents_online(scene.account_id) == 0


async def test_refusal_28_a_revoked_credential_ends_the_stream(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "CHECK_SECONDS", 0.02)

    async def gone() -> Scope | None:
        return None

    async with hub_of(scene) as hub, Listener(hub, scene.owner) as listener:
        listener.admit = gone
        await listener.until(lambda: listener.has_ended)
        assert listener.subscriber is not None
        assert listener.subscriber.close_code == REVOKED


async def test_refusals_7_and_29_changed_rights_count_on_an_open_stream(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "CHECK_SECONDS", 0.02)
    owner = scene.owner
    less = Scope(
        owner.account_id, owner.actor_type, owner.actor_id, owner.permissions, "Olga", owner.user_id,
        inbox_ids=frozenset({uuid7()}),
    )  # fmt: skip

    async def changed() -> Scope | None:
        return less

    async with hub_of(scene) as hub, Listener(hub, owner) as listener, Listener(hub, owner) as other:
        listener.admit = changed
        await listener.until(lambda: listener.of("resync"))
        assert listener.of("resync")[0]["reason"] == "access"
        await scene.receive(text("not for you any more"))
        await other.reach(3)
        await listener.drained()
        assert listener.of("event") == []


async def test_a_reader_that_is_too_slow_is_let_go(scene: Scene) -> None:
    async with hub_of(scene) as hub, Listener(hub, scene.owner) as listener:
        assert listener.subscriber is not None
        for n in range(MOST_WAITING + 1):
            listener.subscriber.offer('{"type":"pong"}')
            assert (listener.subscriber.close_code == SLOW) is (n >= MOST_WAITING)
        await listener.until(lambda: listener.has_ended)


async def test_g20_stopping_tells_everybody_to_come_again(scene: Scene) -> None:
    async with hub_of(scene) as hub, Listener(hub, scene.owner) as listener:
        hub.stop()
        await listener.until(lambda: listener.has_ended)
        assert listener.subscriber is not None
        assert listener.subscriber.close_code == 1012
