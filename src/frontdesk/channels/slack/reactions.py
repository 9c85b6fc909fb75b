"""Reactions of a hook in our words. Pure.

Source: docs.slack.dev, "reaction_added event" and "reaction_removed event" (2026).
"""

from frontdesk.channels.slack.emoji import sign_of
from frontdesk.channels.slack.parties import Frame, place_of
from frontdesk.channels.slack.payloads import Raw, part, read_ts, word
from frontdesk.channels.slack.places import message_id
from frontdesk.domain import inbound as i
from frontdesk.domain.content import Reaction
from frontdesk.domain.foreign import known


def read_added(event: Raw, frame: Frame) -> list[i.InboundEvent]:
    """An emoji was put on a message."""
    return [_read(event, frame, is_removed=False)]


def read_removed(event: Raw, frame: Frame) -> list[i.InboundEvent]:
    """An emoji was taken back."""
    return [_read(event, frame, is_removed=True)]


def _read(event: Raw, frame: Frame, *, is_removed: bool) -> i.InboundEvent:
    item, name = part(event.get("item")), word(event.get("reaction"))
    channel, target = word(item.get("channel")), word(item.get("ts"))
    found = frame.writer({"user": event.get("user")})
    if name is None or channel is None or target is None or found is None:
        return frame.ignored("a reaction on something else than a message", event)
    if event.get("user") in frame.our_users:
        return frame.ignored("our own reaction", event)
    party, extra = found
    place = place_of(frame.team, channel, None, target, party)
    told = frame.facts(event) | known(emoji=name, chat=channel, target=target, **extra)
    moment = word(event.get("event_ts")) or ""
    own_id = frame.event_id or f"{channel}/{target}/{event.get('user')}/{name}/{moment}"
    return i.MessageReceived(
        at=read_ts(moment),
        account_ref=frame.team,
        extra=told,
        source_id=f"reaction:{own_id}",
        party=party,
        thread_key=place.thread_key,
        content=Reaction(
            emoji=None if is_removed else sign_of(name), target_source_id=message_id(channel, target)
        ),
        answer_to=place.answer_to,
    )
