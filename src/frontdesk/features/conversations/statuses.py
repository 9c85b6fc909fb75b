"""Where our messages stand: reports of providers folded into deliveries, in whatever order they come.

A status never goes back (the domain's lattice). A report about an id that we do not know yet waits for it,
unless it names the delivery it is about: then it is the answer that our send never got.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from frontdesk.domain.event import EventType
from frontdesk.domain.inbound import SeenUpTo, StatusReported
from frontdesk.domain.message import DeliveryStatus, Pricing, may_move
from frontdesk.store import candidates, conversations, deliveries, source_refs, threads
from frontdesk.store.deliveries import Delivery
from frontdesk.store.tx import Tx

_REPORTABLE = frozenset(
    {DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.FAILED}
)


_ANSWER_TIME = timedelta(seconds=5)
"""A provider's mark may be older than its answer to our send by as much."""


class Report(BaseModel):
    """One provider's report, as it is applied or kept until its message is known."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    source_id: str
    status: DeliveryStatus
    at: datetime | None = None
    error_code: str | None = None
    error: str | None = None
    pricing: Pricing | None = None
    delivery_id: UUID | None = None
    other_id: str | None = None

    @classmethod
    def of(cls, event: StatusReported) -> "Report":
        """The report of an inbound event."""
        words = [word for word in (event.error_title, event.error_detail) if word]
        return cls(
            source_id=event.source_id,
            status=event.status,
            at=event.at,
            error_code=event.error_code,
            error=": ".join(dict.fromkeys(words)) or None,
            pricing=event.pricing,
            delivery_id=event.delivery_id,
            other_id=event.other_id,
        )

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"status": self.model_dump(mode="json", exclude_none=True)}


def seen(tx: Tx, account_id: UUID, inbox_id: UUID, event: SeenUpTo) -> list[Report]:
    """A report about each of our messages in a thread that a provider's mark in time covers."""
    place = threads.look_up(tx, account_id, inbox_id, [event.thread_key]).get(event.thread_key)
    if event.at is None or place is None or place.conversation_id is None:
        return []
    ids = candidates.on_their_way(tx, place.conversation_id, event.at, event.at + _ANSWER_TIME)
    return [Report(source_id=source_id, status=event.status, at=event.at) for source_id in ids]


def apply(tx: Tx, account_id: UUID, inbox_id: UUID, reports: Sequence[Report]) -> None:
    """Apply reports in their order; those about unknown ids are kept. Any number of times the same."""
    known = source_refs.find(tx, inbox_id, [report.source_id for report in reports])
    unknown = [r for r in reports if r.source_id not in known or known[r.source_id].message_id is None]
    claims = _claims(tx, account_id, inbox_id, unknown)
    late = [
        r
        for r in unknown
        if r.source_id not in claims
        and not source_refs.hold(tx, account_id, inbox_id, r.source_id, r.to_json())
    ]
    if late:
        known |= source_refs.find(tx, inbox_id, [report.source_id for report in late])
    targets = {source_id: row.delivery_id for source_id, row in known.items() if row.delivery_id is not None}
    targets |= claims
    applicable = [(targets[r.source_id], r) for r in reports if r.source_id in targets]
    if applicable:
        refused = _apply(tx, applicable, claims)
        if refused:
            apply(tx, account_id, inbox_id, [r.model_copy(update={"delivery_id": None}) for r in refused])


def _claims(tx: Tx, account_id: UUID, inbox_id: UUID, reports: Sequence[Report]) -> dict[str, UUID]:
    """Unknown ids whose reports name one of our open sends by this inbox, and which."""
    named = {r.source_id: r.delivery_id for r in reports if r.delivery_id is not None}
    ours = candidates.claimable(tx, account_id, inbox_id, named.values())
    return {source_id: delivery_id for source_id, delivery_id in named.items() if delivery_id in ours}


def _apply(tx: Tx, reports: Sequence[tuple[UUID, Report]], claims: Mapping[str, UUID]) -> list[Report]:
    """Fold reports into their deliveries; answers those whose claim did not hold."""
    read = {delivery_id for delivery_id, report in reports if report.status is DeliveryStatus.READ}
    seen = conversations.lock_many(tx, deliveries.conversations_of(tx, sorted(read)))
    locked = deliveries.lock(tx, {delivery_id for delivery_id, _ in reports})
    seqs = deliveries.seqs_of(tx, [each.message_id for each in locked.values()])
    refused = {
        source_id
        for source_id, delivery_id in claims.items()
        if not _settle(tx, locked[delivery_id], source_id, seqs[locked[delivery_id].message_id])
    }
    for delivery_id, report in reports:
        delivery = locked[delivery_id]
        if report.source_id in refused:
            continue
        if fold(tx, delivery, report, seqs[delivery.message_id]) and delivery.conversation_id in seen:
            seq = seqs[delivery.message_id]
            if delivery.status is DeliveryStatus.READ and seq > seen[delivery.conversation_id]:
                seen[delivery.conversation_id] = seq
                _mark_seen(tx, delivery, seq)
    for delivery in locked.values():
        deliveries.save(tx, delivery)
    return [report for _, report in reports if report.source_id in refused]


