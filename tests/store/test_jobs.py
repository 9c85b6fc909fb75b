"""The queue: order per key, leases and fences, retries, dead letters, fairness; on both engines."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from frontdesk.domain.errors import Conflict, NotFound
from frontdesk.domain.event import EventType
from frontdesk.kit.clock import utc_now
from frontdesk.kit.ids import uuid7
from frontdesk.store import dead_letters, jobs
from frontdesk.store import tables as t
from frontdesk.store.engine import Store, open_store
from frontdesk.store.jobs import Lane, LeaseLost
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx
from tests.store.desk import Desk

P = sa.bindparam
ACCOUNT = uuid7()
_EXPIRE = Statement(
    sa.update(t.lanes).values(run_at=P("at"), leased_until=P("at")).where(t.lanes.c.leased_until.is_not(None))
)
_LANES = Statement(sa.select(t.lanes).order_by(t.lanes.c.key))


async def _enqueue(store: Store, key: UUID, *names: str, account: UUID = ACCOUNT, after: float = 0) -> None:
    def change(tx: Tx) -> None:
        for name in names:
            run_at = tx.now + timedelta(seconds=after) if after else None
            jobs.enqueue(tx, "q", key, account, {"name": name}, run_at=run_at)

    await store.write(change)


async def _claim(store: Store, *, lanes: int = 10, per_lane: int = 10, lease: float = 60) -> list[Lane]:
    return await store.write(
        lambda tx: jobs.claim(tx, "q", lanes=lanes, per_lane=per_lane, lease_seconds=lease)
    )


def _names(lane: Lane) -> list[str]:
    return [job.payload["name"] for job in lane.jobs]


def _ids(lane: Lane) -> list[int]:
    return [job.id for job in lane.jobs]


async def _expire(store: Store) -> None:
    """As if every lease had ended."""
    past = utc_now() - timedelta(seconds=1)
    await store.write(lambda tx: tx.run(_EXPIRE, at=past))


async def test_jobs_of_a_key_come_in_order_to_one_worker(store: Store) -> None:
    one, two = sorted((uuid7(), uuid7()))
    await _enqueue(store, one, "a", "b", "c")
    await _enqueue(store, two, "d")
    lanes = {lane.key: lane for lane in await _claim(store, per_lane=2)}
    assert {key: _names(lane) for key, lane in lanes.items()} == {one: ["a", "b"], two: ["d"]}
    assert [job.attempts for job in lanes[one].jobs] == [0, 0]
    assert lanes[one].account_id == ACCOUNT
    assert await _claim(store) == []
    await store.write(lambda tx: jobs.done(tx, lanes[one], _ids(lanes[one])))
    assert [_names(lane) for lane in await _claim(store)] == [["c"]]
    await store.write(lambda tx: jobs.done(tx, lanes[two], _ids(lanes[two])))
    assert [row.key for row in await store.read(lambda tx: tx.rows(_LANES))] == [one]


async def test_a_lane_is_kept_while_its_jobs_are_done_one_by_one(store: Store) -> None:
    key = uuid7()
    await _enqueue(store, key, "a", "b", "c")
    (lane,) = await _claim(store, per_lane=2)
    first, second = _ids(lane)
    await store.write(lambda tx: jobs.done(tx, lane, [first], release=False))
    assert await _claim(store) == []
    await store.write(lambda tx: jobs.done(tx, lane, [second]))
    (lane,) = await _claim(store)
    await store.write(lambda tx: jobs.done(tx, lane, _ids(lane), release=False))
    assert await store.read(lambda tx: tx.rows(_LANES)) == []
    await store.write(lambda tx: jobs.release(tx, lane))


async def test_work_added_while_a_lane_is_claimed_is_not_lost(store: Store) -> None:
    key = uuid7()
    await _enqueue(store, key, "a")
    (lane,) = await _claim(store)
    await _enqueue(store, key, "b")
    assert await _claim(store) == []
    await store.write(lambda tx: jobs.done(tx, lane, _ids(lane)))
    assert [_names(each) for each in await _claim(store)] == [["b"]]


async def test_a_stale_fence_changes_nothing(store: Store) -> None:
    """G21: a worker that slept past its lease writes nothing."""
    await _enqueue(store, uuid7(), "a", "b")
    (stale,) = await _claim(store)
    await _expire(store)
    (lane,) = await _claim(store)
    assert (lane.claims, lane.fence != stale.fence, _names(lane)) == (2, True, ["a", "b"])
    for report in (
        lambda tx: jobs.done(tx, stale, _ids(stale)),
        lambda tx: jobs.retry(tx, stale, _ids(stale)[0], tx.now, "x"),
        lambda tx: jobs.park(tx, stale, _ids(stale)[0], tx.now, "x"),
        lambda tx: jobs.bury(tx, stale, _ids(stale)[0], "x"),
        lambda tx: jobs.renew(tx, stale),
    ):
        with pytest.raises(LeaseLost):
            await store.write(report)
    await store.write(lambda tx: jobs.release(tx, stale))
    assert await _claim(store) == []
    await store.write(lambda tx: jobs.done(tx, lane, _ids(lane)))
    with pytest.raises(LeaseLost):
        await store.write(lambda tx: jobs.done(tx, lane, []))
    assert await store.read(lambda tx: tx.rows(_LANES)) == []


async def test_a_lost_lease_undoes_the_whole_change(store: Store) -> None:
    desk = await Desk(store).open()
    await _enqueue(store, uuid7(), "a")
    (stale,) = await _claim(store)
    await _expire(store)
    await _claim(store)

    def change(tx: Tx) -> None:
        _note(tx, desk)
        jobs.done(tx, stale, _ids(stale))

    with pytest.raises(LeaseLost):
        await store.write(change)
    assert len(await desk.log()) == 1


def _note(tx: Tx, desk: Desk) -> None:
    tx.emit(desk.account, EventType.ACCOUNT_UPDATED)


async def test_a_lease_that_ended_is_claimed_again_and_renewing_prevents_it(store: Store) -> None:
    await _enqueue(store, uuid7(), "a")
    (lane,) = await _claim(store, lease=0.01)
    await store.write(lambda tx: jobs.renew(tx, lane, 60))
    assert await _claim(store) == []
    await _expire(store)
    (again,) = await _claim(store)
    assert again.claims == 1  # renewing is getting on


async def test_a_retry_waits_and_so_do_the_jobs_behind_it(store: Store) -> None:
    key = uuid7()
    await _enqueue(store, key, "a", "b")
    (lane,) = await _claim(store)
    later = utc_now() + timedelta(hours=1)
    await store.write(lambda tx: jobs.retry(tx, lane, _ids(lane)[0], later, "503"))
    assert await _claim(store) == []
    assert await store.read(lambda tx: jobs.next_due(tx, "q")) == later
    await store.write(lambda tx: tx.run(_EXPIRE_ALL, at=utc_now() - timedelta(seconds=1)))
    (lane,) = await _claim(store)
    assert (lane.jobs, lane.claims) == ((), 1)  # the lane says due, its oldest job says not yet
    await store.write(lambda tx: jobs.release(tx, lane))
    soon = utc_now()
    await store.write(lambda tx: tx.run(_JOBS_AT, at=soon))
    await store.write(lambda tx: tx.run(_EXPIRE_ALL, at=soon))
    (lane,) = await _claim(store)
    assert [(job.payload["name"], job.attempts) for job in lane.jobs] == [("a", 1), ("b", 0)]


async def test_lanes_are_put_off_with_all_their_jobs_and_no_attempt_is_counted(store: Store) -> None:
    first, second = sorted([uuid7(), uuid7()])
    await _enqueue(store, first, "a", "b")
    await _enqueue(store, second, "c")
    ours = await _claim(store)
    soon, later = utc_now() + timedelta(minutes=1), utc_now() + timedelta(hours=1)
    at = {first: later, second: soon}
    await store.write(lambda tx: jobs.put_off(tx, [(lane, at[lane.key]) for lane in ours]))
    assert await _claim(store) == []
    assert await store.read(lambda tx: jobs.next_due(tx, "q")) == soon
    rows = await store.read(lambda tx: tx.rows(_LANES))
    assert [(row.key, row.run_at, row.leased_until, row.claims) for row in rows] == [
        (first, later, None, 0),
        (second, soon, None, 0),
    ]
    await store.write(lambda tx: tx.run(_EXPIRE_ALL, at=utc_now() - timedelta(seconds=1)))
    again = {lane.key: lane for lane in await _claim(store)}
    assert [(job.payload["name"], job.attempts) for job in again[first].jobs] == [("a", 0), ("b", 0)]
    await store.write(lambda tx: jobs.put_off(tx, [(lane, later) for lane in ours]))  # no longer ours
    rows = await store.read(lambda tx: tx.rows(_LANES))
    assert [row.fence for row in rows] == [again[first].fence, again[second].fence]
    await store.write(lambda tx: jobs.put_off(tx, []))


_EXPIRE_ALL = Statement(sa.update(t.lanes).values(run_at=P("at")))
_JOBS_AT = Statement(sa.update(t.jobs).values(run_at=P("at")))


async def test_a_parked_job_lets_the_next_go(store: Store) -> None:
    key = uuid7()
    await _enqueue(store, key, "a", "b")
    (lane,) = await _claim(store)
    later = utc_now() + timedelta(hours=1)
    parked = await store.write(lambda tx: jobs.park(tx, lane, _ids(lane)[0], later, "503"))
    (lane,) = await _claim(store)
    assert (lane.key, _names(lane)) == (key, ["b"])
    rows = await store.read(lambda tx: tx.rows(_LANES))
    assert {(row.key, row.pending, row.run_at == later) for row in rows} == {
        (key, 1, False),
        (parked, 1, True),
    }


async def test_a_buried_job_is_a_dead_letter_and_can_be_replayed_once(store: Store) -> None:
    """G9: the reason, the payload and a replay."""
    key = uuid7()
    await _enqueue(store, key, "a", "b")
    (lane,) = await _claim(store)
    letter = await store.write(lambda tx: jobs.bury(tx, lane, _ids(lane)[0], "not a picture", release=False))
    assert letter is not None
    await store.write(lambda tx: jobs.done(tx, lane, _ids(lane)[1:]))
    (row,) = await store.read(lambda tx: dead_letters.page(tx, ACCOUNT))
    assert (row.id, row.queue, row.key, row.payload, row.attempts, row.reason, row.replayed_at) == (
        letter,
        "q",
        key,
        {"name": "a"},
        1,
        "not a picture",
        None,
    )
    assert await store.read(lambda tx: dead_letters.page(tx, uuid7())) == []
    with pytest.raises(NotFound):
        await store.write(lambda tx: jobs.replay(tx, uuid7(), letter))
    await store.write(lambda tx: jobs.replay(tx, ACCOUNT, letter))
    with pytest.raises(Conflict):
        await store.write(lambda tx: jobs.replay(tx, ACCOUNT, letter))
    assert [_names(each) for each in await _claim(store)] == [["a"]]
    desk = Desk(store, account=ACCOUNT)
    assert [(e.type, e.subject_id, e.facts) for e in await desk.log()] == [
        ("dead_letter.added", letter, {"queue": "q"}),
        ("dead_letter.replayed", letter, {"queue": "q"}),
    ]


async def test_a_job_for_later(store: Store) -> None:
    assert await store.read(lambda tx: jobs.next_due(tx, "q")) is None
    before = utc_now()
    await _enqueue(store, uuid7(), "a", after=3600)
    assert await _claim(store) == []
    due = await store.read(lambda tx: jobs.next_due(tx, "q"))
    assert due is not None
    assert timedelta(minutes=55) < due - before < timedelta(minutes=65)


async def test_queues_do_not_meet(store: Store) -> None:
    await _enqueue(store, uuid7(), "a")
    assert await store.write(lambda tx: jobs.claim(tx, "other", lanes=5)) == []
    assert await store.read(lambda tx: jobs.waiting(tx, ACCOUNT)) == {"q": 1}


async def test_accounts_take_turns(store: Store) -> None:
    """G10: who floods the queue does not keep others waiting."""
    flood, small = uuid7(), uuid7()
    for _ in range(30):
        await _enqueue(store, uuid7(), "flood", account=flood)
    for _ in range(3):
        await _enqueue(store, uuid7(), "small", account=small)
    claimed = await _claim(store, lanes=6)
    assert sorted(lane.jobs[0].payload["name"] for lane in claimed) == ["flood"] * 3 + ["small"] * 3


async def test_workers_are_woken_after_the_commit(store: Store) -> None:
    desk = await Desk(store).open()
    heard: list[str] = []
    store.on_enqueue(heard.append)
    await _enqueue(store, uuid7(), "a")
    await store.append(desk.outgoing())
    await store.append(desk.incoming())
    assert heard == ["q", "deliver"]


async def test_many_workers_do_every_job_once_and_in_order(store: Store) -> None:
    keys = [uuid7() for _ in range(12)]
    for n in range(10):
        await asyncio.gather(*(_enqueue(store, key, str(n)) for key in keys))
    seen: dict[UUID, list[str]] = {key: [] for key in keys}

    async def worker() -> None:
        while sum(map(len, seen.values())) < 120:
            for lane in await _claim(store, lanes=3, per_lane=2):
                seen[lane.key] += _names(lane)
                await store.write(lambda tx, lane=lane: jobs.done(tx, lane, _ids(lane)))  # type: ignore[misc]

    async with asyncio.timeout(60):
        await asyncio.gather(*(worker() for _ in range(6)))
    assert seen == {key: [str(n) for n in range(10)] for key in keys}
    assert await store.read(lambda tx: tx.rows(_LANES)) == []


async def test_adding_and_finishing_at_once_loses_no_job(store: Store) -> None:
    """A lane that is emptied while a job is added keeps the job and stays in the queue."""
    key = uuid7()
    done: list[str] = []
    total = 60

    async def add() -> None:
        for n in range(total):
            await _enqueue(store, key, str(n))

    async def work() -> None:
        while len(done) < total:
            for lane in await _claim(store):
                await store.write(lambda tx, lane=lane: jobs.done(tx, lane, _ids(lane)))  # type: ignore[misc]
                done.extend(_names(lane))

    async with asyncio.timeout(60):
        await asyncio.gather(add(), work(), work())
    assert done == [str(n) for n in range(total)]
    assert await store.read(lambda tx: tx.rows(_LANES)) == []


async def test_g1_a_reopened_sqlite_file_gives_leased_lanes_back_at_once(tmp_path: Path) -> None:
    """Its process is the only one, so whoever held a lease is gone; on PostgreSQL the lease has to end."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    key, account = uuid7(), uuid7()
    store = await open_store(url)
    await store.write(lambda tx: jobs.enqueue(tx, "q", key, account, {"n": 1}))
    (held,) = await store.write(lambda tx: jobs.claim(tx, "q", lanes=1, lease_seconds=3600))
    await store.close()
    store = await open_store(url)
    (again,) = await store.write(lambda tx: jobs.claim(tx, "q", lanes=1))
    assert [job.payload for job in again.jobs] == [{"n": 1}]
    with pytest.raises(LeaseLost):
        await store.write(lambda tx: jobs.done(tx, held, [held.jobs[0].id]))
    await store.close()


