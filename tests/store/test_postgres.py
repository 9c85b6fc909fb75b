"""What only PostgreSQL has: a network in between and a server that restarts. Outcomes are looked up (G12)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa

from frontdesk.domain.errors import Busy, Invalid
from frontdesk.domain.event import EventType
from frontdesk.kit.ids import uuid7
from frontdesk.store import receipts
from frontdesk.store import tables as t
from frontdesk.store.engine import Store, open_store
from frontdesk.store.failures import OutcomeUnknown, StoreUnavailable
from frontdesk.store.messages import Appended
from frontdesk.store.postgres import WARM_CONNECTIONS, PostgresEngine
from frontdesk.store.postgres_bus import COMPANY_SECONDS
from frontdesk.store.receipts import Receipt
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx
from tests.services.postgres import PostgresServer
from tests.services.proxy import Fault, Proxy
from tests.store.desk import Desk

MARKER = "cut-here-7f3a"


@pytest.fixture
async def proxy(postgres_url: str) -> AsyncIterator[Proxy]:
    async with Proxy(postgres_url) as running:
        yield running


@pytest.fixture
async def store(proxy: Proxy) -> AsyncIterator[Store]:
    """A store that reaches PostgreSQL by way of the proxy."""
    opened = await open_store(proxy.url, migrate=False)
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("fault", "runs"), [(Fault.BEFORE, 2), (Fault.AFTER, 1), (Fault.HOLD, 2), (Fault.LATE, 2)]
)
async def test_a_connection_lost_during_commit(store: Store, proxy: Proxy, fault: Fault, runs: int) -> None:
    """G12: committed is answered, aborted is run again; the effect is there once."""
    desk = await Desk(store).open()
    ran: list[int] = []

    def change(tx: Tx) -> int:
        ran.append(len(ran) + 1)
        tx.emit(desk.account, EventType.ACCOUNT_UPDATED, facts={"run": len(ran)})
        return len(ran)

    proxy.arm(fault, b"COMMIT")
    assert await store.write(change) == runs
    assert not proxy.is_armed
    assert ran == list(range(1, runs + 1))
    assert [event.facts for event in (await desk.log())[1:]] == [{"run": runs}]


@pytest.mark.parametrize(("fault", "runs"), [(Fault.BEFORE, 2), (Fault.AFTER, 1)])
async def test_a_change_without_events_is_looked_up_too(
    store: Store, proxy: Proxy, fault: Fault, runs: int
) -> None:
    ran: list[int] = []

    def change(tx: Tx) -> None:
        ran.append(1)
        tx.driver.execute("INSERT INTO instance (key, value) VALUES ('k', 'v')", ())

    proxy.arm(fault, b"COMMIT")
    await store.write(change)
    assert len(ran) == runs
    assert await Desk(store).count(t.instance) == 1


@pytest.mark.parametrize("fault", Fault)
async def test_a_connection_lost_while_appending(store: Store, proxy: Proxy, fault: Fault) -> None:
    """G12: the message is there once, whatever became of the first try."""
    desk = await Desk(store).open()
    draft = desk.outgoing(key="k")
    draft.preview = MARKER
    proxy.arm(fault, MARKER.encode())
    outcome = await store.append(draft)
    assert isinstance(outcome, Appended)
    assert (outcome.id, outcome.seq, outcome.delivery_id) == (draft.id, 1, draft.delivery_id)
    assert not proxy.is_armed
    await desk.assert_whole()
    assert await desk.message_ids() == [draft.id]
    assert await desk.count(t.deliveries) == await desk.count(t.jobs) == 1


@pytest.mark.parametrize("fault", Fault)
async def test_a_connection_lost_while_receiving(store: Store, proxy: Proxy, fault: Fault) -> None:
    desk = Desk(store)
    receipt = Receipt(desk.account, desk.inbox, "POST", {}, {}, MARKER.encode())
    proxy.arm(fault, MARKER.encode())
    await store.receive(receipt)
    row = await store.read(lambda tx: receipts.get(tx, desk.account, receipt.id))
    assert (row.body, row.state) == (MARKER.encode(), "new")
    assert await desk.count(t.receipts) == await desk.count(t.jobs) == 1


async def test_a_connection_lost_within_a_change(store: Store, proxy: Proxy) -> None:
    desk = await Desk(store).open()

    def change(tx: Tx) -> None:
        tx.driver.execute(f"SELECT '{MARKER}'", ())
        tx.emit(desk.account, EventType.ACCOUNT_UPDATED)

    proxy.arm(Fault.AFTER, MARKER.encode())
    await store.write(change)
    assert len(await desk.log()) == 2


async def test_no_connection_is_said_and_over_when_it_is(store: Store, proxy: Proxy) -> None:
    desk = await Desk(store).open()
    proxy.is_refusing = True
    proxy.cut()
    for attempt in (
        store.write(lambda tx: tx.now),
        store.read(lambda tx: tx.now),
        store.ping(),
        store.append(desk.incoming()),
    ):
        with pytest.raises(StoreUnavailable):
            await attempt
    proxy.is_refusing = False
    await store.ping()
    assert isinstance(await store.append(desk.incoming()), Appended)
    await desk.assert_whole()


async def test_a_database_that_is_not_there_is_said(postgres_server: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1/x cannot be used: .*Connect call failed"):
        await open_store(postgres_server.replace(postgres_server.rsplit(":", 1)[1], "1/x"))


class _Load:
    """Writers that go on through refusals and keep what they were told."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.acknowledged: dict[UUID, Appended] = {}
        self.changed: set[UUID] = set()
        self.refused: set[UUID] = set()
        self.is_over = False
        self.progress = asyncio.Condition()

    async def write(self, conversation: UUID) -> None:
        while not self.is_over:
            draft = self.desk.outgoing(conversation)
            try:
                outcome = await self.desk.store.append(draft)
            except OutcomeUnknown:
                continue
            except Busy:
                self.refused.add(draft.id)
                await asyncio.sleep(0.01)
                continue
            assert isinstance(outcome, Appended)
            self.acknowledged[draft.id] = outcome
            async with self.progress:
                self.progress.notify_all()

    async def change(self) -> None:
        while not self.is_over:
            subject = uuid7()
            try:
                await self.desk.store.write(partial(_emit, desk=self.desk, subject=subject))
            except OutcomeUnknown:
                continue
            except Busy:
                self.refused.add(subject)
                await asyncio.sleep(0.01)
                continue
            self.changed.add(subject)

    async def reach(self, more: int) -> None:
        count = len(self.acknowledged) + more
        async with self.progress:
            await self.progress.wait_for(lambda: len(self.acknowledged) >= count)


