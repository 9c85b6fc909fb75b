"""What a simulator gives to the demo: itself, the inboxes that talk to it, and people with phones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from frontdesk.simulators.base.serving import Simulator


@dataclass(frozen=True, slots=True)
class DemoInbox:
    """An inbox to be made once: its channel, its name, and its settings with freshly made secrets."""

    channel: str
    name: str
    config: Mapping[str, Any]


class DemoPart(Protocol):
    """One simulator's part of the demo."""

    simulator: Simulator

    def inboxes(self) -> Sequence[DemoInbox]:
        """The inboxes the demo shall have, one per channel; those that are there already stay as they are."""
        ...

    def register(self, channel: str, config: Mapping[str, Any], hook_url: str, company: str) -> None:
        """Tell the simulated provider of an inbox of ours, as its owner would have done at the real one.

        Called at every start before the phones are added.

        Args:
            channel: The inbox's channel.
            config: Its settings as they are stored, secrets in plain text.
            hook_url: Where its hooks go.
            company: What the business is called.
        """
        ...

    def add_phones(self) -> None:
        """Add the people of the demo; those that the journal remembers stay as they are."""
        ...