async def test_a_lane_goes_on_with_what_came_meanwhile(store: Store) -> None:
    """G4: under the same lease, in order; given back when nothing is due, or when no more is wanted."""
    key = uuid7()
    await _enqueue(store, key, "one", "two")
    (lane,) = await _claim(store)
    await _enqueue(store, key, "three", "four", "five")
    finished = [job.id for job in lane.jobs]
    more = await store.write(lambda tx: jobs.done_for_more(tx, lane, finished, 2))
    assert [job.payload["name"] for job in more] == ["three", "four"]
    assert await _claim(store) == []

    none = await store.write(lambda tx: jobs.done_for_more(tx, lane, [job.id for job in more], 0))
    assert none == []
    (again,) = await _claim(store)
    assert (_names(again), again.fence != lane.fence) == (["five"], True)
    with pytest.raises(LeaseLost):
        await store.write(lambda tx: jobs.done_for_more(tx, lane, [again.jobs[0].id], 2))
    assert await store.write(lambda tx: jobs.done_for_more(tx, again, [again.jobs[0].id], 2)) == []
    assert await _claim(store) == []


async def test_a_lane_is_given_back_until_its_next_job_is_due(store: Store) -> None:
    key = uuid7()
    await _enqueue(store, key, "now")
    (lane,) = await _claim(store)
    await _enqueue(store, key, "later", after=30)
    assert await store.write(lambda tx: jobs.done_for_more(tx, lane, [lane.jobs[0].id], 10)) == []
    due = await store.read(lambda tx: jobs.next_due(tx, "q"))
    assert due is not None
    assert timedelta(seconds=20) < due - utc_now() < timedelta(seconds=31)
