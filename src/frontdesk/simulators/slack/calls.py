"""A call of the Web API: who calls, with which arguments, and a list or object among them however it came."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from frontdesk.simulators.base import Answer, PhoneMessage, parse_json
from frontdesk.simulators.slack.errors import SlackError
from frontdesk.simulators.slack.network import Network
from frontdesk.simulators.slack.state import Business


@dataclass(frozen=True, slots=True)
class Call:
    """One call."""

    app: Business
    args: dict[str, Any]
    request: Request

    def text(self, name: str) -> str:
        """An argument as text; empty when it is not given."""
        given = self.args.get(name)
        return given if isinstance(given, str) else "" if given is None else str(given)

    def nested(self, name: str, error: str) -> Any:
        """An argument that is a list or an object: in a form it comes as JSON. Raises SlackError."""
        given = self.args.get(name)
        if not isinstance(given, str):
            return given
        try:
            return parse_json(given.encode()) if given else None
        except (ValueError, RecursionError) as problem:
            raise SlackError(error) from problem

    def target(self, network: Network, names: tuple[str, str]) -> tuple[str, PhoneMessage]:
        """The channel and the message that two arguments name. Raises SlackError."""
        channel = network.place(self.args.get(names[0]))
        found = next(network.state.copies(channel, self.text(names[1])), None)
        if found is None or found[1].deleted:
            raise SlackError("message_not_found")
        return channel, found[1]


Method = Callable[[Call], Awaitable[Answer] | dict[str, Any]]
"""What answers a call: an answer, or the fields beside `ok` of one that went well."""
