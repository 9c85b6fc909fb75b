"""One try to deliver, as changes of the store: begun before the provider is called, ended after.

A try that was begun and never ended (a crash) is not made again: nobody knows whether the message went out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from frontdesk.domain.message import DeliveryStatus
from frontdesk.features.conversations import statuses
from frontdesk.features.conversations.statuses import Report
from frontdesk.features.delivery import asking, letters, loops, stops
from frontdesk.features.delivery.backoff import Backoff
from frontdesk.features.delivery.letters import Letter
from frontdesk.features.delivery.loops import Refusal
from frontdesk.features.delivery.pacing import Later, Limits
from frontdesk.ports.channel import Exchange, Failed, SendResult, Sent, Unknown
from frontdesk.store import attempts, deliveries, jobs, source_refs
from frontdesk.store.deliveries import Delivery
from frontdesk.store.jobs import Job, Lane
from frontdesk.store.tx import Tx

UNPROVEN = Unknown(
    code="interrupted",
    message="The desk stopped while sending; whether the provider took the message is not known.",
)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A try that somebody began and did not end."""

    delivery_id: UUID
    inbox_id: UUID


def begin(
    tx: Tx,
    lane: Lane,
    job: Job,
    attempt_id: UUID,
    channels: loops.Channels = stops.NO_CHANNELS,
    *,
    last: bool,
    resume: bool = False,
    limits: Limits | None = None,
) -> Letter | Interrupted | Later | None:
    """Open a try: from now on the message may have gone out.

    Args:
        tx: The change.
        lane: Whose job it is.
        job: Names the delivery.
        attempt_id: Of the try.
        channels: By slug, for what they say of machines.
        last: Whether the lane may be given back when this job is done.
        resume: Try again although a try is open: the provider takes the same key twice as once.
        limits: Of its inbox; None: there are none.

    Returns:
        What to send; None if there is nothing (left) to send, and then the job is done. `Later` if it waits
        for its turn: then the lane was given back.
    """
    delivery = deliveries.lock(tx, [UUID(job.payload["delivery"])]).get(UUID(job.payload["delivery"]))
    if delivery is None or delivery.status not in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING):
        if delivery is not None and delivery.open_attempt is not None:  # a report settled it after a crash
            _end_attempt(tx, delivery.account_id, delivery.open_attempt, UNPROVEN)
            delivery.open_attempt = None
            deliveries.save(tx, delivery)
        jobs.done(tx, lane, [job.id], release=last)
        return None
    if delivery.status is DeliveryStatus.SENDING and not resume:
        return Interrupted(delivery.id, delivery.inbox_id)
    row = deliveries.letter(tx, delivery.message_id)
    if (stop := stops.find(tx, delivery, row, channels, None if resume else limits)) is not None:
        if isinstance(stop, Later):
            jobs.retry(tx, lane, job.id, stop.at, stop.why)
            return stop
        _refuse(tx, delivery, row.seq, stop)
        jobs.done(tx, lane, [job.id], release=last)
        return None
    delivery.status, delivery.open_attempt = DeliveryStatus.SENDING, attempt_id
    delivery.attempts += 1
    delivery.version += 1
    deliveries.save(tx, delivery)
    attempts.begin(tx, delivery, attempt_id)
    return letters.write(tx, delivery, attempt_id, row)


def _refuse(tx: Tx, delivery: Delivery, seq: int, refusal: Refusal) -> None:
    """It must not go (the customer opted out after it was written, say): it stays here."""
    delivery.status, delivery.failed_at, delivery.retryable = DeliveryStatus.FAILED, tx.now, False
    delivery.error_code, delivery.error = refusal.code, refusal.message
    delivery.version += 1
    deliveries.save(tx, delivery)
    if delivery.due_at is not None:
        deliveries.wait(tx, delivery, None)
    deliveries.tell(tx, delivery, seq)


def end(  # noqa: PLR0917 - one try's whole story
    tx: Tx,
    lane: Lane,
    job: Job,
    letter: Letter,
    result: SendResult,
    backoff: Backoff,
    *,
    last: bool,
    can_be_asked: bool = False,
) -> bool:
    """Close a try with what came of it, and the job with it, under the lane's fence.

    `can_be_asked`: the provider tells statuses when asked, so it shall be if none comes.

    Returns:
        Whether the lane's next job may go now; else, and after the last one, the lane was given back.

    Raises:
        LeaseLost: Somebody else has the lane; nothing was changed. See `keep_evidence`.
    """
    delivery = deliveries.lock(tx, [letter.delivery_id])[letter.delivery_id]
    _end_attempt(tx, letter.account_id, letter.attempt_id, result)
    if delivery.open_attempt == letter.attempt_id:
        delivery.open_attempt = None
    match result:
        case Sent():
            _sent(tx, delivery, letter.seq, result)
            if can_be_asked:
                asking.remember(tx, delivery)
        case Failed():
            if not _failed(tx, lane, job, delivery, letter.seq, result, backoff):
                return False
        case Unknown():
            give_up_unknown(tx, delivery, letter.seq, result)
    jobs.done(tx, lane, [job.id], release=last)
    return not last


