"""Which thread an answer joins, and who may (S3-16, M-17, refusals 60 to 62)."""

from typing import Any

import pytest

from frontdesk.domain.content import Email, Media
from frontdesk.domain.inbound import Address, Answered, MessageReceived, Party
from frontdesk.domain.message import AuthorType
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.tx import Row
from tests.features.scene import Scene

ANA, EVE = "ana@customer.example", "eve@evil.example"


@pytest.fixture
async def scene(store: Store) -> Scene:
    return await Scene(store).build()


def mail(
    source_id: str, *answers: Answered, sender: str = ANA, subject: str = "order", **more: Any
) -> MessageReceived:
    return MessageReceived(
        source_id=source_id,
        party=Party((Address("email", sender),), sender.partition("@")[0].title()),
        thread_key=source_id,
        content=Email(subject=subject, text="Hello", **more),
        answers=answers,
        topic=subject,
    )


async def messages(scene: Scene) -> list[Row]:
    return sorted(await scene.all_of(t.messages), key=lambda row: row.id)


async def test_an_answer_joins_the_thread_of_what_it_answers(scene: Scene) -> None:
    """S3-16: also by the id of an older mail, and across batches."""
    await scene.receive(mail("a@x"))
    await scene.receive(mail("b@x", Answered("a@x")))
    await scene.receive(mail("c@x", Answered("gone@x"), Answered("a@x")))
    assert len(await scene.conversations()) == 1
    assert len(await messages(scene)) == 3


async def test_answers_that_come_together_join_too(scene: Scene) -> None:
    await scene.receive(mail("a@x"), mail("b@x", Answered("a@x")), mail("c@x", Answered("b@x")))
    assert len(await scene.conversations()) == 1


async def test_a_mail_that_answers_nothing_begins_a_conversation(scene: Scene) -> None:
    """M-17."""
    await scene.receive(mail("a@x"))
    await scene.receive(mail("b@x"))
    await scene.receive(mail("c@x", Answered("unheard-of@x")))
    assert len(await scene.conversations()) == 3


async def test_another_subject_begins_a_conversation(scene: Scene) -> None:
    """M-17: the rule of the changed subject, also within a batch."""
    await scene.receive(mail("a@x"))
    await scene.receive(mail("b@x", Answered("a@x"), subject="something else"))
    await scene.receive(mail("c@x"), mail("d@x", Answered("c@x"), subject="something else"))
    assert len(await scene.conversations()) == 4


async def test_somebody_else_who_knows_an_id_gets_a_conversation_of_their_own(scene: Scene) -> None:
    """Refusals 60, 62: a guessed Message-ID joins nothing, and shows nothing."""
    await scene.receive(mail("a@x"))
    await scene.receive(mail("b@x", Answered("a@x"), sender=EVE))
    first, second = await scene.conversations()
    assert first.contact_id != second.contact_id
    assert [row.conversation_id for row in await messages(scene)] == [first.id, second.id]


async def test_our_own_signature_lets_another_address_answer_under_its_own_name(scene: Scene) -> None:
    """M-17: a customer's other address; it is not taken for the customer, and never for an agent."""
    await scene.receive(mail("a@x"))
    [row] = await messages(scene)
    await scene.receive(mail("b@x", Answered("ours@desk", row.id), sender=EVE))
    assert len(await scene.conversations()) == 1
    _, answer = await messages(scene)
    assert (answer.author_type, answer.author_id) == (AuthorType.CONTACT, None)
    assert answer.author_name == "Eve <eve@evil.example>"
    assert answer.direction == "incoming"


async def test_a_message_of_another_inbox_is_not_joined(scene: Scene, store: Store) -> None:
    """Refusal 61."""
    other = await Scene(store).build()
    await other.receive(mail("a@x"))
    [row] = await messages(other)
    await scene.receive(mail("b@x", Answered("ours@desk", row.id)))
    assert len(await scene.conversations()) == 1
    assert len(await other.conversations()) == 1


async def test_a_mail_that_comes_twice_is_one(scene: Scene) -> None:
    """G3."""
    for _ in range(2):
        await scene.receive(mail("a@x"), mail("b@x", Answered("a@x")))
    assert len(await messages(scene)) == 2


async def test_each_file_of_a_mail_is_fetched_and_linked(scene: Scene) -> None:
    """M-17: attachments are stored once and shown by a link of ours."""
    files = tuple(
        Media(source_media_id=f"part:{n}", filename=f"{n}.pdf", mime="application/pdf", size=3)
        for n in (1, 2)
    )
    await scene.receive(mail("a@x", attachments=files))
    rows = await scene.all_of(t.attachments)
    assert sorted((row.filename, row.state) for row in rows) == [("1.pdf", "pending"), ("2.pdf", "pending")]
    [message] = await scene.read((await scene.conversation()).id)
    shown = message["content"]["attachments"]
    assert [(each["filename"], each["state"], each["url"]) for each in shown] == [
        ("1.pdf", "pending", None),
        ("2.pdf", "pending", None),
    ]
    assert {each["attachment_id"] for each in shown} == {str(row.id) for row in rows}