def _emit(tx: Tx, *, desk: Desk, subject: UUID) -> None:
    tx.emit(desk.account, EventType.CONTACT_CREATED, subject_id=subject)


async def test_kill_9_under_load_loses_no_acknowledged_message() -> None:
    """G12: the server dies under 16 writers and comes back; they go on unaided."""
    with PostgresServer(fsync=True) as server:
        store = await open_store(server.url())
        desk = await Desk(store).open(4)
        load = _Load(desk)
        writers = [asyncio.ensure_future(load.write(desk.conversations[n % 4])) for n in range(8)]
        writers += [asyncio.ensure_future(load.change()) for _ in range(8)]
        async with asyncio.timeout(60):
            await load.reach(100)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            await load.reach(200)
        load.is_over = True
        await asyncio.gather(*writers)
        stored = {id_ for each in desk.conversations for id_ in await desk.message_ids(each)}
        assert load.acknowledged.keys() <= stored
        emitted = [event.subject_id for event in await desk.log() if event.type == "contact.created"]
        assert load.changed <= set(emitted)
        assert len(emitted) == len(set(emitted))
        assert not load.refused & (stored | set(emitted))
        await desk.assert_whole()
        await store.close()


async def test_deadlocks_are_run_again(postgres_url: str) -> None:
    """Two changes that take the same rows in opposite orders: both succeed."""
    store = await open_store(postgres_url, migrate=False)
    await store.write(
        lambda tx: tx.driver.execute("INSERT INTO instance (key, value) VALUES ('a', ''), ('b', '')", ())
    )

    def touch(tx: Tx, keys: tuple[str, ...]) -> None:
        for key in keys:
            tx.driver.execute("UPDATE instance SET value = value || 'x' WHERE key = $1", [key])
            tx.driver.fetch("SELECT pg_sleep(0.05)", [])

    await asyncio.gather(
        store.write(lambda tx: touch(tx, ("a", "b"))), store.write(lambda tx: touch(tx, ("b", "a")))
    )
    rows = await store.read(lambda tx: tx.driver.fetch("SELECT value FROM instance ORDER BY key", []))
    assert [row[0] for row in rows] == ["xx", "xx"]
    await store.close()


