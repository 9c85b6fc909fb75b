"""What somebody said, pressed, felt or changed: events of a hook that are messages. Pure."""

from uuid import UUID

from frontdesk.channels.messenger import payloads as p
from frontdesk.channels.messenger import reports
from frontdesk.channels.messenger.content import read_contents, unsupported
from frontdesk.channels.messenger.frames import Events, Frame
from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.foreign import MAX_WORDS, UNREADABLE, Raw, known, part
from frontdesk.domain.message import NO_CONTEXT, Direction, MessageContext, Referral

MARK = "frontdesk:"
"""Stands before our delivery's id in a send's `metadata`, which its echo repeats."""


def message(frame: Frame, message: Raw) -> Events:
    """Somebody wrote, or the page did by another program; an echo of our own send proves that."""
    is_echo = message.get("is_echo") is True
    person, mid = frame.recipient if is_echo else frame.sender, p.read_id(message.get("mid"))
    if person is None:
        return frame.ignored("nothing says who sent it")
    if message.get("is_deleted") is True and mid is not None:
        return [_deleted(frame, person, mid)]
    if is_echo and mid is not None and (ours := _our_delivery(message)) is not None:
        return [reports.proof(frame, mid, ours)]
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


def postback(frame: Frame, postback: Raw) -> Events:
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


def reaction(frame: Frame, reaction: Raw) -> Events:
    """Somebody reacted, or took that back."""
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


def edited(frame: Frame, edit: Raw) -> Events:
    """Somebody changed the words of a message."""
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
