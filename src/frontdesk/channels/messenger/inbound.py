"""Hooks in our words: every entry and every event of a body, in order. Pure.

What cannot be read never takes its neighbours along.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from frontdesk.channels.messenger import payloads as p
from frontdesk.channels.messenger.content import read_contents, unsupported
from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.errors import Malformed
from frontdesk.domain.foreign import MAX_WORDS, UNREADABLE, Raw, known, part, read_object
from frontdesk.domain.message import NO_CONTEXT, DeliveryStatus, Direction, MessageContext, Referral

MARK = "frontdesk:"
"""Stands before our delivery's id in a send's `metadata`, which its echo repeats."""
Events = Sequence[i.InboundEvent]


@dataclass(frozen=True, slots=True)
class Frame:
    """One event with what is around it: who wrote to whom, when, by which page."""

    scheme: str
    raw: Raw
    account_ref: str | None
    is_standby: bool

    @property
    def at(self) -> datetime | None:
        """When it happened."""
        return p.read_time(self.raw.get("timestamp"))

    @property
    def sender(self) -> str | None:
        """Who did it."""
        return p.read_id(part(self.raw, "sender").get("id"))

    @property
    def recipient(self) -> str | None:
        """To whom."""
        return p.read_id(part(self.raw, "recipient").get("id"))

    @property
    def extra(self) -> dict[str, Any]:
        """What every event tells besides."""
        return {"standby": True} if self.is_standby else {}

    def party(self, person: str) -> i.Party:
        """Somebody by their scoped id; the platform tells no names."""
        return i.Party((i.Address(self.scheme, person),))

    def key(self, person: str) -> str:
        """The thread with somebody."""
        return f"{self.scheme}:{person}"

    def ignored(self, reason: str) -> Events:
        """Nothing for us."""
        return [i.Ignored(reason=reason[:1000], at=self.at, account_ref=self.account_ref, extra=self.extra)]


def parse_body(body: bytes, scheme: str) -> list[i.InboundEvent]:
    """Everything a hook's body says; people are addressed by this scheme.

    Raises:
        Malformed: It is no JSON object with a list of entries.
    """
    entries = read_object(body).get("entry")
    if not isinstance(entries, list):
        raise Malformed("the body has no list of entries", field="entry")
    events: list[i.InboundEvent] = []
    for entry in entries:
        if not isinstance(entry, dict):
            events.append(i.Ignored(reason="an entry that is no object"))
            continue
        account_ref = p.read_id(entry.get("id"))
        for name in ("messaging", "standby"):
            items = entry.get(name)
            for raw in items if isinstance(items, list) else ():
                events += _read(scheme, raw, account_ref, is_standby=name == "standby")
        events += _changes(entry, account_ref)
    return events or [i.Ignored(reason="nothing in it")]


def _read(scheme: str, raw: Any, account_ref: str | None, *, is_standby: bool) -> Events:
    if not isinstance(raw, dict):
        return [i.Ignored(reason="an event that is no object", account_ref=account_ref)]
    frame = Frame(scheme, raw, account_ref, is_standby)
    kind = next((name for name in _READERS if isinstance(raw.get(name), dict)), None)
    if kind is None:
        named = next((name for name in raw if name not in ("sender", "recipient", "timestamp")), "nothing")
        return frame.ignored(f"an event of kind {named}")
    try:
        return _READERS[kind](frame, raw[kind])
    except UNREADABLE as error:
        return frame.ignored(f"the {kind} cannot be read: {' '.join(str(error).split())}")


def _changes(entry: Raw, account_ref: str | None) -> Events:
    """What is told about the account: comments, mentions and the like."""
    changes, found = entry.get("changes"), list[i.InboundEvent]()
    for change in changes if isinstance(changes, list) else ():
        field, value = (
            (change.get("field"), change.get("value")) if isinstance(change, dict) else (None, None)
        )
        if not isinstance(field, str):
            found.append(i.Ignored(reason="a change without a field", account_ref=account_ref))
            continue
        detail = value if isinstance(value, dict) else {"value": value}
        notice = i.AccountNoticed(account_ref=account_ref, field_name=field[:MAX_WORDS], detail=detail)
        found.append(notice)
    return found


def _message(frame: Frame, message: Raw) -> Events:
    is_echo = message.get("is_echo") is True
    person, mid = frame.recipient if is_echo else frame.sender, p.read_id(message.get("mid"))
    if person is None:
        return frame.ignored("nothing says who sent it")
    if message.get("is_deleted") is True and mid is not None:
        return [_deleted(frame, person, mid)]
    if is_echo and mid is not None and (ours := _our_delivery(message)) is not None:
        return [_proof(frame, mid, ours)]
    extra = frame.extra | ({"sender": frame.sender} if is_echo else {})
    extra |= known(app_id=p.read_id(message.get("app_id")) if is_echo else None)
    if message.get("is_unsupported") is True:
        contents: list[c.Content] = [unsupported(message, "unsupported")]
    else:
        contents = read_contents(message)
    return [
        i.MessageReceived(
            at=frame.at,
            account_ref=frame.account_ref,
            source_id=mid if n == 0 or mid is None else f"{mid}#{n + 1}",
            party=frame.party(person),
            thread_key=frame.key(person),
            content=content,
            context=_context(message),
            direction=Direction.OUTGOING if is_echo else Direction.INCOMING,
            extra=extra | ({"external_id": mid} if mid else {}),
        )
        for n, content in enumerate(contents)
    ]


def _deleted(frame: Frame, person: str, mid: str) -> i.InboundEvent:
    party = frame.party(person)
    return i.MessageDeleted(
        at=frame.at, account_ref=frame.account_ref, target_source_id=mid, party=party, extra=frame.extra
    )


def _our_delivery(message: Raw) -> UUID | None:
    """Our delivery, where an echo repeats what our send carried."""
    told = message.get("metadata")
    if not isinstance(told, str) or not told.startswith(MARK):
        return None
    try:
        return UUID(told.removeprefix(MARK))
    except ValueError:
        return None


def _proof(frame: Frame, mid: str, delivery_id: UUID) -> i.InboundEvent:
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


def _context(told: Raw) -> MessageContext:
    answered, referral = p.read_id(part(told, "reply_to").get("mid")), _referral(told)
    if answered is None and referral is None:
        return NO_CONTEXT
    return MessageContext(reply_to_source_id=answered, referral=referral)


def _referral(told: Raw) -> Referral | None:
    if not isinstance(told.get("referral"), dict):
        return None
    try:
        found = p.Referral.model_validate(told["referral"])
    except UNREADABLE:
        return None
    ad = found.ads_context_data or p.AdContext()
    return Referral(
        source_id=found.ad_id or found.ref,
        source_type=found.source.lower() if found.source else None,
        source_url=found.referer_uri,
        headline=ad.ad_title,
        media_url=ad.photo_url or ad.video_url,
    )


def _postback(frame: Frame, postback: Raw) -> Events:
    """A button was pressed, or the talk was started; Meta gives it an id since 2020."""
    person = frame.sender
    if person is None:
        return frame.ignored("nothing says who pressed it")
    mid, payload = p.read_id(postback.get("mid")), postback.get("payload")
    told = payload if isinstance(payload, str) else ""
    title = postback.get("title")
    words = (title if isinstance(title, str) and title else told or "A button")[:MAX_WORDS]
    source_id = mid or f"postback:{person}:{frame.raw.get('timestamp')}"
    return [
        i.MessageReceived(
            at=frame.at,
            account_ref=frame.account_ref,
            source_id=source_id[: p.MAX_ID],
            party=frame.party(person),
            thread_key=frame.key(person),
            content=c.Interactive(type="button_reply", id=told[:MAX_WORDS], title=words),
            context=_context(postback),
            extra=frame.extra | {"event": "callback"},
        )
    ]


def _reaction(frame: Frame, reaction: Raw) -> Events:
    person, target = frame.sender, p.read_id(reaction.get("mid"))
    if person is None or target is None:
        return frame.ignored("nothing says who reacted to what")
    is_ours = person == frame.account_ref
    other = frame.recipient if is_ours else person
    if other is None:
        return frame.ignored("nothing says to whom")
    given = reaction.get("emoji") or _EMOJI.get(str(reaction.get("reaction")))
    emoji = given[:64] if isinstance(given, str) and reaction.get("action") != "unreact" else None
    return [
        i.MessageReceived(
            at=frame.at,
            account_ref=frame.account_ref,
            source_id=f"reaction:{person}:{target}:{frame.raw.get('timestamp')}"[: p.MAX_ID],
            party=frame.party(other),
            thread_key=frame.key(other),
            content=c.Reaction(emoji=emoji, target_source_id=target),
            direction=Direction.OUTGOING if is_ours else Direction.INCOMING,
            extra=frame.extra,
        )
    ]


_EMOJI = {
    "love": "❤",
    "like": "👍",
    "smile": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😠",
    "dislike": "👎",
}


def _edited(frame: Frame, edit: Raw) -> Events:
    mid, text = p.read_id(edit.get("mid")), edit.get("text")
    if mid is None or frame.sender is None:
        return frame.ignored("nothing says which message was edited")
    return [
        i.MessageEdited(
            at=frame.at,
            account_ref=frame.account_ref,
            target_source_id=mid,
            content=c.Text(body=text if isinstance(text, str) else ""),
            source_id=f"edit:{mid}:{edit.get('num_edit')}"[: p.MAX_ID],
            party=frame.party(frame.sender),
            extra=frame.extra,
        )
    ]


def _delivered(frame: Frame, delivery: Raw) -> Events:
    """Which messages arrived; without ids, all until the watermark."""
    person, mids = frame.sender, delivery.get("mids")
    found = [mid for mid in map(p.read_id, mids if isinstance(mids, list) else ()) if mid is not None]
    if person is None:
        return frame.ignored("nothing says where it arrived")
    if not found:
        return _until(frame, person, delivery, DeliveryStatus.DELIVERED)
    return [_status(frame, person, mid, DeliveryStatus.DELIVERED) for mid in found]


def _seen(frame: Frame, read: Raw) -> Events:
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


def _arrived(frame: Frame, referral: Raw) -> Events:
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


_READERS: dict[str, Callable[[Frame, Raw], Events]] = {
    "message": _message,
    "postback": _postback,
    "reaction": _reaction,
    "message_edit": _edited,
    "delivery": _delivered,
    "read": _seen,
    "referral": _arrived,
}
