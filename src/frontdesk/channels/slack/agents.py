"""What happens in the agents' channel: answers in threads are told, all else is ignored. Pure."""

from frontdesk.channels.slack.content import read_contents
from frontdesk.channels.slack.parties import Frame
from frontdesk.channels.slack.payloads import Raw, part, read_ts, word
from frontdesk.channels.slack.places import message_id
from frontdesk.domain.inbound import AgentReplied, InboundEvent

_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})


def channels_of(body: Raw) -> set[str]:
    """Every channel that an event, interaction or command is about."""
    event = part(body.get("event"))
    found = (
        event.get("channel"),
        event.get("channel_id"),
        part(event.get("item")).get("channel"),
        part(body.get("channel")).get("id"),
        part(body.get("container")).get("channel_id"),
        body.get("channel_id"),
    )
    return {each for each in found if isinstance(each, str)}


def read(body: Raw, channel: str) -> list[InboundEvent]:
    """An answer if somebody wrote one in a thread; nobody here is a customer."""
    frame, event = Frame(body), part(body.get("event"))
    ts, root = word(event.get("ts")), word(event.get("thread_ts"))
    is_message = event.get("type") == "message" and word(event.get("subtype")) in _WRITTEN
    if not is_message or ts is None or root is None or root == ts:
        return [frame.ignored("not an answer in the agents' channel", event)]
    found = frame.writer(event)
    if found is None or event.get("bot_id") or frame.is_ours(event):
        return [frame.ignored("an app's message in the agents' channel", event)]
    return [
        AgentReplied(
            at=read_ts(ts),
            account_ref=frame.team,
            extra=frame.facts(event, external_id=ts, thread=root, **found[1]),
            source_id=message_id(channel, ts),
            thread=message_id(channel, root),
            party=found[0],
            contents=tuple(read_contents(event)),
        )
    ]
