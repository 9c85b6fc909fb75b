"""Changes and queries: all or nothing, numbered last, told to listeners after the commit."""

import asyncio
import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from frontdesk.domain.errors import Invalid, NotFound
from frontdesk.domain.event import EventType
from frontdesk.kit.ids import uuid7
from frontdesk.store import events
from frontdesk.store import tables as t
from frontdesk.store.engine import Store, open_store
from frontdesk.store.statement import Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now
from tests.store.desk import Desk

P = sa.bindparam
_ADD = Statement(
    sa.insert(t.accounts).values(
        id=P("id"), name=P("name"), settings=P("settings"), simulated=P("simulated"), created_at=db_now()
    )
)
_GET = Statement(sa.select(t.accounts).where(t.accounts.c.id == P("id")))
_AMONG = Statement(
    sa.select(t.accounts.c.name)
    .where(t.accounts.c.id.in_(P("ids", expanding=True)), t.accounts.c.name != P("but"))
    .order_by(t.accounts.c.name)
)
_RENAME = Statement(sa.update(t.accounts).where(t.accounts.c.id == P("id")).values(name=P("name")))

_JOINED = Statement(
    sa.select(
        sa.func.aggregate_strings(t.accounts.c.name, " ':?$1, ").label("names"),
        sa.func.count().label("times"),
    ).where(t.accounts.c.time_zone == P("zone"))
)


def _account(name: str, account_id: UUID | None = None) -> dict[str, object]:
    return {"id": account_id or uuid7(), "name": name, "settings": {"a": [1, "ß"]}, "simulated": True}


async def test_values_go_in_and_come_out_as_python_has_them(store: Store) -> None:
    account = _account("Rill Bikes")
    before = datetime.now(UTC)
    await store.write(lambda tx: tx.run(_ADD, **account))
    row = await store.read(lambda tx: tx.one(_GET, id=account["id"]))
    assert (row.id, row.name, row.settings, row.simulated) == (
        account["id"],
        "Rill Bikes",
        {"a": [1, "ß"]},
        True,
    )
    assert type(row.simulated) is bool
    assert row.time_zone == "UTC"
    assert row.created_at.tzinfo is not None
    assert abs((row.created_at - before).total_seconds()) < 60


async def test_a_literal_of_a_function_is_part_of_the_text_without_any_list(store: Store) -> None:
    await store.write(lambda tx: tx.run_many(_ADD, [_account("Rill"), _account("Rill")]))
    row = await store.read(lambda tx: tx.one(_JOINED, zone="UTC"))
    assert (row.names, row.times) == ("Rill ':?$1, Rill", 2)
    assert (await store.read(lambda tx: tx.one(_JOINED, zone="Europe/Berlin")))[:] == (None, 0)


async def test_a_literal_of_the_text_is_not_given_per_run(store: Store) -> None:
    told = Statement(sa.select(t.accounts.c.id).where(t.accounts.c.name == P("name", literal_execute=True)))
    with pytest.raises(TypeError, match="a literal is part of the text"):
        await store.read(lambda tx: tx.rows(told, name="Rill"))


async def test_in_lists_of_any_length(store: Store) -> None:
    accounts = [_account(f"{n:02}") for n in range(11)]
    await store.write(lambda tx: tx.run_many(_ADD, accounts))
    for count in (0, 1, 2, 3, 7, 8, 11):
        ids = [account["id"] for account in accounts[:count]]
        rows = await store.read(lambda tx, ids=ids: tx.rows(_AMONG, ids=ids, but="01"))  # type: ignore[misc]
        assert [row.name for row in rows] == [f"{n:02}" for n in range(count) if n != 1]


async def test_rows_affected_first_scalar_and_one(store: Store) -> None:
    account = _account("old")

    def change(tx: Tx) -> tuple[int, int]:
        tx.run(_ADD, **account)
        return tx.run(_RENAME, id=account["id"], name="new"), tx.run(_RENAME, id=uuid7(), name="new")

    assert await store.write(change) == (1, 0)

    def query(tx: ReadTx) -> tuple[object, object]:
        with pytest.raises(NotFound):
            tx.one(_GET, id=uuid7())
        return tx.first(_GET, id=uuid7()), tx.scalar(_AMONG, ids=[account["id"]], but="")

    assert await store.read(query) == (None, "new")


async def test_a_wrong_parameter_is_refused(store: Store) -> None:
    with pytest.raises(TypeError, match="wanted"):
        await store.read(lambda tx: tx.rows(_GET, id=uuid7(), also=1))
    with pytest.raises(TypeError, match="wanted"):
        await store.read(lambda tx: tx.rows(_GET))


async def test_text_that_sql_cannot_hold_is_refused_before_it(store: Store) -> None:
    with pytest.raises(Invalid, match="NUL"):
        await store.write(lambda tx: tx.run(_ADD, **_account("a\0b")))
    with pytest.raises(Invalid, match="surrogate"):
        await store.write(lambda tx: tx.run(_ADD, **_account("a\ud83d")))
    assert await Desk(store).count(t.accounts) == 0


