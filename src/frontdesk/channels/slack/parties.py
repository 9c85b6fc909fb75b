"""Who and where an event of Slack's is: its frame, the writer, the thread it belongs to. Pure."""

from dataclasses import dataclass
from typing import Any

from frontdesk.channels.slack import places
from frontdesk.channels.slack.payloads import Raw, cut, part, parts, read_ts, word
from frontdesk.domain.foreign import known
from frontdesk.domain.inbound import Address, Ignored, Party


@dataclass(frozen=True, slots=True)
class Place:
    """The thread a message belongs to, and where answers go."""

    thread_key: str
    answer_to: Address | None


class Frame:
    """What surrounds an event: the workspace, the event's id, and who we are there."""

    __slots__ = ("api_app_id", "event_id", "our_users", "team")

    def __init__(self, body: Raw) -> None:
        self.team = word(body.get("team_id"))
        self.event_id = word(body.get("event_id"))
        self.api_app_id = word(body.get("api_app_id"))
        granted = parts(body.get("authorizations"))
        self.our_users = frozenset(str(each.get("user_id")) for each in granted if each.get("is_bot"))

    def facts(self, event: Raw, **more: Any) -> Raw:
        """What only the parser's output tells of an event."""
        channel = event.get("channel")
        return known(
            event_id=self.event_id,
            team=self.team,
            chat=word(channel),
            channel_type=word(event.get("channel_type")),
            subtype=word(event.get("subtype")),
            **more,
        )

    def ignored(self, reason: str, event: Raw, **more: Any) -> Ignored:
        """An event that is not for us."""
        at = read_ts(event.get("event_ts") or event.get("ts"))
        return Ignored(reason=reason, at=at, account_ref=self.team, extra=self.facts(event, **more))

    def is_ours(self, message: Raw) -> bool:
        """Whether our own app wrote a message."""
        app_id = message.get("app_id") or part(message.get("bot_profile")).get("app_id")
        if app_id is not None and app_id == self.api_app_id:
            return True
        is_bot = bool(message.get("bot_id") or message.get("display_as_bot"))
        return is_bot and message.get("user") in self.our_users

    def writer(self, message: Raw) -> tuple[Party, Raw] | None:
        """Who wrote a message, and what the parser's output says of them; None when nobody is named."""
        user, bot = word(message.get("user")), word(message.get("bot_id"))
        sender = user or bot
        if sender is None:
            return None
        # Reactions do not say where a guest from another company is at home, so nobody goes by that.
        team = self.team or word(message.get("team")) or word(message.get("user_team"))
        profile = part(message.get("user_profile")) or part(message.get("bot_profile"))
        names = (profile.get("display_name"), profile.get("real_name"), profile.get("name"))
        name = next((found for each in (*names, message.get("username")) if (found := cut(each))), None)
        extra = known(sender=bot or user, sender_is_bot=True if bot else None)
        return Party((places.person(team, sender),), name), extra

    def place(self, message: Raw, channel: str, party: Party) -> Place:
        """Where a message belongs: to the person in a direct message, else to its thread in the channel."""
        return place_of(
            self.team,
            channel,
            word(message.get("channel_type")),
            word(message.get("thread_ts")) or word(message.get("ts")),
            party,
        )


def place_of(
    team: str | None, channel: str, channel_type: str | None, root: str | None, party: Party
) -> Place:
    """The thread of a message; see `Frame.place`."""
    if root is None or places.is_direct(channel, channel_type):
        main = party.addresses[0]
        return Place(f"{main.scheme}:{main.value}", None)
    address = places.thread(team, channel, root)
    return Place(f"{address.scheme}:{address.value}", address)
