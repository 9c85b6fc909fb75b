"""What only SQLite has: one writer thread, one process, a file on a disk that may fail."""

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from frontdesk.domain.errors import Invalid
from frontdesk.domain.event import EventType
from frontdesk.store import migrate
from frontdesk.store import tables as t
from frontdesk.store.engine import Store, open_store
from frontdesk.store.failures import OutcomeUnknown, StoreLocked, StoreUnavailable
from frontdesk.store.sqlite_file import sqlite_path
from frontdesk.store.tx import Tx
from tests.store.desk import Desk

_OPEN = """
import asyncio, sys
from frontdesk.store.engine import open_store
from frontdesk.store.failures import StoreLocked
try:
    asyncio.run(open_store(sys.argv[1]))
except StoreLocked as error:
    sys.exit(f"{error.message} {error.hint}")
"""


@pytest.fixture
async def lite(sqlite_url: str) -> AsyncIterator[Store]:
    """A store on SQLite."""
    opened = await open_store(sqlite_url, migrate=False)
    yield opened
    await opened.close()


async def test_a_second_process_is_refused_in_one_sentence(lite: Store, sqlite_url: str) -> None:
    command = [sys.executable, "-c", _OPEN, sqlite_url]
    second = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert second.stderr.strip() == (
        f"Another Frontdesk (process {os.getpid()}) is using {sqlite_path(sqlite_url)}. "
        "Stop it first, or give this one another FRONTDESK_DATA_DIR or FRONTDESK_DATABASE. "
        "Several processes need PostgreSQL."
    )
    with pytest.raises(StoreLocked):
        await open_store(sqlite_url)
    await lite.ping()


async def test_the_lock_goes_with_the_store(sqlite_url: str) -> None:
    for _ in range(2):
        store = await open_store(sqlite_url)
        await store.close()


async def test_every_commit_is_synced(lite: Store) -> None:
    """G2: WAL with synchronous=FULL; checkpoints are not the writer's work."""
    pragmas = ("journal_mode", "synchronous", "wal_autocheckpoint")
    found = await lite.write(lambda tx: [tx.driver.fetch(f"PRAGMA {name}", ())[0][0] for name in pragmas])
    assert found == ["wal", 2, 0]


async def test_changes_that_wait_together_share_a_commit(lite: Store) -> None:
    desk = await Desk(lite).open()
    gate = threading.Event()
    commits: list[int] = []

    def wait(_tx: Tx) -> None:
        gate.wait(10)

    def change(tx: Tx) -> int:
        commits.append(tx.driver.fetch("SELECT count(*) FROM events", ())[0][0])
        tx.emit(desk.account, EventType.ACCOUNT_UPDATED)
        return len(commits)

    first = asyncio.ensure_future(lite.write(wait))
    others = [asyncio.ensure_future(lite.write(change)) for _ in range(50)]
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(first, *others) == [None, *range(1, 51)]
    assert commits == list(range(1, 51))
    await desk.assert_whole()