async def test_a_statement_that_takes_too_long_is_ended(postgres_url: str) -> None:
    store = await open_store(postgres_url, migrate=False)
    with pytest.raises(Busy, match="too long"):
        await store.read(
            lambda tx: (
                tx.driver.fetch("SELECT set_config('statement_timeout', '50ms', false), pg_sleep(0)", [])
                and tx.driver.fetch("SELECT pg_sleep(5)", [])
            )
        )
    await store.ping()
    await store.close()


async def test_every_session_has_the_stores_limits(postgres_url: str) -> None:
    store = await open_store(postgres_url, migrate=False)
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "synchronous_commit")
    found = await store.read(
        lambda tx: [tx.driver.fetch("SELECT current_setting($1)", [name])[0][0] for name in names]
    )
    assert found[:3] == ["5s", "2s", "10s"]
    await store.close()


async def test_a_query_can_have_one_snapshot(postgres_url: str) -> None:
    store = await open_store(postgres_url, migrate=False)
    other = await asyncpg.connect(postgres_url)

    def query(tx: object) -> tuple[int, int]:
        from sqlalchemy.util import await_only  # noqa: PLC0415 - to let another session write between two reads

        count = "SELECT count(*) FROM instance"
        first = tx.driver.fetch(count, [])[0][0]  # type: ignore[attr-defined]
        await_only(other.execute("INSERT INTO instance (key, value) VALUES (gen_random_uuid(), '')"))
        return first, tx.driver.fetch(count, [])[0][0]  # type: ignore[attr-defined]

    assert await store.read(query, snapshot=True) == (0, 0)
    assert await store.read(query) == (1, 2)
    await other.close()
    await store.close()


async def test_commits_of_other_processes_are_heard(postgres_url: str) -> None:
    """Wake-ups go to every process; one's own commits are not told twice."""
    one, two = [await open_store(postgres_url, migrate=False) for _ in range(2)]
    desk = await Desk(one).open()
    heard = _Heard(two)
    own = _Heard(one)
    await heard.until(lambda: desk.account in heard.heads or None, nudge=lambda: one.append(desk.incoming()))
    await one.append(desk.outgoing())
    head = (await desk.log())[-1].position
    await heard.until(lambda: heard.heads.get(desk.account) == head and "deliver" in heard.queues)
    assert own.heads == {desk.account: head}
    assert own.queues == ["deliver"]
    await two.write(lambda tx: tx.driver.fetch(_END_WAKE_UPS, []))
    await heard.until(
        lambda: heard.heads[desk.account] > head or None, nudge=lambda: one.append(desk.incoming())
    )
    await one.close()
    await two.close()


