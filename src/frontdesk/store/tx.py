"""The transaction that a change or a query sees: synchronous, on the bare driver, closed when it ends.

A change has no effect outside its `Tx`, so the store may run it again. No SQL of any noun here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.errors import NotFound
from frontdesk.domain.event import EventType
from frontdesk.store.statement import DialectName, Row, Statement
from frontdesk.store.types import db_now

__all__ = ["Driver", "PendingEvent", "ReadTx", "Row", "Statement", "Tx"]

_NOW = Statement(sa.select(db_now().label("now")))


class Driver(Protocol):
    """What a transaction needs of an engine: three calls that look synchronous."""

    def fetch(self, sql: str, args: Sequence[Any]) -> Sequence[Any]: ...
    def execute(self, sql: str, args: Sequence[Any]) -> int: ...
    def execute_many(self, sql: str, args: Sequence[Sequence[Any]]) -> None: ...


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event that a change collected; the store numbers it just before COMMIT."""

    account_id: UUID
    type: str
    conversation_id: UUID | None
    subject_id: UUID | None
    seq: int | None
    facts: dict[str, Any] | None


class ReadTx:
    """Reads in one transaction."""

    def __init__(self, dialect: DialectName, driver: Driver) -> None:
        self.dialect, self.driver = dialect, driver
        self._now: datetime | None = None

    @property
    def now(self) -> datetime:
        """The database's clock, read once for the whole transaction."""
        if self._now is None:
            self._now = self.one(_NOW).now
        return self._now

    def rows(self, statement: Statement, /, **params: Any) -> list[Row]:
        """All rows."""
        plan = statement.plan(self.dialect)
        sql, args = plan.bind(params)
        return plan.make(self.driver.fetch(sql, args))

    def first(self, statement: Statement, /, **params: Any) -> Row | None:
        """The first row, or None."""
        found = self.rows(statement, **params)
        return found[0] if found else None

    def one(self, statement: Statement, /, **params: Any) -> Row:
        """The first row.

        Raises:
            NotFound: There is none.
        """
        found = self.rows(statement, **params)
        if not found:
            raise NotFound("There is no such thing.")
        return found[0]

    def scalar(self, statement: Statement, /, **params: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.rows(statement, **params)
        return found[0][0] if found else None


class Tx(ReadTx):
    """Reads and writes in one transaction; its events are numbered and inserted just before COMMIT."""

    def __init__(self, dialect: DialectName, driver: Driver) -> None:
        super().__init__(dialect, driver)
        self.events: list[PendingEvent] = []
        self.queues: set[str] = set()
        self.heads: dict[UUID, int] = {}
        self.transaction_id: str | None = None
        self.last_event: tuple[UUID, int, PendingEvent] | None = None

    def run(self, statement: Statement, /, **params: Any) -> int:
        """Run a statement and say how many rows it touched."""
        sql, args = statement.plan(self.dialect).bind(params)
        return self.driver.execute(sql, args)

    def run_many(self, statement: Statement, params: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each set of parameters (no `IN` lists)."""
        if params:
            plan = statement.plan(self.dialect)
            self.driver.execute_many(plan.sql, [plan.bind(each)[1] for each in params])

    def emit(
        self,
        account_id: UUID,
        type: EventType,  # noqa: A002 - the glossary's word
        *,
        conversation_id: UUID | None = None,
        subject_id: UUID | None = None,
        seq: int | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        """Add an event to the account's log. Facts are ids, numbers, enums and versions, never content."""
        self.events.append(PendingEvent(account_id, type.value, conversation_id, subject_id, seq, facts))

    def enqueued(self, queue: str) -> None:
        """Note that a queue has new work, so that its workers are woken after the commit."""
        self.queues.add(queue)
