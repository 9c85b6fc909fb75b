"""Where Slack's messages are, in our words: people, channels, threads, and the ids of messages. Pure.

A person is `<team>/<user>`. Talk in a channel goes by its thread, `<team>/<channel>/<ts of the root>`; talk
in a direct message goes by the person. A message's `ts` is unique in its channel only, so its id here is
`<channel>/<ts>`. Source: docs.slack.dev, "message event" and "Conversations API" (2026).
"""

from frontdesk.domain.inbound import Address

SCHEME = "slack"


def person(team: str | None, user: str) -> Address:
    """Somebody in Slack, a bot included."""
    return Address(SCHEME, f"{team}/{user}" if team else user)


def thread(team: str | None, channel: str, root: str) -> Address:
    """The thread under a message of a channel."""
    return Address(SCHEME, f"{team or ''}/{channel}/{root}")


def message_id(channel: str, ts: str) -> str:
    """A message's id as this desk knows it."""
    return f"{channel}/{ts}"


def split_message(source_id: str) -> tuple[str, str] | None:
    """Channel and `ts` of a message's id; None when it is none, such as that of a file we sent."""
    channel, _, ts = source_id.partition("/")
    return (channel, ts) if channel and ts[:1].isdigit() and "/" not in ts else None


def destination(to: Address) -> tuple[str, str | None] | None:
    """The channel (or user) to post to, and the thread in it; None when the address is not Slack's."""
    if to.scheme != SCHEME:
        return None
    parts = to.value.split("/")
    match parts:
        case [user]:
            return user, None
        case [_, place]:
            return place, None
        case [_, channel, root]:
            return channel, root
        case _:
            return None


def is_direct(channel: str, channel_type: str | None) -> bool:
    """Whether a channel is a direct message with the app."""
    return channel_type == "im" or (channel_type is None and channel.startswith("D"))
