"""Asking providers: nothing is lost between requests and cursor, and one asks at a time (G1, G3)."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from frontdesk.features.ingest.collecting import QUEUE, CollectingBeginner, Collector
from frontdesk.ports.channel import Channel, Collected, CollectFailed, Connection, RawRequest
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from tests.features.scene import PaperChannel, PaperInboxes, Scene, until, working


class Mailbox(PaperChannel):
    """Gives requests by number; asked from one cursor it gives the same."""

    held: ClassVar[list[bytes]] = []

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []
        self.failures: list[CollectFailed] = []

    def collects(self, connection: Connection) -> float | None:
        return 0.01

    async def collect(self, connection: Connection, cursor: Mapping[str, Any]) -> Collected:
        self.asked.append(dict(cursor))
        if self.failures:
            raise self.failures.pop()
        at = int(cursor.get("at", 0))
        found = tuple(RawRequest("MAIL", "", {}, {}, body) for body in self.held[at : at + 2])
        return Collected(found, {"at": at + len(found)}, more=at + len(found) < len(self.held))


class PaperMailboxes(PaperInboxes):
    """The scene's inboxes, with the one channel they are of."""

    channels: Mapping[str, Channel]


@pytest.fixture
async def scene(store: Store, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(Mailbox, "held", [b"%d" % n for n in range(5)])
    return await Scene(store, channel=Mailbox()).build()


def mailboxes(scene: Scene) -> PaperMailboxes:
    made = PaperMailboxes(scene)
    made.channels = {"paper": scene.channel}
    return made


async def bodies(scene: Scene) -> list[bytes]:
    rows = [row for row in await scene.all_of(t.receipts) if row.account_id == scene.account_id]
    return [bytes(row.body) for row in sorted(rows, key=lambda row: row.id)]


async def test_each_request_is_kept_once_and_in_order(scene: Scene) -> None:
    """G1, G3."""
    inboxes = mailboxes(scene)
    await CollectingBeginner(scene.store, inboxes).begin(["paper"])
    await CollectingBeginner(scene.store, inboxes).begin(["paper"])

    async def complete() -> bool:
        return len(await bodies(scene)) >= 5

    async with working(Collector(scene.store, inboxes).worker()):
        await until(complete)
    assert await bodies(scene) == [b"0", b"1", b"2", b"3", b"4"]
    waiting = [row for row in await scene.all_of(t.jobs) if row.queue == QUEUE and row.key == scene.inbox_id]
    assert [row.payload for row in waiting] == [{"at": 5}]


async def test_a_failure_keeps_the_cursor_and_shows_lost_credentials(scene: Scene) -> None:
    """G1."""
    inboxes = mailboxes(scene)
    assert isinstance(scene.channel, Mailbox)
    scene.channel.failures = [CollectFailed("wrong password", auth_expired=True)]
    await CollectingBeginner(scene.store, inboxes).begin(["paper"])

    async def complete() -> bool:
        return len(await bodies(scene)) >= 5

    async with working(Collector(scene.store, inboxes).worker()):
        await until(complete)
    assert inboxes.states == [(scene.inbox_id, "reconnect", "wrong password")]
    assert scene.channel.asked[:2] == [{}, {}]
    assert await bodies(scene) == [b"0", b"1", b"2", b"3", b"4"]
