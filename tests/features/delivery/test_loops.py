"""Machines never answer each other without end (refusal 57): one gate before what no person wrote."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.domain.content import Email, Text, content_adapter
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import Author, AuthorType, Direction, MessageContext
from frontdesk.features.delivery.backoff import Backoff
from frontdesk.features.delivery.deliverer import Deliverer
from frontdesk.kit.ids import uuid7
from frontdesk.ports.channel import Failed, OutboundMessage
from frontdesk.store import automatic_answers
from frontdesk.store import tables as t
from frontdesk.store.drafts import Draft
from frontdesk.store.engine import Store
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx
from tests.features.scene import PaperBlobs, PaperChannel, PaperInboxes, Scene, text, until, working

MACHINE = MessageContext(by_machine=True)
HOUR = timedelta(hours=1)
_MOVE = Statement(sa.update(t.messages).values(created_at=sa.bindparam("then")))
_CONFIG = Statement(
    sa.update(t.inboxes).values(config=sa.bindparam("settings", type_=t.inboxes.c.config.type))
)
_AGO = Statement(sa.update(t.automatic_answers).values(answered_at=sa.bindparam("then")))


@pytest.fixture
async def scene(store: Store, monkeypatch: pytest.MonkeyPatch) -> Scene:
    looping = replace(PaperChannel.capabilities, automatic_pause_seconds=3600, own_address="address")
    monkeypatch.setattr(PaperChannel, "capabilities", looping)
    return await Scene(store).build()


def deliverer(scene: Scene) -> Deliverer:
    backoff = Backoff(first_seconds=0.02, most_seconds=0.05, attempts=4, hold_seconds=120)
    channels = {"paper": scene.channel}
    return Deliverer(scene.store, PaperInboxes(scene), PaperBlobs(), backoff=backoff, channels=channels)


async def write(scene: Scene, *authors: AuthorType) -> None:
    conversation_id = (await scene.conversation()).id
    content = content_adapter.dump_json(Text(body="We read it soon.")).decode()
    drafts = [
        Draft(
            scene.account_id, conversation_id, Direction.OUTGOING, Author(each, None, "Front"), "text",
            content, "", queue="deliver",
        )
        for each in authors
    ]  # fmt: skip
    await scene.store.append_many(drafts)


async def ends(scene: Scene, *words: str) -> None:
    """The newest sends stand so: as their status, or the code of what forbade them."""

    async def stand() -> bool:
        messages = await scene.read((await scene.conversation()).id)
        found = [m["failure"]["code"] if m["failure"] else m["status"] for m in messages if m["status"]]
        return found == list(words)

    async with working(deliverer(scene).worker()):
        await until(stand)


async def change(scene: Scene, statement: Statement, **values: Any) -> None:
    await scene.store.write(lambda tx: tx.run(statement, **values))


async def test_refusal_57_an_address_has_one_automatic_answer_an_hour(scene: Scene) -> None:
    """Bots and greetings alike; a person writes whenever they like, and so does everybody an hour later."""
    await scene.receive(text("hi"))
    await write(scene, AuthorType.BOT, AuthorType.SYSTEM, AuthorType.AGENT, AuthorType.BOT)
    await ends(scene, "sent", "automatic_too_soon", "sent", "automatic_too_soon")
    marks = [each.automatic for each in scene.channel.sent if isinstance(each, OutboundMessage)]
    assert marks == [True, False]
    [row] = await scene.all_of(t.automatic_answers)
    await change(scene, _AGO, then=row.answered_at - HOUR)
    await write(scene, AuthorType.BOT)
    await ends(scene, "sent", "automatic_too_soon", "sent", "automatic_too_soon", "sent")


async def test_refusal_57_no_machine_is_answered_and_a_day_later_it_is_no_answer(scene: Scene) -> None:
    await scene.receive(text("hi"), text("I am away", context=MACHINE))
    await write(scene, AuthorType.BOT, AuthorType.AGENT)
    await ends(scene, "automatic_to_machine", "sent")
    [row] = [each for each in await scene.all_of(t.messages) if each.seq == 1]
    await change(scene, _MOVE, then=row.created_at - timedelta(days=2))
    await write(scene, AuthorType.BOT, AuthorType.BOT)
    await ends(scene, "automatic_to_machine", "sent", "sent", "sent")
    assert await scene.all_of(t.automatic_answers) == []


async def test_refusal_57_no_inbox_of_ours_is_written_to_by_itself(scene: Scene) -> None:
    await change(scene, _CONFIG, settings={"address": "Shop@Rill.example"})
    await scene.receive(text("hi", sender="shop@rill.example"))
    await write(scene, AuthorType.SYSTEM, AuthorType.AGENT)
    await ends(scene, "automatic_to_own_inbox", "sent")


async def test_a_message_that_is_tried_again_counts_once(scene: Scene) -> None:
    scene.channel.answers = [Failed(code="503", message="down", retryable=True)]
    await scene.receive(text("hi"))
    await write(scene, AuthorType.BOT)
    await ends(scene, "sent")
    assert len(scene.channel.sent) == 2


async def test_where_there_are_only_people_bots_talk_as_they_like(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    chatting = replace(PaperChannel.capabilities, automatic_pause_seconds=None)
    monkeypatch.setattr(PaperChannel, "capabilities", chatting)
    await scene.receive(text("hi", context=MACHINE))
    await write(scene, AuthorType.BOT, AuthorType.BOT, AuthorType.BOT)
    await ends(scene, "sent", "sent", "sent")


async def test_of_many_that_answer_at_once_one_does(scene: Scene) -> None:
    """Two processes, or ten: who takes the address first has it for the hour."""
    address, took = Address("paper", "34600"), []

    async def take() -> None:
        def change(tx: Tx) -> bool:
            return automatic_answers.take(tx, scene.account_id, address, uuid7(), tx.now - HOUR)

        took.append(await scene.store.write(change))

    await asyncio.gather(*(take() for _ in range(10)))
    assert sorted(took) == [*[False] * 9, True]

    def forget(tx: Tx) -> tuple[int, int]:
        return automatic_answers.forget(tx, tx.now - HOUR), automatic_answers.forget(tx, tx.now + HOUR)

    assert await scene.store.write(forget) == (0, 1)


async def test_a_mail_that_names_no_address_is_left_to_the_channel(scene: Scene) -> None:
    """It was written before addresses were checked: its lane goes on, and the channel says what is wrong."""
    await scene.receive(text("hi"))
    content = content_adapter.dump_json(Email(text="Hi", cc=("the shop", "ben@rill.example"))).decode()
    author = Author(AuthorType.AGENT, None, "Olga")
    draft = Draft(
        scene.account_id, (await scene.conversation()).id, Direction.OUTGOING, author, "email", content, "",
        queue="deliver",
    )  # fmt: skip
    await scene.store.append_many([draft])
    await write(scene, AuthorType.AGENT)
    await ends(scene, "sent", "sent")
