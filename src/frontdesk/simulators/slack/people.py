"""The Web API's methods about the token, people, channels and direct messages.

Source: docs.slack.dev, "auth.test", "users.info", "users.list", "users.lookupByEmail", "conversations.info",
"conversations.list", "conversations.members", "conversations.open" and "conversations.join" (2026).
"""

from typing import Any

from frontdesk.simulators.slack import payloads
from frontdesk.simulators.slack.calls import Call, Method
from frontdesk.simulators.slack.errors import SlackError
from frontdesk.simulators.slack.state import State


class People:
    """Who and what is in the workspace."""

    def __init__(self, state: State) -> None:
        self._state = state

    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "auth.test": self.test,
            "users.info": self.user,
            "users.list": self.users,
            "users.lookupByEmail": self.lookup,
            "conversations.info": self.channel,
            "conversations.list": self.channels,
            "conversations.members": self.members,
            "conversations.open": self.open,
            "conversations.join": self.join,
        }

    def test(self, call: Call) -> dict[str, Any]:
        """Whose the token is."""
        app = call.app
        told = {"url": "https://rill.slack.com/", "team": app.name, "user": "desk", "team_id": app.team}
        return told | {"user_id": app.bot_user, "bot_id": app.bot_id, "is_enterprise_install": False}

    def user(self, call: Call) -> dict[str, Any]:
        """One person."""
        wanted = call.text("user")
        if wanted == call.app.bot_user:
            return {"user": payloads.bot_user(call.app)}
        if wanted not in self._state.phones:
            raise SlackError("user_not_found")
        return {"user": payloads.user(self._state.phones[wanted])}

    def users(self, call: Call) -> dict[str, Any]:
        """Everybody."""
        people = [payloads.user(phone) for phone in self._state.phones.values()]
        return {"members": [payloads.bot_user(call.app), *people], "response_metadata": {"next_cursor": ""}}

    def lookup(self, call: Call) -> dict[str, Any]:
        """The person with an e-mail address."""
        wanted = call.text("email").lower()
        found = next((phone for phone in self._state.phones.values() if phone.email == wanted), None)
        if found is None:
            raise SlackError("users_not_found")
        return {"user": payloads.user(found)}

    def channel(self, call: Call) -> dict[str, Any]:
        """One channel, or a direct message."""
        wanted = call.text("channel")
        if wanted in self._state.channels:
            return {"channel": payloads.channel(self._state.channels[wanted])}
        phone = self._state.in_direct(wanted)
        if phone is None:
            raise SlackError("channel_not_found")
        return {"channel": payloads.direct(phone)}

    def channels(self, _call: Call) -> dict[str, Any]:
        """The channels there are."""
        found = [payloads.channel(each) for each in self._state.channels.values()]
        return {"channels": found, "response_metadata": {"next_cursor": ""}}

    def members(self, call: Call) -> dict[str, Any]:
        """Who is in a channel."""
        known = self._state.channels.get(call.text("channel"))
        if known is None:
            raise SlackError("channel_not_found")
        people = [phone.id for phone in self._state.members(known.id)]
        people = [*([call.app.bot_user] if known.is_member else []), *people]
        return {"members": people, "response_metadata": {"next_cursor": ""}}

    def open(self, call: Call) -> dict[str, Any]:
        """The direct message with somebody."""
        phone = self._state.phones.get(call.text("users")) or self._state.in_direct(call.text("channel"))
        if phone is None:
            raise SlackError("user_not_found" if call.text("users") else "channel_not_found")
        return {"no_op": True, "already_open": True, "channel": payloads.direct(phone)}

    def join(self, call: Call) -> dict[str, Any]:
        """The app goes into a public channel."""
        known = self._state.channels.get(call.text("channel"))
        if known is None:
            raise SlackError("channel_not_found")
        if known.is_archived:
            raise SlackError("is_archived")
        known.is_member = True
        return {"channel": payloads.channel(known)}