def keep_evidence(tx: Tx, letter: Letter, result: SendResult) -> None:
    """What came of a try whose lane was lost: it may prove that the message went out, and decides nothing."""
    _end_attempt(tx, letter.account_id, letter.attempt_id, result)
    if isinstance(result, Sent):
        delivery = deliveries.lock(tx, [letter.delivery_id])[letter.delivery_id]
        _sent(tx, delivery, letter.seq, result)


def end_interrupted(tx: Tx, lane: Lane, job: Job, *, last: bool) -> None:
    """A try was found open: its message's fate is unknown, its job is done."""
    delivery_id = UUID(job.payload["delivery"])
    delivery = deliveries.lock(tx, [delivery_id])[delivery_id]
    seq = deliveries.seqs_of(tx, [delivery.message_id])[delivery.message_id]
    if delivery.open_attempt is not None:
        _end_attempt(tx, delivery.account_id, delivery.open_attempt, UNPROVEN)
        delivery.open_attempt = None
    give_up_unknown(tx, delivery, seq, UNPROVEN)
    jobs.done(tx, lane, [job.id], release=last)


def _sent(tx: Tx, delivery: Delivery, seq: int, result: Sent) -> None:
    delivery.source_id = delivery.source_id or result.source_id
    status = DeliveryStatus.DELIVERED if result.delivered else DeliveryStatus.SENT
    statuses.fold(tx, delivery, Report(source_id=result.source_id or "", status=status, at=tx.now), seq)
    ids = [result.source_id, *result.more_source_ids] if result.source_id else result.more_source_ids
    held = [
        report
        for source_id in ids
        for report in source_refs.bind(
            tx,
            delivery.account_id,
            delivery.inbox_id,
            source_id,
            message_id=delivery.message_id,
            delivery_id=delivery.id,
        )
        or ()
    ]
    statuses.fold_held(tx, delivery, held, seq)
    deliveries.save(tx, delivery)


def _failed(  # noqa: PLR0917 - one try's whole story
    tx: Tx, lane: Lane, job: Job, delivery: Delivery, seq: int, result: Failed, backoff: Backoff
) -> bool:
    """Note a failure; says whether the job is done. Else it waits or is buried, and the lane is free."""
    if delivery.status is not DeliveryStatus.SENDING:
        deliveries.save(tx, delivery)  # a proof came first
        return True
    delivery.error_code, delivery.error = result.code, result.message[:1000]
    delivery.retryable = result.retryable
    delivery.version += 1
    if result.retryable and delivery.attempts < backoff.attempts:
        delivery.status = DeliveryStatus.QUEUED
        deliveries.save(tx, delivery)
        _try_again(tx, lane, job, delivery, result, backoff)
        return False
    delivery.status, delivery.failed_at = DeliveryStatus.FAILED, tx.now
    deliveries.save(tx, delivery)
    deliveries.tell(tx, delivery, seq)
    if not result.retryable:
        return True
    reason = f"Given up after {delivery.attempts} tries: {result.message}"
    jobs.bury(tx, lane, job.id, reason[:500])
    return False


def _try_again(tx: Tx, lane: Lane, job: Job, delivery: Delivery, result: Failed, backoff: Backoff) -> None:  # noqa: PLR0917
    """Later; in place while the conversation may be held up, else beside it so that the next may go."""
    run_at = tx.now + timedelta(seconds=backoff.seconds(delivery.attempts))
    if result.retry_at is not None:
        run_at = max(run_at, min(result.retry_at, tx.now + backoff.longest_wish))
    reason = f"{result.code}: {result.message}"[:500]
    if _is_held_too_long(tx, delivery, run_at, backoff):
        jobs.park(tx, lane, job.id, run_at, reason)
    else:
        jobs.retry(tx, lane, job.id, run_at, reason)


def _is_held_too_long(tx: Tx, delivery: Delivery, run_at: datetime, backoff: Backoff) -> bool:
    began = attempts.round_began_at(tx, delivery.id, delivery.attempts) or tx.now
    return (run_at - began).total_seconds() > backoff.hold_seconds


def give_up_unknown(tx: Tx, delivery: Delivery, seq: int, result: Unknown) -> None:
    """Show that nobody knows; proofs may still come."""
    if delivery.status is DeliveryStatus.SENDING:
        delivery.status = DeliveryStatus.UNKNOWN
        delivery.error_code, delivery.error, delivery.retryable = result.code, result.message[:1000], True
        delivery.version += 1
        deliveries.save(tx, delivery)
        deliveries.tell(tx, delivery, seq)
        return
    deliveries.save(tx, delivery)


def _end_attempt(tx: Tx, account_id: UUID, attempt_id: UUID, result: SendResult) -> None:
    exchange = result.exchange or Exchange({})
    code = None if isinstance(result, Sent) else result.code
    words = None if isinstance(result, Sent) else result.message[:1000]
    attempts.end(
        tx,
        account_id,
        attempt_id,
        type(result).__name__.lower(),
        error_code=code,
        error=words,
        request=exchange.request or None,
        response=exchange.response,
    )
