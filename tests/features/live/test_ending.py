"""How a line ends: nothing follows it, nobody is there who is gone, nobody listens who may not."""

import asyncio
import json
from contextlib import aclosing

import pytest

from frontdesk.domain.scope import Scope
from frontdesk.features.live import hub as hubs
from frontdesk.features.live.subscribers import RESTARTING, REVOKED, Subscriber
from frontdesk.store.engine import Store
from tests.features.live.line import CURSORS, Listener, hub_of
from tests.features.scene import Scene, text


@pytest.fixture
async def scene(store: Store) -> Scene:
    return await Scene(store).build()


async def test_refusal_29_nothing_that_happens_after_the_end_is_told(scene: Scene) -> None:
    """A client that reads slowly gets what waited before its end, and none of what happened since."""
    async with hub_of(scene) as hub:
        found: list[Subscriber] = []

        async def same() -> Scope | None:
            return scene.owner

        async with aclosing(hub.stream(scene.owner, None, same, found=found.append)) as stream:
            assert [json.loads(str(each))["type"] for each in await anext(stream)] == ["hello"]
            assert "caught_up" in str(await anext(stream))
            (subscriber,) = found
            subscriber.offer("before")
            subscriber.end(REVOKED)
            subscriber.offer("after")
            assert list(await anext(stream)) == ["before"]
            with pytest.raises(StopAsyncIteration):
                await anext(stream)


async def test_nobody_is_seen_who_is_gone(scene: Scene) -> None:
    """What a socket says while it is being closed leaves no ghost at the desk."""
    await scene.receive(text("hello"))
    conversation = (await scene.conversation()).id
    async with hub_of(scene) as hub, Listener(hub, scene.owner) as other:
        async with Listener(hub, scene.owner) as leaving:
            subscriber = leaving.subscriber
            assert subscriber is not None
            subscriber.end(RESTARTING)
            await leaving.until(lambda: leaving.has_ended)
        presence = hub.presence(scene.account_id)
        presence.set_state(subscriber, "online")
        await hub.view(subscriber, conversation)
        assert hub.agents_online(scene.account_id) == 0
        await asyncio.sleep(0)
        assert (other.of("presence")[1:], other.of("viewing")) == ([], [])


async def test_refusal_28_who_still_catches_up_is_looked_at_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that reads what it missed as slowly as it can listens no longer than others."""
    monkeypatch.setattr(hubs, "PAGE", 2)
    monkeypatch.setattr(hubs, "CHECK_SECONDS", 0.0)
    for n in range(9):
        await scene.receive(text(f"message {n}"))
    answers = [scene.owner, None]

    async def admit() -> Scope | None:
        return answers.pop(0)

    found: list[Subscriber] = []
    async with hub_of(scene) as hub:
        cursor = CURSORS.of_agent(scene.account_id, 0)
        async with aclosing(hub.stream(scene.owner, cursor, admit, found=found.append)) as stream:
            told = [json.loads(str(each))["type"] async for batch in stream for each in batch]
    assert told == ["hello", *["event"] * 4]
    assert (found[0].close_code, answers) == (REVOKED, [])
