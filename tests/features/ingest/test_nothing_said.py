"""Requests without a body, and requests that say nothing, delay nobody: G4."""

import pytest

from frontdesk.domain.inbound import InboundEvent
from frontdesk.features.ingest.reading import Reader
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.receipts import Receipt
from tests.features.scene import PaperInboxes, Scene, text, until, working


@pytest.mark.parametrize("body", [b"", b"[]"])
async def test_a_first_receipt_with_nothing_in_it_stops_no_worker(store: Store, body: bytes) -> None:
    scene = await Scene(store).build()
    said: dict[bytes, list[InboundEvent]] = {body: [], b"one": [text("Hello", source_id="m1")]}
    for each, events in said.items():
        scene.channel.events[each] = events
        await store.receive(Receipt(scene.account_id, scene.inbox_id, "POST", {}, {}, each))

    async def all_done() -> bool:
        return {row.state for row in await scene.all_of(t.receipts)} == {"done"}

    async with working(Reader(store, PaperInboxes(scene)).worker()):
        await until(all_done)
    assert [row.events for row in sorted(await scene.all_of(t.receipts), key=lambda row: row.id)] == [0, 1]
    messages = await scene.read((await scene.conversation()).id)
    assert [message["content"]["body"] for message in messages] == ["Hello"]
