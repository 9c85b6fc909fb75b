"""Hooks in our words: events, interactions, commands. Pure.

One hook is one event of Slack's. What is not for us is told as ignored, with the reason.
"""

from collections.abc import Callable

from frontdesk.channels.slack import agents, messages, reactions
from frontdesk.channels.slack.interactions import read_command, read_interaction
from frontdesk.channels.slack.parties import Frame
from frontdesk.channels.slack.payloads import Raw, part, read_body, word
from frontdesk.domain.errors import Malformed
from frontdesk.domain.foreign import known
from frontdesk.domain.inbound import Ignored, InboundEvent
from frontdesk.ports.channel import RawRequest

_EVENTS: dict[str, Callable[[Raw, Frame], list[InboundEvent]]] = {
    "message": messages.read_message,
    "app_mention": messages.read_mention,
    "message_metadata_posted": messages.read_metadata,
    "reaction_added": reactions.read_added,
    "reaction_removed": reactions.read_removed,
}


def parse_request(request: RawRequest, agents_channel: str | None = None) -> list[InboundEvent]:
    """Everything a hook says; what happens in the agents' channel is never a customer's.

    Raises:
        Malformed: It is neither an event, an interaction nor a command.
    """
    body = read_body(request)
    if agents_channel is not None and agents_channel in agents.channels_of(body):
        return agents.read(body, agents_channel)
    kind = body.get("type")
    match kind:
        case "event_callback":
            return _read_event(body)
        case "url_verification":
            challenge = word(body.get("challenge"))
            return [Ignored(reason="a challenge", extra=known(event="challenge", challenge=challenge))]
        case "slash_command":
            return [read_command(body)]
        case str():
            return read_interaction(body)
        case _:
            raise Malformed("the body does not say its type", field="type")


def _read_event(body: Raw) -> list[InboundEvent]:
    event, frame = part(body.get("event")), Frame(body)
    kind = word(event.get("type"))
    reader = _EVENTS.get(kind or "")
    if reader is None:
        return [frame.ignored(kind or "an event without a type", event)]
    return reader(event, frame)
