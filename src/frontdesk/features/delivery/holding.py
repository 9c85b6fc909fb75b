"""Taking a message back before it leaves: it waits for a few seconds, and a person thinks again.

Whoever locks the delivery first decides: the deliverer opens a try, or it is canceled and never tried.
"""

from uuid import UUID

from frontdesk.domain.content import content_adapter
from frontdesk.domain.errors import Conflict
from frontdesk.domain.message import DeliveryStatus, held_until
from frontdesk.domain.preview import preview_of
from frontdesk.domain.scope import Scope
from frontdesk.features.conversations.amendments import DELETED_PREVIEW
from frontdesk.features.conversations.sending import DELIVER_QUEUE
from frontdesk.store import conversations, deliveries, jobs, message_changes, timeline
from frontdesk.store.tx import Tx


def cancel(tx: Tx, scope: Scope, message_id: UUID) -> None:
    """Take back a message that is held; a second time is the same as once.

    Raises:
        NotFound: There is no such message.
        Conflict: It was not held, or is on its way already.
    """
    message = timeline.get(tx, scope, message_id)
    conversations.lock_many(tx, [message.conversation_id])
    rows = deliveries.of_message(tx, scope.account_id, message_id)
    delivery = next(iter(deliveries.lock(tx, [row.id for row in rows]).values()), None)
    if delivery is None or held_until(message.created_at, message.context) is None:
        raise Conflict(
            "Only a message that is held can be taken back.",
            hint="Send it with hold_seconds to have the time.",
        )
    if delivery.status is DeliveryStatus.CANCELED:
        return
    if delivery.status is not DeliveryStatus.QUEUED or delivery.attempts:
        raise Conflict("The message is on its way already.", hint="Write another one to put it right.")
    delivery.status = DeliveryStatus.CANCELED
    delivery.version += 1
    deliveries.save(tx, delivery)
    _show_before(tx, message.conversation_id, message.seq)
    deliveries.tell(tx, delivery, message.seq)
    jobs.hasten(tx, DELIVER_QUEUE, delivery.conversation_id, {"delivery": str(delivery.id)})


def _show_before(tx: Tx, conversation_id: UUID, seq: int) -> None:
    """Lists show what was said before, if nothing was said since."""
    is_last, row = message_changes.before_last(tx, conversation_id, seq)
    if not is_last:
        return
    preview = ""
    if row is not None and row.deleted_at is not None:
        preview = DELETED_PREVIEW
    elif row is not None:
        preview = preview_of(content_adapter.validate_json(row.content))
    message_changes.show_before(tx, conversation_id, row, preview)
