"""S3-21: a message that is held leaves at its time, in its turn; taken back before, it never leaves."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from frontdesk.domain.content import Text, content_adapter
from frontdesk.domain.conversation import Resolution
from frontdesk.domain.errors import Conflict, NotFound
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.domain.scope import Scope, system_scope
from frontdesk.features.conversations import changes, episodes
from frontdesk.features.delivery import holding
from frontdesk.kit.ids import uuid7
from frontdesk.store import conversation_lists, conversations, threads
from frontdesk.store import tables as t
from frontdesk.store.conversation_lists import Filter
from frontdesk.store.drafts import Appended, Draft
from frontdesk.store.engine import Store
from tests.features.delivery.test_delivering import all_are, deliverer, said, statuses
from tests.features.scene import Scene, text, until, working


@pytest.fixture
async def scene(store: Store) -> Scene:
    scene = await Scene(store).build()
    await scene.receive(text("hi", source_id="m1"))
    return scene


async def write(scene: Scene, *bodies: str, hold: int | None = None, talk: UUID | None = None) -> list[UUID]:
    """Queue messages, held for so many seconds; answers their ids."""
    talk = talk or (await scene.conversation()).id
    drafts = [
        Draft(
            scene.account_id, talk, Direction.OUTGOING, Author(AuthorType.AGENT, None, "Olga"), "text",
            content_adapter.dump_json(Text(body=body)).decode(), body, queue="deliver",
            context={"hold_seconds": hold} if hold else None,
        )
        for body in bodies
    ]  # fmt: skip
    outcomes = await scene.store.append_many(drafts)
    assert all(isinstance(outcome, Appended) for outcome in outcomes)
    return [draft.id for draft in drafts]


async def cancel(scene: Scene, message_id: UUID) -> None:
    await scene.store.write(lambda tx: holding.cancel(tx, scene.owner, message_id))


async def is_put_off(scene: Scene) -> bool:
    """The worker has looked at the held message, and the lane is nobody's again."""
    (lane,) = await scene.all_of(t.lanes)
    (job,) = await scene.all_of(t.jobs)
    return lane.leased_until is None and bool(job.attempts)


async def preview(scene: Scene) -> tuple[Any, ...]:
    row = await scene.conversation()
    return row.preview, row.preview_kind, row.preview_direction, row.preview_author


async def test_s3_21_a_held_message_leaves_at_its_time_and_later_ones_after_it(scene: Scene) -> None:
    await write(scene, "held", hold=1)
    await write(scene, "next")
    held, _ = [m for m in await scene.read((await scene.conversation()).id) if m["direction"] == "outgoing"]
    assert held["held_until"] is not None
    assert (held["held_until"] - held["created_at"]).total_seconds() == 1
    async with working(deliverer(scene).worker()):
        await until(lambda: all_are(scene, "sent", "sent"))
    assert said(scene) == ["held", "next"]
    first = next(a for a in await scene.all_of(t.delivery_attempts) if a.number == 1)
    assert first.started_at >= held["held_until"]
    assert await scene.all_of(t.jobs) == []


async def test_s3_21_what_is_taken_back_never_leaves_and_is_told_once(scene: Scene) -> None:
    before = await preview(scene)
    (message_id,) = await write(scene, "sorry", hold=60)
    assert await preview(scene) == ("sorry", "text", "outgoing", "Olga")
    async with working(deliverer(scene).worker()):
        await until(lambda: is_put_off(scene))
        for _ in range(2):
            await cancel(scene, message_id)
        assert await preview(scene) == before
        await write(scene, "right")
        await until(lambda: all_are(scene, "canceled", "sent"))
    assert said(scene) == ["right"]
    assert [e.type for e in await scene.log() if e.type.startswith("delivery.")] == [
        "delivery.canceled", "delivery.sent",
    ]  # fmt: skip
    assert [await scene.all_of(table) for table in (t.jobs, t.lanes, t.dead_letters)] == [[], [], []]