async def test_who_writes_beside_others_knows_it(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages gather for a commit then (decision 15), until nothing was heard of the others for a while."""
    seconds = 0.0
    monkeypatch.setattr("frontdesk.store.postgres_bus.time", SimpleNamespace(monotonic=lambda: seconds))
    one, two = [await open_store(postgres_url, migrate=False) for _ in range(2)]
    desk, heard = await Desk(one).open(), _Heard(two)
    engine = cast("PostgresEngine", one._engine), cast("PostgresEngine", two._engine)
    await heard.until(lambda: heard.heads, nudge=lambda: one.append(desk.incoming()))
    assert [each.is_contended() for each in engine] == [False, True]
    seconds = COMPANY_SECONDS
    assert [each.is_contended() for each in engine] == [False, False]
    await one.close()
    await two.close()


_END_WAKE_UPS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'frontdesk wake-ups' AND datname = current_database()"""


class _Heard:
    """What a store's listeners were told."""

    def __init__(self, store: Store) -> None:
        self.heads: dict[UUID, int] = {}
        self.queues: list[str] = []
        self.news = asyncio.Event()
        store.on_commit(self.commit)
        store.on_enqueue(self.enqueue)

    def commit(self, account_id: UUID, head: int) -> None:
        self.heads[account_id] = head
        self.news.set()

    def enqueue(self, queue: str) -> None:
        self.queues.append(queue)
        self.news.set()

    async def until(
        self, condition: Callable[[], object], *, nudge: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        """Wait for the condition; a wake-up may be lost while a connection is made, so nudge again."""
        async with asyncio.timeout(20):
            while not condition():
                self.news.clear()
                if nudge is not None:
                    await nudge()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.news.wait(), 0.2)


async def test_warming_opens_connections_and_changes_nothing(postgres_url: str) -> None:
    store = await open_store(postgres_url, migrate=False)
    try:
        await Desk(store).open()
        counts = [
            Statement(sa.select(sa.func.count()).select_from(each)) for each in t.metadata.sorted_tables
        ]

        async def rows() -> list[int]:
            return await store.read(lambda tx: [tx.scalar(each) for each in counts])

        before = await rows()
        await store.warm()
        assert await rows() == before
        assert sum(before) > 0
        control = await asyncpg.connect(postgres_url)
        sessions = await control.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'frontdesk'"
        )
        await control.close()
        assert sessions == WARM_CONNECTIONS
    finally:
        await store.close()


async def test_warming_without_a_database_does_no_harm(proxy: Proxy) -> None:
    store = await open_store(proxy.url, migrate=False)
    try:
        proxy.is_refusing = True
        proxy.cut()
        await store.warm()
    finally:
        await store.close()


_FILL = """
WITH c AS (INSERT INTO contacts (id, account_id, created_at)
  SELECT gen_random_uuid(), $1, now() FROM generate_series(1, 5000) RETURNING id, account_id)
INSERT INTO threads (id, account_id, inbox_id, contact_id, scheme, address, created_at)
  SELECT gen_random_uuid(), account_id, account_id, id, 'web', '', now() FROM c"""
_PLANS = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = $1"


async def test_a_statement_with_a_short_list_is_not_planned_for_every_run(store: Store) -> None:
    """PostgreSQL plans the first five runs; it keeps a plan then if that looks no dearer than theirs."""
    await store.write(lambda tx: tx.driver.fetch(_FILL, [uuid7()]))
    for table in ("contacts", "threads"):
        await store.write(lambda tx, table=table: tx.driver.fetch(f"ANALYZE {table}", []))  # type: ignore[misc]
    joined = sa.select(t.threads.c.id, t.contacts.c.name).join(
        t.contacts, t.contacts.c.id == t.threads.c.contact_id
    )
    listed = Statement(joined.where(t.threads.c.id.in_(sa.bindparam("ids", expanding=True))))

    def change(tx: Tx) -> Sequence[int]:
        for _ in range(12):
            tx.rows(listed, ids=[uuid7()])
        plans = tx.driver.fetch(_PLANS, [listed.plan("postgresql").bind({"ids": []})[0]])
        return tuple(plans[0])

    assert await store.write(change) == (7, 5)


def test_a_list_of_any_length_is_the_same_statement() -> None:
    """One text to prepare and to plan, for every number of values."""
    table = t.messages
    listed = Statement(sa.select(table.c.id).where(table.c.id.in_(sa.bindparam("ids", expanding=True))))
    others = Statement(
        sa.select(table.c.id).where(table.c.kind.not_in(sa.bindparam("kinds", expanding=True)))
    )
    ids = [uuid7() for _ in range(3)]
    plan = listed.plan("postgresql")
    assert plan.bind({"ids": ids}) == (plan.bind({"ids": []})[0], [ids])
    assert plan.bind({"ids": ids})[0].endswith("WHERE messages.id = ANY((SELECT $1::UUID[])::UUID[])")
    sql, args = others.plan("postgresql").bind({"kinds": ["text", "image"]})
    assert sql.endswith("WHERE (messages.kind <> ALL($1::VARCHAR[]))")
    assert args == [["text", "image"]]
    with pytest.raises(Invalid):
        others.plan("postgresql").bind({"kinds": ["a\0b"]})
