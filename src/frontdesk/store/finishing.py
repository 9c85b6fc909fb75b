"""Finishing jobs: the most frequent report on lanes, in one statement for any number of them. Used by jobs.

The lanes are locked first, so work that is added meanwhile waits, and the count of pending jobs decides
whether a lane stays: one that is emptied is dropped, the others are given back (or kept). Why PostgreSQL is
asked for a lane's jobs by bounds: `claims.oldest_of`.
"""

from collections.abc import Sequence
from uuid import UUID

from frontdesk.store.tx import Tx

_POSTGRES = """
WITH l AS MATERIALIZED (SELECT l.key, l.pending FROM lanes l
    JOIN unnest($2::uuid[], $3::bigint[]) AS t(key, fence) ON t.key = l.key AND t.fence = l.fence
    WHERE l.queue = $1 AND l.key = ANY($2::uuid[]) ORDER BY l.key FOR NO KEY UPDATE OF l),
 d AS (DELETE FROM jobs j USING l WHERE j.id = ANY($4::bigint[]) AND j.queue = $1 AND j.key = l.key
    RETURNING j.key),
 n AS MATERIALIZED (SELECT l.key, l.pending - count(d.key) AS pending FROM l LEFT JOIN d ON d.key = l.key
    GROUP BY l.key, l.pending),
 x AS (DELETE FROM lanes l USING n WHERE n.pending <= 0 AND l.queue = $1 AND l.key = n.key),
 y AS (UPDATE lanes l SET pending = n.pending, claims = 0,
      run_at = CASE WHEN $5::bool THEN coalesce((SELECT j.run_at FROM jobs j WHERE j.queue = $1
        AND j.key >= l.key AND j.key <= l.key AND j.id <> ALL($4::bigint[])
        ORDER BY j.key, j.id LIMIT 1), clock_timestamp())
        ELSE l.run_at END,
      leased_until = CASE WHEN $5 THEN NULL ELSE l.leased_until END,
      fence = l.fence + CASE WHEN $5 THEN 1 ELSE 0 END
    FROM n WHERE n.pending > 0 AND l.queue = $1 AND l.key = n.key)
SELECT key, pending FROM n"""
_PENDING = "SELECT pending FROM lanes WHERE queue = ? AND key = ? AND fence = ?"
_REMOVE = "DELETE FROM jobs WHERE id = ? AND queue = ? AND key = ?"
_DROP = "DELETE FROM lanes WHERE queue = ? AND key = ?"
_KEEP = "UPDATE lanes SET pending = ?, claims = 0 WHERE queue = ? AND key = ?"
_GIVE_BACK = """
UPDATE lanes SET pending = ?1, claims = 0, leased_until = NULL, fence = fence + 1, run_at = coalesce(
  (SELECT run_at FROM jobs WHERE queue = ?2 AND key = ?3 ORDER BY id LIMIT 1), now_us())
WHERE queue = ?2 AND key = ?3"""


def finish(
    tx: Tx, queue: str, held: Sequence[tuple[UUID, int]], job_ids: Sequence[Sequence[int]], *, release: bool
) -> dict[UUID, int]:
    """Remove finished jobs of lanes.

    Args:
        tx: The transaction.
        queue: Of all the lanes.
        held: The lanes' keys and fences.
        job_ids: The finished jobs, for each lane.
        release: Give lanes back that have more jobs.

    Returns:
        How many jobs each lane has left; a lane whose fence is stale is not in it and unchanged.
    """
    if tx.dialect == "postgresql":
        ids = [job_id for each in job_ids for job_id in each]
        args = [queue, [key for key, _ in held], [fence for _, fence in held], ids, release]
        return {row[0]: row[1] for row in tx.driver.fetch(_POSTGRES, args)}
    left = {}
    for (key, fence), ids_of_lane in zip(held, job_ids, strict=True):
        pending = _finish_sqlite(tx, queue, (key.bytes, fence), ids_of_lane, release=release)
        if pending is not None:
            left[key] = pending
    return left


def _finish_sqlite(
    tx: Tx, queue: str, held: tuple[bytes, int], job_ids: Sequence[int], *, release: bool
) -> int | None:
    key, fence = held
    rows = tx.driver.fetch(_PENDING, (queue, key, fence))
    if not rows:
        return None
    pending: int = rows[0][0] - sum(tx.driver.execute(_REMOVE, (job_id, queue, key)) for job_id in job_ids)
    if pending <= 0:
        tx.driver.execute(_DROP, (queue, key))
    else:
        tx.driver.execute(_GIVE_BACK if release else _KEEP, (pending, queue, key))
    return pending
