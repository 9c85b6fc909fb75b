"""Many writers at once: no gap, no duplicate, no deadlock that anybody hears of."""

import asyncio
import sys

from frontdesk.domain.event import EventType
from frontdesk.kit.ids import uuid7
from frontdesk.store import idempotency
from frontdesk.store import tables as t
from frontdesk.store.engine import Store, open_store
from frontdesk.store.failures import KeyTaken
from frontdesk.store.messages import Appended, Duplicate, Repeated
from frontdesk.store.tx import Tx
from tests.store import writer_process
from tests.store.desk import Desk


async def test_64_writers_on_one_conversation(store: Store) -> None:
    """G4: seq 1..n, and the log in the same order."""
    desk = await Desk(store).open()
    outcomes: list[Appended] = []

    async def writer() -> None:
        for _ in range(10):
            outcome = await store.append(desk.outgoing())
            assert isinstance(outcome, Appended)
            outcomes.append(outcome)

    await asyncio.gather(*(writer() for _ in range(64)))
    assert sorted(outcome.seq for outcome in outcomes) == list(range(1, 641))
    assert {outcome.seq: outcome.position for outcome in outcomes} == {n: n + 1 for n in range(1, 641)}
    assert [outcome.id for outcome in sorted(outcomes, key=lambda o: o.seq)] == await desk.message_ids()
    await desk.assert_whole()


async def test_appends_and_general_changes_mixed(store: Store) -> None:
    """G4: two accounts, twelve conversations, both ways of writing, locks taken in the desk's order."""
    desks = [await Desk(store).open(6), await Desk(store).open(6)]
    async with asyncio.timeout(100):
        await asyncio.gather(
            *(writer_process.write(store, desk, 300, seed) for seed, desk in enumerate(desks))
        )
    for desk in desks:
        await desk.assert_whole()
        assert sum([len(await desk.seqs(each)) for each in desk.conversations]) == 300 + 75


async def test_two_processes_on_postgresql(postgres_url: str) -> None:
    """G4 over two processes."""
    store = await open_store(postgres_url, migrate=False)
    desk = await Desk(store).open(8)
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.store.writer_process", postgres_url, str(desk.account), str(desk.inbox),
        "300", *map(str, desk.conversations),
    )  # fmt: skip
    await writer_process.write(store, desk, 300, seed=1)
    assert await other.wait() == 0
    await desk.assert_whole()
    assert sum([len(await desk.seqs(each)) for each in desk.conversations]) == 2 * (300 + 75)
    await store.close()


async def test_redeliveries_at_once_have_one_effect(store: Store) -> None:
    """G3: 20 providers' requests, each delivered 10 times concurrently."""
    desk = await Desk(store).open(4)
    drafts = [
        desk.incoming(desk.conversations[n % 4], source_id=f"w{n}") for n in range(20) for _ in range(10)
    ]
    outcomes = await asyncio.gather(*map(store.append, drafts))
    appended = {drafts[n].source_id: o.id for n, o in enumerate(outcomes) if isinstance(o, Appended)}
    assert len(appended) == 20
    duplicates = [
        (drafts[n].source_id, o.message_id) for n, o in enumerate(outcomes) if isinstance(o, Duplicate)
    ]
    assert len(duplicates) == 180
    assert all(appended[source] == message for source, message in duplicates)
    await desk.assert_whole()


async def test_repeats_at_once_have_one_effect_and_one_answer(store: Store) -> None:
    """G6: the same key 30 times concurrently, by appends."""
    desk = await Desk(store).open()
    outcomes = await asyncio.gather(*(store.append(desk.outgoing(key="k", body=b"x")) for _ in range(30)))
    (first,) = [outcome for outcome in outcomes if isinstance(outcome, Appended)]
    repeats = [outcome for outcome in outcomes if isinstance(outcome, Repeated)]
    assert [repeat.row.result_id for repeat in repeats] == [first.id] * 29
    assert await desk.message_ids() == [first.id]


async def test_two_batches_with_the_same_keys_and_sources_on_postgresql(postgres_url: str) -> None:
    """G3, G6: two processes' batches race for the same keys; nobody sees a deadlock, each key wins once."""
    one, two = [await open_store(postgres_url, migrate=False) for _ in range(2)]
    desk = await Desk(one).open(4)
    for n in range(30):
        batches = []
        for store in (one, two):
            keyed = [desk.outgoing(each, key=f"{n}-{i}") for i, each in enumerate(desk.conversations)]
            sourced = [desk.incoming(each, source_id=f"{n}-{i}") for i, each in enumerate(desk.conversations)]
            batches.append(store.append_many(keyed + sourced if store is one else (keyed + sourced)[::-1]))
        results = await asyncio.gather(*batches)
        assert sum(isinstance(outcome, Appended) for result in results for outcome in result) == 8
    await desk.assert_whole()
    await one.close()
    await two.close()


async def test_repeats_of_a_general_change_have_one_effect(store: Store) -> None:
    """G6: who loses the race is undone as a whole and finds the winner's answer."""
    desk = await Desk(store).open()
    key = desk.key("k")

    def change(tx: Tx) -> None:
        found = idempotency.find(tx, key)
        if found is None:
            desk_id = uuid7()
            tx.emit(desk.account, EventType.CONTACT_CREATED, subject_id=desk_id)
            idempotency.remember(tx, key, 201, desk_id, {"id": str(desk_id)})

    results = await asyncio.gather(*(store.write(change) for _ in range(12)), return_exceptions=True)
    assert {type(result) for result in results} <= {type(None), KeyTaken}
    created = [event for event in await desk.log() if event.type == "contact.created"]
    found = await store.read(lambda tx: idempotency.find(tx, key))
    assert found is not None
    assert [event.subject_id for event in created] == [found.result_id]
    assert found.result == {"id": str(found.result_id)}
    assert await desk.count(t.idempotency_keys) == 1
    await store.write(lambda tx: idempotency.forget(tx, tx.now))
    assert await desk.count(t.idempotency_keys) == 0