def _settle(tx: Tx, delivery: Delivery, source_id: str, seq: int) -> bool:
    """Give a send its provider's id; not if it has another, or the id is another message's."""
    if delivery.source_id not in (None, source_id):
        return False
    held = source_refs.bind(
        tx,
        delivery.account_id,
        delivery.inbox_id,
        source_id,
        message_id=delivery.message_id,
        delivery_id=delivery.id,
    )
    if held is None:
        return False
    delivery.source_id = source_id
    fold_held(tx, delivery, held, seq)
    return True


def fold(tx: Tx, delivery: Delivery, report: Report, seq: int) -> bool:
    """Apply one report to a locked delivery that the caller will save; says whether the status moved."""
    if report.other_id is not None:
        _call_it(tx, delivery, report.other_id, seq)
    _learn_price(delivery, report.pricing)
    if report.status not in _REPORTABLE or not may_move(delivery.status, report.status):
        return False
    delivery.status = report.status
    delivery.version += 1
    _stamp(delivery, report.status, report.at or tx.now)
    if report.status is DeliveryStatus.FAILED:
        delivery.error_code, delivery.error, delivery.retryable = report.error_code, report.error, False
    else:
        delivery.error_code, delivery.error, delivery.retryable = None, None, False
    deliveries.tell(tx, delivery, seq)
    return True


def _call_it(tx: Tx, delivery: Delivery, other_id: str, seq: int) -> None:
    """The message is found by another id too; what waited for that one is applied."""
    held = source_refs.bind(
        tx,
        delivery.account_id,
        delivery.inbox_id,
        other_id,
        message_id=delivery.message_id,
        delivery_id=delivery.id,
    )
    fold_held(tx, delivery, held or (), seq)


def _learn_price(delivery: Delivery, told: Pricing | None) -> None:
    """Keep what a provider says of the price; a later report fills in what an earlier one did not know."""
    if told is None:
        return
    known = delivery.pricing or {}
    pricing = told.model_dump(exclude_none=True) | known
    if pricing != known:
        delivery.pricing = pricing
        delivery.version += 1


def fold_held(tx: Tx, delivery: Delivery, held: Iterable[dict[str, Any]], seq: int) -> None:
    """Apply reports that waited for this delivery's id."""
    for each in held:
        if "status" in each:
            fold(tx, delivery, Report.model_validate(each["status"]), seq)


def see_up_to(tx: Tx, conversation_id: UUID, account_id: UUID, seq: int) -> bool:
    """The contact has read everything up to `seq`: every delivery so far becomes read.

    For channels whose reader tells it by position. Says whether anything changed.
    """
    seen = conversations.lock_many(tx, [conversation_id]).get(conversation_id)
    if seen is None or seq <= seen:
        return False
    locked = deliveries.lock(tx, candidates.between(tx, conversation_id, seen, seq))
    seqs = deliveries.seqs_of(tx, [each.message_id for each in locked.values()])
    for delivery in sorted(locked.values(), key=lambda each: seqs[each.message_id]):
        report = Report(source_id=delivery.source_id or "", status=DeliveryStatus.READ)
        if fold(tx, delivery, report, seqs[delivery.message_id]):
            deliveries.save(tx, delivery)
    _tell_seen(tx, account_id, conversation_id, seq)
    return True


def _mark_seen(tx: Tx, delivery: Delivery, seq: int) -> None:
    _tell_seen(tx, delivery.account_id, delivery.conversation_id, seq)


def _tell_seen(tx: Tx, account_id: UUID, conversation_id: UUID, seq: int) -> None:
    version = conversations.mark_seen(tx, conversation_id, seq)
    tx.emit(
        account_id,
        EventType.CONVERSATION_SEEN,
        conversation_id=conversation_id,
        subject_id=conversation_id,
        seq=seq,
        facts=conversations.facts(version),
    )


def _stamp(delivery: Delivery, status: DeliveryStatus, at: datetime) -> None:
    """Note when; a later status proves the ones before it."""
    if status is DeliveryStatus.FAILED:
        delivery.failed_at = at
        return
    delivery.sent_at = delivery.sent_at or at
    if status in (DeliveryStatus.DELIVERED, DeliveryStatus.READ):
        delivery.delivered_at = delivery.delivered_at or at
    if status is DeliveryStatus.READ:
        delivery.read_at = delivery.read_at or at
