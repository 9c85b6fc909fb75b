"""S3-10: where no hook tells what became of a message, its provider is asked."""

from datetime import timedelta
from typing import ClassVar

import pytest

from frontdesk.domain.inbound import StatusReported
from frontdesk.domain.message import DeliveryStatus
from frontdesk.features.delivery import asking
from frontdesk.features.delivery.asking import Asker
from frontdesk.ports.channel import Connection, StatusUnavailable
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.tx import Row
from tests.features.delivery.test_delivering import all_are, deliverer, statuses, write
from tests.features.scene import PaperChannel, PaperInboxes, Scene, status, text, until, working

AT_ONCE = timedelta(0)
DELIVERED = StatusReported(source_id="sent-1", status=DeliveryStatus.DELIVERED, provider_status="delivered")
FAILED = StatusReported(
    source_id="sent-1", status=DeliveryStatus.FAILED, provider_status="failed", error_code="30005"
)
Told = StatusReported | StatusUnavailable | None


class TellingChannel(PaperChannel):
    """A channel that can be asked; `told` is what it says, one answer after the other."""

    slug: ClassVar[str] = "paper"

    def __init__(self, *told: Told) -> None:
        super().__init__()
        self.told, self.asked = list(told), list[str]()

    async def status_of(self, source_id: str, connection: Connection) -> StatusReported | None:
        self.asked.append(source_id)
        answer = self.told.pop(0)
        if isinstance(answer, StatusUnavailable):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "WAITS", (AT_ONCE, AT_ONCE, AT_ONCE))


async def sent(store: Store, channel: PaperChannel) -> Scene:
    """A message that left, and of which nothing was heard since."""
    scene = await Scene(store, channel=channel).build()
    await scene.receive(text("hi", source_id="m1"))
    async with working(deliverer(scene).worker()):
        await write(scene, "It is ready")
        await until(lambda: all_are(scene, "sent"))
    return scene


async def questions(scene: Scene) -> list[Row]:
    return [job for job in await scene.all_of(t.jobs) if job.queue == asking.QUEUE]


async def ask(scene: Scene) -> None:
    """Ask until nothing is left to be asked."""

    async def done() -> bool:
        return not await questions(scene)

    async with working(Asker(scene.store, PaperInboxes(scene)).worker()):
        await until(done)


async def test_s3_10_a_lost_hook_is_made_good_by_asking(store: Store) -> None:
    channel = TellingChannel(DELIVERED)
    scene = await sent(store, channel)
    await ask(scene)
    assert channel.asked == ["sent-1"]
    assert await statuses(scene) == ["delivered"]
    told = [event.type for event in await scene.log() if event.type.startswith("delivery.")]
    assert told == ["delivery.sent", "delivery.delivered"]


async def test_a_failure_that_no_hook_told_is_shown(store: Store) -> None:
    scene = await sent(store, TellingChannel(None, FAILED))
    await ask(scene)
    assert await statuses(scene) == ["failed"]
    (row,) = await scene.all_of(t.deliveries)
    assert row.error_code == "30005"


async def test_what_a_hook_has_told_is_not_asked_for(store: Store) -> None:
    channel = TellingChannel()
    scene = await sent(store, channel)
    await scene.receive(status("sent-1", "read"))
    await ask(scene)
    assert channel.asked == []
    assert await statuses(scene) == ["read"]


async def test_a_provider_that_says_nothing_is_asked_three_times(store: Store) -> None:
    channel = TellingChannel(StatusUnavailable("away"), None, None)
    scene = await sent(store, channel)
    await ask(scene)
    assert channel.asked == ["sent-1"] * 3
    assert await statuses(scene) == ["sent"]
    assert await scene.all_of(t.dead_letters) == []


async def test_the_first_question_waits_for_the_hook(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "WAITS", (timedelta(minutes=10),))
    scene = await sent(store, TellingChannel())
    (question,) = await questions(scene)
    (row,) = await scene.all_of(t.deliveries)
    assert question.run_at == row.sent_at + timedelta(minutes=10)


async def test_a_provider_that_cannot_be_asked_is_not(store: Store) -> None:
    assert await questions(await sent(store, PaperChannel())) == []
