"""S2-20: what happens in an account is shown in threads once and in order, and answered from there once."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from frontdesk.domain.content import Image, Media, Text
from frontdesk.domain.inbound import Address, AgentReplied, MessageDeleted, MessageEdited, Party
from frontdesk.domain.scope import Role
from frontdesk.features.conversations.places import Places
from frontdesk.features.conversations.sending import MessageCreate, Sender
from frontdesk.features.delivery.deliverer import Deliverer
from frontdesk.features.mirroring import answering, showing
from frontdesk.kit.clock import utc_now
from frontdesk.ports.channel import Failed
from frontdesk.ports.mirror import MirrorFailed
from frontdesk.store import jobs, mirrors, users
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx
from tests.features.mirroring.board import Board, board_of
from tests.features.scene import PaperBlobs, said, text, until, working


@pytest.fixture
async def board(store: Store) -> Board:
    return await board_of(store)


def reply(words: str, n: int = 1, *, by: str = "maya", thread: str = "thread-0") -> AgentReplied:
    return AgentReplied(
        source_id=f"reply-{n}",
        thread=thread,
        party=Party((Address("paper", by),)),
        contents=(Text(body=words),),
    )


async def say(board: Board, words: str, direction: str = "outgoing") -> None:
    """The owner writes at the desk."""
    scene = board.scene
    sender = Sender(scene.store, {"paper": board.channel}, scene.views, Places(scene.store))
    row = await scene.conversation()
    await sender.send(
        scene.owner,
        row.id,
        MessageCreate.model_validate({"content": Text(body=words), "direction": direction}),
    )


async def test_s2_20_all_that_is_said_is_shown_in_the_log_s_order_and_notes_never(board: Board) -> None:
    """Messages, files, edits, deletions; a second customer has a second thread."""
    scene = board.scene
    await scene.receive(text("One", source_id="a"))
    await say(board, "Answer")
    await say(board, "Not for outside", "note")
    await scene.receive(said(Image(media=Media(filename="bike.jpg"), caption="Look"), source_id="b"))
    await board.show()
    await scene.receive(
        MessageEdited(target_source_id="a", content=Text(body="One!")), MessageDeleted(target_source_id="b")
    )
    await scene.receive(text("Two", sender="34700", name="Bea"))
    await board.show()
    assert board.told == [
        ("thread-0", "Ana", "One"),
        ("thread-0", "Olga answered", "Answer"),
        ("thread-0", "Ana", "Look\n[image: bike.jpg]"),
        ("thread-0", "Ana edited", "One!"),
        ("thread-0", "Ana deleted", ""),
        ("thread-5", "Bea", "Two"),
    ]
    assert board.channel.posts[0][1].subject == "Ana · Front"
    await board.show()
    assert len(board.told) == 6


async def test_s2_20_a_post_of_unknown_outcome_is_looked_for_before_it_is_repeated(board: Board) -> None:
    """Taken and lost, refused, taken and lost at a thread's beginning; a limit says when."""
    scene, channel = board.scene, board.channel
    soon = MirrorFailed("slowly", retry_at=utc_now() + timedelta(seconds=0.2))
    channel.troubles = [(True, MirrorFailed("lost")), (False, MirrorFailed("down")), (False, soon)]
    await scene.receive(text("One"), text("Two"), text("Three"))
    await board.show()
    assert [words for _, _, words in board.told] == ["One", "Two", "Three"]
    assert {thread for thread, _, _ in board.told} == {"thread-0"}
    assert len(channel.looked_for) == 3


async def test_s2_20_a_worker_killed_after_the_post_leaves_nothing_doubled(board: Board) -> None:
    """The post was taken, its worker is gone; whoever claims the lane next looks for it."""
    scene, channel = board.scene, board.channel
    await scene.receive(text("One"), text("Two"))
    await board.follower.settle({"paper": channel})
    await board.follower.wake_lanes()
    channel.troubles = [(True, asyncio.CancelledError())]  # type: ignore[list-item]
    (lane,) = await scene.store.write(lambda tx: jobs.claim(tx, mirrors.QUEUE, lanes=1, lease_seconds=0.2))
    with pytest.raises(asyncio.CancelledError):
        await board.shower.handle(lane)
    assert [words for _, _, words in board.told] == ["One"]
    await board.show()
    assert [(thread, words) for thread, _, words in board.told] == [("thread-0", "One"), ("thread-0", "Two")]
    assert len(channel.looked_for) == 1