async def test_s3_21_taken_back_behind_a_later_word_the_list_keeps_that(scene: Scene) -> None:
    (message_id,) = await write(scene, "sorry", hold=60)
    await scene.receive(text("and?", source_id="m2"))
    await cancel(scene, message_id)
    assert (await preview(scene))[0] == "and?"


async def listed(scene: Scene, scope: Scope | None = None, **wanted: Any) -> tuple[list[str], int, int]:
    """What a list shows, and the counts of open and of resolved ones."""
    rows, counts = await scene.store.read(
        lambda tx: (
            conversation_lists.page(tx, scope or scene.owner, Filter(**wanted)),
            conversation_lists.counts(tx, scope or scene.owner),
        )
    )
    return [row.preview for row in rows], counts["open"], counts["resolved"]


async def begun(scene: Scene) -> UUID:
    """A conversation in which nothing was said yet."""
    row = await scene.conversation()
    await scene.store.write(lambda tx: changes.resolve(tx, scene.owner, row.id, Resolution.RESOLVED))
    return await scene.store.write(
        lambda tx: episodes.open_next(tx, threads.lock(tx, scene.account_id, row.thread_id))
    )


async def test_s3_21_where_all_was_taken_back_no_list_shows_it_until_something_is_said(scene: Scene) -> None:
    talk = await begun(scene)
    some = replace(scene.owner, inbox_ids=frozenset({scene.inbox_id}))
    assert await listed(scene) == ([""], 1, 1), "a person opened it to write"
    first, second = await write(scene, "sorry", "twice", hold=60, talk=talk)
    for message_id, shown in ((second, ["sorry"]), (first, [])):
        await cancel(scene, message_id)
        for scope in (scene.owner, some):
            assert await listed(scene, scope) == (shown, len(shown), 1)
    row = await scene.store.read(lambda tx: conversations.get(tx, scene.owner, talk))
    assert (row.preview, row.preview_kind, row.preview_direction, row.preview_author) == (
        "",
        "canceled",
        None,
        None,
    )
    await scene.store.write(lambda tx: changes.assign(tx, scene.owner, talk, "me"))
    every = {"status": "all", "thread_id": row.thread_id}
    assert await listed(scene, **every) == (["hi"], 0, 1), "an activity is nothing said"
    await write(scene, "right", talk=talk)
    assert await listed(scene, **every) == (["right", "hi"], 1, 1)


async def test_s3_21_a_customer_who_writes_there_is_listed(scene: Scene) -> None:
    (message_id,) = await write(scene, "sorry", hold=60, talk=await begun(scene))
    await cancel(scene, message_id)
    await scene.receive(text("hello?", source_id="m2"))
    assert await listed(scene) == (["hello?"], 1, 1)


async def test_s3_21_only_what_is_held_can_be_taken_back(scene: Scene) -> None:
    (plain,) = await write(scene, "plain")
    with pytest.raises(Conflict, match="Only a message that is held"):
        await cancel(scene, plain)
    with pytest.raises(NotFound):
        await cancel(scene, uuid7())
    stranger = system_scope(uuid7())
    with pytest.raises(NotFound):
        await scene.store.write(lambda tx: holding.cancel(tx, stranger, plain))
    assert await statuses(scene) == ["queued"]


async def test_s3_21_taking_back_and_sending_at_once_exactly_one_wins(scene: Scene) -> None:
    """G1: whoever takes the delivery first; nobody is told both."""
    written = [str(n) for n in range(30)]
    ids = await write(scene, *written, hold=1)
    taken: list[str] = []

    async def take(body: str, message_id: UUID) -> None:
        try:
            await cancel(scene, message_id)
        except Conflict:
            return
        taken.append(body)

    async def some_left() -> bool:
        return len(said(scene)) > 1

    async with working(deliverer(scene).worker()):
        await until(some_left)
        await asyncio.gather(*(take(*pair) for pair in reversed(list(zip(written, ids, strict=True)))))

        async def settled() -> bool:
            return set(await statuses(scene)) <= {"sent", "canceled"}

        await until(settled)
    assert sorted(said(scene) + taken) == sorted(written)
    assert await statuses(scene) == ["canceled" if body in taken else "sent" for body in written]
