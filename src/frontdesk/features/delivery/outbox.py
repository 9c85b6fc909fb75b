"""One try to deliver, as changes of the store: begun before the provider is called, ended after.

A try that was begun and never ended (a crash) is not made again: nobody knows whether the message went out.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from frontdesk.domain.content import Content, Reaction, content_adapter
from frontdesk.domain.errors import Invalid
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import DeliveryStatus, MessageContext, held_until
from frontdesk.domain.spelling import recipient
from frontdesk.features.conversations import statuses
from frontdesk.features.conversations.statuses import Report
from frontdesk.features.delivery import asking, loops, pacing
from frontdesk.features.delivery.backoff import Backoff
from frontdesk.features.delivery.loops import Refusal
from frontdesk.features.delivery.pacing import Later, Limits
from frontdesk.ports.channel import Exchange, Failed, SendResult, Sent, Unknown
from frontdesk.store import attempts, deliveries, jobs, opt_outs, source_refs
from frontdesk.store.deliveries import Delivery
from frontdesk.store.jobs import Job, Lane
from frontdesk.store.tx import Row, Tx

UNPROVEN = Unknown(
    code="interrupted",
    message="The desk stopped while sending; whether the provider took the message is not known.",
)
OPTED_OUT = Refusal(
    "opted_out",
    "The customer has opted out, so nothing was sent. They can write START to hear from you again.",
)
NO_CHANNELS: loops.Channels = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go, and the try that is open for it."""

    attempt_id: UUID
    delivery_id: UUID
    message_id: UUID
    account_id: UUID
    inbox_id: UUID
    seq: int
    content: Content
    context: MessageContext
    scheme: str
    address: str
    reply_to_source_id: str | None
    target_source_id: str | None
    automatic: bool = False
    unasked: bool = False
    """It answers nothing that the customer wrote."""


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
    channels: loops.Channels = NO_CHANNELS,
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
    if (stop := _stop(tx, delivery, row, channels, None if resume else limits)) is not None:
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
    return _letter(tx, delivery, attempt_id, row)


def _stop(
    tx: Tx, delivery: Delivery, row: Row, channels: loops.Channels, limits: Limits | None
) -> Later | Refusal | None:
    """Why a message may not leave now, or not at all."""
    refusal = OPTED_OUT if row.is_refused else _other_reader(tx, delivery, row)
    refusal = refusal or loops.refusal(tx, delivery, row, channels)
    if refusal is not None:
        return refusal
    held = held_until(row.created_at, row.context)
    if held is not None and held > tx.now:
        return Later(held, "It can still be taken back.")
    return None if limits is None else pacing.take(tx, delivery, row.thread_id, limits)


def _other_reader(tx: Tx, delivery: Delivery, row: Row) -> Refusal | None:
    """That one of those opted out to whom a mail goes besides."""
    if row.kind != "email":
        return None
    mail = json.loads(row.content)
    named = [each for name in ("to", "cc", "bcc") for each in mail.get(name) or ()]
    if not named:
        return None
    readers = [each for each in map(_reader, named) if each is not None]
    unasked = loops.is_unasked(tx, row)
    found = opt_outs.refusing(tx, delivery.account_id, row.channel, readers, unasked=unasked)
    message = f"{', '.join(found)} opted out, so nothing was sent. Send it to the others."
    return Refusal("opted_out", message) if found else None


def _reader(named: str) -> Address | None:
    """Somebody whom a mail names; None for what is no address: the channel says so."""
    try:
        return Address("email", recipient(named, field="content.to").lower())
    except Invalid:
        return None


def _refuse(tx: Tx, delivery: Delivery, seq: int, refusal: Refusal) -> None:
    """It must not go (the customer opted out after it was written, say): it stays here."""
    delivery.status, delivery.failed_at, delivery.retryable = DeliveryStatus.FAILED, tx.now, False
    delivery.error_code, delivery.error = refusal.code, refusal.message
    delivery.version += 1
    deliveries.save(tx, delivery)
    if delivery.due_at is not None:
        deliveries.wait(tx, delivery, None)
    deliveries.tell(tx, delivery, seq)


def _letter(tx: Tx, delivery: Delivery, attempt_id: UUID, row: Row) -> Letter:
    content = content_adapter.validate_json(row.content)
    target = content.target_source_id if isinstance(content, Reaction) else None
    if isinstance(content, Reaction) and content.target_id is not None and target is None:
        target = deliveries.source_id_of(tx, content.target_id)
    return Letter(
        attempt_id,
        delivery.id,
        delivery.message_id,
        delivery.account_id,
        delivery.inbox_id,
        row.seq,
        content,
        MessageContext.model_validate(row.context or {}),
        row.scheme,
        row.address,
        row.reply_to_source_id,
        target,
        loops.is_automatic(row),
        loops.is_unasked(tx, row),
    )


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
