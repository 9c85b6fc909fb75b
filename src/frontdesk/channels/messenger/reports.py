"""Where our messages stand, and what else a hook tells that is no message. Pure."""

from uuid import UUID

from frontdesk.channels.messenger import payloads as p
from frontdesk.channels.messenger.frames import Events, Frame
from frontdesk.domain import inbound as i
from frontdesk.domain.foreign import Raw
from frontdesk.domain.message import DeliveryStatus


def proof(frame: Frame, mid: str, delivery_id: UUID) -> i.InboundEvent:
    """The echo of our own send proves it, also where the answer to the send was lost."""
    return i.StatusReported(
        at=frame.at,
        account_ref=frame.account_ref,
        source_id=mid,
        status=DeliveryStatus.SENT,
        provider_status="sent",
        recipient=frame.recipient,
        delivery_id=delivery_id,
        extra=frame.extra,
    )


def delivered(frame: Frame, delivery: Raw) -> Events:
    """Which messages arrived; without ids, all until the watermark."""
    person, mids = frame.sender, delivery.get("mids")
    found = [mid for mid in map(p.read_id, mids if isinstance(mids, list) else ()) if mid is not None]
    if person is None:
        return frame.ignored("nothing says where it arrived")
    if not found:
        return _until(frame, person, delivery, DeliveryStatus.DELIVERED)
    return [_status(frame, person, mid, DeliveryStatus.DELIVERED) for mid in found]


def seen(frame: Frame, read: Raw) -> Events:
    """Read until the watermark. Instagram names the last message read: so were those before it."""
    person, mid = frame.sender, p.read_id(read.get("mid"))
    if person is None:
        return frame.ignored("nothing says who read it")
    if mid is not None:
        named = _status(frame, person, mid, DeliveryStatus.READ)
        until = {"watermark": frame.raw.get("timestamp")}
        return [named, *(_until(frame, person, until, DeliveryStatus.READ) if frame.at else ())]
    return _until(frame, person, read, DeliveryStatus.READ)


def _status(frame: Frame, person: str, mid: str, status: DeliveryStatus) -> i.InboundEvent:
    return i.StatusReported(
        at=frame.at,
        account_ref=frame.account_ref,
        source_id=mid,
        status=status,
        provider_status=status.value,
        recipient=person,
        extra=frame.extra,
    )


def _until(frame: Frame, person: str, told: Raw, status: DeliveryStatus) -> Events:
    at = p.read_time(told.get("watermark"))
    if at is None:
        return frame.ignored(f"nothing says what was {status.value}")
    return [
        i.SeenUpTo(
            at=at,
            account_ref=frame.account_ref,
            thread_key=frame.key(person),
            status=status,
            party=frame.party(person),
            extra=frame.extra,
        )
    ]


def arrived(frame: Frame, referral: Raw) -> Events:
    """Somebody who talked to us before came by a link or an ad; their next message says what they want."""
    detail = {"person": frame.sender, "referral": dict(referral)}
    return [
        i.AccountNoticed(
            at=frame.at,
            account_ref=frame.account_ref,
            field_name="referral",
            detail=detail,
            extra=frame.extra,
        )
    ]
