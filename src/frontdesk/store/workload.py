"""How much work there is, of all accounts: for those who watch the desk. Read seldom; counts lanes."""

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.statement import Statement
from frontdesk.store.tx import ReadTx
from frontdesk.store.types import db_now

_l, _d = t.lanes, t.dead_letters

_JOBS = Statement(
    sa.select(
        _l.c.queue,
        sa.func.sum(sa.case((_l.c.leased_until > db_now(), _l.c.pending), else_=0)).label("running"),
        sa.func.sum(
            sa.case((_l.c.leased_until > db_now(), 0), (_l.c.run_at <= db_now(), _l.c.pending), else_=0)
        ).label("due"),
        sa.func.sum(_l.c.pending).label("every"),
    ).group_by(_l.c.queue)
)
_DEAD = Statement(
    sa.select(_d.c.queue, sa.func.count().label("n")).where(_d.c.replayed_at.is_(None)).group_by(_d.c.queue)
)


def jobs_by_state(tx: ReadTx) -> dict[tuple[str, str], int]:
    """How many jobs there are by queue and state: `running` (in a leased lane), `due`, `later`, `dead`."""
    found: dict[tuple[str, str], int] = {}
    for row in tx.rows(_JOBS):
        running, due = int(row.running), int(row.due)
        states = {"running": running, "due": due, "later": int(row.every) - running - due}
        found |= {(row.queue, state): n for state, n in states.items()}
    return found | {(row.queue, "dead"): int(row.n) for row in tx.rows(_DEAD)}
