"""Why a message may not leave now, or not at all: what was said since, and whose turn it is."""

import json
from types import MappingProxyType

from frontdesk.domain.errors import Invalid
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import held_until
from frontdesk.domain.spelling import recipient
from frontdesk.features.delivery import loops, pacing
from frontdesk.features.delivery.loops import Refusal
from frontdesk.features.delivery.pacing import Later, Limits
from frontdesk.store import opt_outs
from frontdesk.store.deliveries import Delivery
from frontdesk.store.tx import Row, Tx

OPTED_OUT = Refusal(
    "opted_out",
    "The customer has opted out, so nothing was sent. They can write START to hear from you again.",
)
NO_CHANNELS: loops.Channels = MappingProxyType({})


def find(
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