async def test_a_failing_change_undoes_itself_and_not_its_mates(lite: Store) -> None:
    desk = await Desk(lite).open()

    def change(tx: Tx, *, fail: bool) -> None:
        tx.emit(desk.account, EventType.ACCOUNT_UPDATED, facts={"fail": fail})
        tx.driver.execute("INSERT INTO instance (key, value) VALUES (hex(randomblob(8)), ?)", (str(fail),))
        if fail:
            raise Invalid("no")

    results = await asyncio.gather(
        *(lite.write(lambda tx, n=n: change(tx, fail=n % 3 == 0)) for n in range(30)),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert [isinstance(result, Invalid) for result in results] == [n % 3 == 0 for n in range(30)]
    assert [event.facts for event in (await desk.log())[1:]] == [{"fail": False}] * 20
    assert await desk.count(t.instance) == 20


async def test_mates_run_again_when_sqlite_undid_the_whole_transaction(lite: Store) -> None:
    """The culprit fails; a mate that had run before it in the transaction is not lost and not doubled."""
    desk = await Desk(lite).open()
    runs: list[str] = []

    def mate(tx: Tx) -> None:
        runs.append("mate")
        tx.emit(desk.account, EventType.ACCOUNT_UPDATED)

    def culprit(tx: Tx) -> None:
        runs.append("culprit")
        tx.driver.execute("ROLLBACK", ())  # what SQLite does by itself on FULL, IOERR and NOMEM

    gate = threading.Event()
    first = asyncio.ensure_future(lite.write(lambda _tx: gate.wait(10)))
    futures = [asyncio.ensure_future(lite.write(change)) for change in (mate, culprit, mate)]
    await asyncio.sleep(0)
    gate.set()
    await first
    results = await asyncio.gather(*futures, return_exceptions=True)
    assert [isinstance(result, BaseException) for result in results] == [False, True, False]
    assert runs == ["mate", "culprit", "mate", "mate"]
    assert [event.type for event in await desk.log()] == ["conversation.opened"] + ["account.updated"] * 2


async def test_a_full_disk_refuses_and_recovers_unaided(lite: Store, sqlite_url: str) -> None:
    """G13: acknowledged stays, refused is not there, and writing goes on when there is room."""
    desk = await Desk(lite).open()
    await lite.append(desk.incoming())

    def set_limit(tx: Tx, pages: int) -> None:
        tx.driver.fetch(f"PRAGMA max_page_count={pages}", ())

    await lite.write(lambda tx: set_limit(tx, 1))  # never below the present size
    big = desk.incoming()
    big.content = '{"text":"' + "x" * 5_000_000 + '"}'
    with pytest.raises(StoreUnavailable, match="full"):
        await lite.append(big)
    assert await desk.seqs() == [1]
    await lite.write(lambda tx: set_limit(tx, 2**30))
    await lite.append(big)
    await desk.assert_whole()
    assert await desk.seqs() == [1, 2]
    await lite.close()
    with closing(sqlite3.connect(sqlite_path(sqlite_url))) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@contextmanager
def _files_no_larger_than(size: int) -> Iterator[None]:
    """Writes beyond this size fail with EFBIG, which SQLite reports as an I/O error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_an_io_error_stops_acknowledging_until_a_probe_succeeds(sqlite_url: str) -> None:
    """G13: nothing that was acknowledged is missing, what was refused may be repeated with its key."""
    store = await open_store(sqlite_url, migrate=False)
    desk = await Desk(store).open()
    await store.append(desk.outgoing(key="before"))
    path = sqlite_path(sqlite_url)
    wal = path.with_name(path.name + "-wal")
    with _files_no_larger_than(wal.stat().st_size):
        with pytest.raises((OutcomeUnknown, StoreUnavailable)):
            await store.append(desk.outgoing(key="during"))
        with pytest.raises(StoreUnavailable):
            await store.append(desk.outgoing(key="stopped"))
        assert await desk.seqs() == [1]
    for key in ("during", "stopped", "after"):
        await store.append(desk.outgoing(key=key))
    await desk.assert_whole()
    assert await desk.seqs() == [1, 2, 3, 4]
    await store.close()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_long_change_does_not_hold_the_answers_of_those_before_it(lite: Store) -> None:
    gate = threading.Event()
    first = asyncio.ensure_future(lite.write(lambda _tx: threading.Event().wait(0.05)))
    second = asyncio.ensure_future(lite.write(lambda _tx: gate.wait(10)))
    await asyncio.wait([first, second], return_when=asyncio.FIRST_COMPLETED, timeout=10)
    assert (first.done(), second.done()) == (True, False)
    gate.set()
    assert await second


async def test_closing_folds_the_log_into_the_file(sqlite_url: str) -> None:
    store = await open_store(sqlite_url, migrate=False)
    desk = await Desk(store).open()
    await store.append(desk.incoming())
    await store.close()
    path = sqlite_path(sqlite_url)
    files = await asyncio.to_thread(list, path.parent.iterdir())
    assert {each.name for each in files} == {path.name, f"{path.name}.lock"}
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM messages").fetchone() == (1,)


async def test_g13_a_disk_that_is_full_before_the_first_start_is_told_in_words(tmp_path: Path) -> None:
    """Neither a schema nor a copy is made by halves, and with room the next start finds its way."""
    path, copy = tmp_path / "frontdesk.db", tmp_path / "copy.db"
    with (
        _files_no_larger_than(100_000),
        pytest.raises(StoreUnavailable, match=r"frontdesk\.db cannot be used: "),
    ):
        await migrate.up(f"sqlite:///{path}")
    await migrate.up(f"sqlite:///{path}")
    with (
        _files_no_larger_than(100_000),
        pytest.raises(StoreUnavailable, match=r"copy\.db\.partial cannot be"),
    ):
        await migrate.backup(f"sqlite:///{path}", copy)
    assert [each for each in await asyncio.to_thread(os.listdir, tmp_path) if "copy" in each] == []