async def test_s2_20_a_late_worker_moves_nothing(board: Board) -> None:
    """Its lane is another's: the place in the log stays as the other has it."""
    scene = board.scene
    await scene.receive(text("One"))
    await board.follower.wake_lanes()
    (late,) = await scene.store.write(lambda tx: jobs.claim(tx, mirrors.QUEUE, lanes=1, lease_seconds=0.01))
    await board.show()
    with pytest.raises(jobs.LeaseLost):
        await board.shower.handle(late)
    row = await scene.store.read(lambda tx: mirrors.get(tx, scene.account_id, scene.inbox_id))
    assert row is not None
    assert row.position == len(await scene.log())


async def test_s2_20_an_answer_is_sent_once_in_the_agent_s_name_and_not_shown_again(board: Board) -> None:
    """G3: three hooks of one answer; the desk's own answers are shown, this one stands there already."""
    scene = board.scene
    maya = await board.member("Maya", "maya")
    await scene.receive(text("One"))
    await board.show()
    await scene.receive(reply("Yes"), reply("Yes"))
    await board.show()
    await scene.receive(reply("Yes"), reply("And more", 2))
    await board.show()
    row = await scene.conversation()
    found = [(each["content"]["body"], each["author"]["id"]) for each in (await scene.read(row.id))[1:]]
    assert found == [("Yes", maya), ("And more", maya)]
    assert [words for _, _, words in board.told] == ["One"]
    kept = await scene.all_of(t.mirror_replies)
    assert sorted(each.source_id for each in kept) == ["reply-1", "reply-2"]


