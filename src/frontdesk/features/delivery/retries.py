"""Trying again by somebody's word: a failed or unknown message goes to the end of its queue."""

from uuid import UUID

from frontdesk.domain.errors import Conflict
from frontdesk.domain.message import DeliveryStatus
from frontdesk.domain.scope import Scope
from frontdesk.features.conversations.sending import DELIVER_QUEUE
from frontdesk.store import deliveries, jobs, timeline
from frontdesk.store.tx import Tx


def retry(tx: Tx, scope: Scope, message_id: UUID) -> None:
    """Queue a message once more. Of an unknown one the customer may then have two: a person decides that.

    Raises:
        NotFound: There is no such message.
        Conflict: It is not failed or unknown.
    """
    place = timeline.place(tx, scope, message_id)
    rows = deliveries.of_message(tx, scope.account_id, message_id)
    locked = deliveries.lock(tx, [row.id for row in rows])
    delivery = next(iter(locked.values()), None)
    if delivery is None or delivery.status not in (DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN):
        raise Conflict("Only a message that failed, or whose outcome is unknown, can be sent again.")
    delivery.status = DeliveryStatus.QUEUED
    delivery.error_code, delivery.error, delivery.retryable = None, None, False
    delivery.attempts, delivery.failed_at = 0, None
    delivery.source_id = None  # the next try gets its own; the old one still leads here
    delivery.version += 1
    deliveries.save(tx, delivery)
    deliveries.tell(tx, delivery, place.seq)
    payload = {"delivery": str(delivery.id)}
    jobs.enqueue(tx, DELIVER_QUEUE, delivery.conversation_id, delivery.account_id, payload)