async def test_on_conflict_means_the_same_on_both_engines(store: Store) -> None:
    statement = insert(t.accounts).values(id=P("id"), name=P("name"), created_at=db_now())
    keep = Statement(statement.on_conflict_do_nothing())
    replace = Statement(
        statement.on_conflict_do_update(
            index_elements=[t.accounts.c.id], set_={"name": statement.excluded.name}
        ).returning(t.accounts.c.name)
    )
    account_id = uuid7()

    def change(tx: Tx) -> tuple[int, int, object, object]:
        first = tx.run(keep, id=account_id, name="first")
        second = tx.run(keep, id=account_id, name="second")
        kept = tx.one(_GET, id=account_id).name
        return first, second, kept, tx.one(replace, id=account_id, name="third").name

    assert await store.write(change) == (1, 0, "first", "third")


async def test_a_change_that_fails_leaves_nothing(store: Store) -> None:
    desk = await Desk(store).open()
    account = _account("never")

    def change(tx: Tx) -> None:
        tx.run(_ADD, **account)
        tx.emit(desk.account, EventType.ACCOUNT_UPDATED)
        raise Invalid("no")

    with pytest.raises(Invalid):
        await store.write(change)
    assert await desk.count(t.accounts) == 0
    assert [event.type for event in await desk.log()] == ["conversation.opened"]


async def test_now_is_the_databases_clock_and_stands_still(store: Store) -> None:
    first, again = await store.write(lambda tx: (tx.now, tx.now))
    assert first == again
    assert abs((first - datetime.now(UTC)).total_seconds()) < 5


async def test_events_are_numbered_per_account_in_the_order_emitted(store: Store) -> None:
    one, two = uuid7(), uuid7()

    def change(tx: Tx) -> None:
        for account_id, kind in (
            (one, EventType.CONTACT_CREATED),
            (two, EventType.INBOX_CREATED),
            (one, EventType.CONTACT_UPDATED),
        ):
            tx.emit(account_id, kind, subject_id=account_id, seq=7, facts={"version": 1, "to": "ß"})

    await store.write(change)
    await store.write(change)

    def query(tx: ReadTx) -> tuple[list[tuple[int, str]], list[tuple[int, str]], int, int]:
        pages = [[(e.position, e.type) for e in events.page(tx, a, 0, 10)] for a in (one, two)]
        return pages[0], pages[1], events.head(tx, one), events.head(tx, two)

    assert await store.read(query) == (
        [(1, "contact.created"), (2, "contact.updated"), (3, "contact.created"), (4, "contact.updated")],
        [(1, "inbox.created"), (2, "inbox.created")],
        4,
        2,
    )
    event = (await store.read(lambda tx: events.page(tx, one, 3, 1)))[0]
    assert (event.position, event.subject_id, event.seq, event.facts) == (
        4,
        one,
        7,
        {"version": 1, "to": "ß"},
    )
    assert await store.read(lambda tx: (events.head(tx, uuid7()), events.tail(tx, one))) == (0, 0)


async def test_listeners_hear_after_the_commit_in_the_event_loop(store: Store) -> None:
    desk = Desk(store)
    heard: list[tuple[UUID, int]] = []
    threads = set()

    def listener(account_id: UUID, head: int) -> None:
        heard.append((account_id, head))
        threads.add(threading.get_ident())

    store.on_commit(listener)
    await desk.open(3)
    await store.append(desk.incoming())
    await store.write(lambda tx: tx.now)
    assert heard == [(desk.account, 3), (desk.account, 4)]
    assert threads == {threading.get_ident()}


async def test_a_cancelled_caller_does_not_cancel_the_change(database_url: str) -> None:
    store = await open_store(database_url, migrate=False)
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def change(tx: Tx) -> None:
        loop.call_soon_threadsafe(started.set)
        tx.run(_ADD, **_account("kept"))

    caller = asyncio.ensure_future(store.write(change))
    await started.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await store.close()  # waits for what was begun
    again = await open_store(database_url, migrate=False)
    assert await Desk(again).count(t.accounts) == 1
    await again.close()


async def test_a_query_cannot_write(store: Store) -> None:
    with pytest.raises(AttributeError):
        await store.read(lambda tx: tx.run(_RENAME, id=uuid7(), name="x"))  # type: ignore[attr-defined]


async def test_ping(store: Store) -> None:
    await store.ping()


async def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="mysql") as caught:
        await open_store("mysql://host/name")
    assert caught.value.hint == "Use one of sqlite://, postgresql://"
    with pytest.raises(Invalid, match="needs a file"):
        await open_store("sqlite://")


async def test_what_was_written_is_there_after_opening_again(database_url: str) -> None:
    store = await open_store(database_url, migrate=False)
    desk = await Desk(store).open()
    await store.append(desk.incoming())
    await store.close()
    again = await open_store(database_url)
    desk.store = again
    await desk.assert_whole()
    assert await desk.seqs() == [1]
    await again.close()