async def test_s2_20_what_may_not_be_sent_is_told_once_with_its_reason(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's address, a disabled agent, a file; a thread that is not ours is nobody's."""
    monkeypatch.setattr(answering, "FOREIGN", timedelta(seconds=0.1))
    scene, channel = board.scene, board.channel
    await scene.receive(text("One"))
    await board.show()
    channel.people = {"eve": "eve@elsewhere.example"}
    await scene.receive(reply("As nobody", 1, by="stranger"), reply("As Eve", 2, by="eve"))
    await board.show()
    gone = await board.member("Gone", "gone")
    await board.member("Maya", "maya")
    olive = users.NewUser(email="olive@desk.test", name="Olive", password_hash=None, role=Role.OWNER)
    await scene.store.write(lambda tx: users.add(tx, scene.account_id, olive))
    await scene.store.write(lambda tx: users.change(tx, scene.owner, gone, {"disabled": True}))
    await scene.receive(reply("I left", 3, by="gone"), reply("In no thread", 4, thread="thread-9"))
    file = AgentReplied(
        source_id="reply-5",
        thread="thread-0",
        party=Party((Address("paper", "maya"),)),
        contents=(Image(media=Media(filename="x.png")),),
    )
    await scene.receive(file)
    await board.show()
    told = [(head, words) for _, head, words in board.told[1:]]
    assert told == [
        ("Not sent", "Only members of this workspace whose e-mail address can be read answer from here."),
        ("Not sent", "Nobody at this desk has the e-mail address eve@elsewhere.example."),
        ("Not sent", f"Nobody at this desk has the e-mail address {gone}@desk.test."),
        ("Not sent", "Only text can be sent from here. Send files from the desk."),
    ]
    row = await scene.conversation()
    assert len(await scene.read(row.id)) == 1


async def test_s2_20_an_answer_that_is_faster_than_its_thread_waits_for_it(board: Board) -> None:
    """The worker was killed after the post that began the thread, before it was noted."""
    scene, channel = board.scene, board.channel
    await board.member("Maya", "maya")
    await scene.receive(text("One"))
    channel.troubles = [(True, MirrorFailed("lost"))]
    await board.follower.wake_lanes()
    (lane,) = await scene.store.write(lambda tx: jobs.claim(tx, mirrors.QUEUE, lanes=1))
    await board.shower.handle(lane)
    await scene.receive(reply("Yes"))
    (early,) = await scene.store.write(lambda tx: jobs.claim(tx, "agent_replies", lanes=1))
    await board.answerer.handle(early)
    await board.show()
    row = await scene.conversation()
    assert [each["content"]["body"] for each in await scene.read(row.id)] == ["One", "Yes"]
    assert [words for _, _, words in board.told] == ["One"]


async def test_s2_20_a_closed_window_is_told_in_the_thread(board: Board) -> None:
    scene = board.scene
    await board.member("Maya", "maya")
    await scene.receive(text("One"))
    await board.show()
    old = Statement(sa.update(t.conversations).values(last_incoming_at=utc_now() - timedelta(days=2)))
    await scene.store.write(lambda tx: tx.run(old))
    await scene.receive(reply("Too late"))
    await board.show()
    why = "More than 24 hours have passed since the customer's last message."
    hint = "Send an approved template, or wait until the customer writes."
    assert board.told[1:] == [("thread-0", "Not sent", f"{why} {hint}")]
    row = await scene.conversation()
    assert len(await scene.read(row.id)) == 1


async def test_s2_20_a_refusal_whose_post_was_lost_is_not_told_twice_and_not_sent_later(board: Board) -> None:
    scene, channel = board.scene, board.channel
    await scene.receive(text("One"))
    await board.show()
    channel.troubles = [(True, MirrorFailed("lost"))]
    await scene.receive(reply("Hello", by="maya"))
    async with working(board.answerer.worker()):
        await until(board.has_told(2))
        await board.member("Maya", "maya")
    await board.show()
    assert [head for _, head, _ in board.told] == ["Ana", "Not sent"]
    row = await scene.conversation()
    assert len(await scene.read(row.id)) == 1


async def test_s2_20_a_failed_delivery_is_told_in_the_thread(board: Board) -> None:
    scene, channel = board.scene, board.channel
    await board.member("Maya", "maya")
    await scene.receive(text("One"))
    await board.show()
    channel.answers = [Failed(code="blocked", message="The customer blocked us.", retryable=False)]
    await scene.receive(reply("Hello?"))
    await board.show()
    async with working(Deliverer(scene.store, board.inboxes, PaperBlobs()).worker()):
        while len(board.told) < 2:
            await board.show()
    assert board.told[1] == ("thread-0", "Not delivered", "“Hello?”: The customer blocked us.")


async def test_s2_20_a_lost_thread_begins_anew_and_another_place_has_threads_of_its_own(board: Board) -> None:
    scene, channel = board.scene, board.channel
    await scene.receive(text("One"))
    await board.show()
    channel.gone = {"thread-0"}
    await scene.receive(text("Two"))
    await board.show()
    channel.place = "elsewhere"
    await board.settle()
    await scene.receive(text("Three"))
    await board.show()
    assert [(thread, words) for thread, _, words in board.told] == [
        ("thread-0", "One"),
        ("thread-1", "Two"),
        ("thread-2", "Three"),
    ]
    channel.place = None
    await board.settle()
    await scene.receive(text("Unseen"))
    await board.show()
    channel.place = "elsewhere"
    await board.settle()
    await scene.receive(text("Four"))
    await board.show()
    assert [words for _, _, words in board.told] == ["One", "Two", "Three", "Four"]


async def test_s2_20_posts_that_wait_long_are_noticed_and_lost_credentials_shown(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "_FIRST_PAUSE", 0.01)
    scene, channel = board.scene, board.channel
    lost = MirrorFailed("The app is not in the channel.")
    channel.troubles = [
        *((False, lost) for _ in range(4)),
        (False, MirrorFailed("revoked", auth_expired=True)),
    ]
    await scene.receive(text("One"))
    await board.show()
    assert [words for _, _, words in board.told] == ["One"]
    found = [row.title for row in await scene.all_of(t.channel_notices)]
    assert found == ["revoked"]
    assert board.inboxes.states == [(scene.inbox_id, "reconnect", "revoked")]


async def test_s2_20_the_place_in_the_log_is_each_inbox_s_own(store: Store) -> None:
    """Two accounts: neither sees what is the other's."""
    one, two = await board_of(store), await board_of(store)
    await one.scene.receive(text("Of one"))
    await two.scene.receive(text("Of two"))
    channels: list[Board] = [one, two]
    for board in channels:

        def lane_of(tx: Tx, board: Board = board) -> None:
            jobs.enqueue(tx, mirrors.QUEUE, board.scene.inbox_id, board.scene.account_id, {})

        await store.write(lane_of)
    for lane in await store.write(lambda tx: jobs.claim(tx, mirrors.QUEUE, lanes=5)):
        await (one if lane.key == one.scene.inbox_id else two).shower.handle(lane)
    assert [words for _, _, words in one.told] == ["Of one"]
    assert [words for _, _, words in two.told] == ["Of two"]
