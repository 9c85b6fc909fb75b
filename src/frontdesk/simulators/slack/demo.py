"""Slack's part of the demo: a channel shared with customers, three people, an inbox with made-up secrets."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from frontdesk.simulators.base import DemoInbox
from frontdesk.simulators.slack.app import SlackSimulator
from frontdesk.simulators.slack.state import Channel, Settings

_CHANNEL = Channel("C0FLEETCARE", "fleet-care")
_AGENTS_CHANNEL = Channel("C0RILLDESK", "rill-desk")
_AGENTS = (("U0MAYA", "Maya Lindqvist", "maya@rill.example"),)
"""By their address they are the demo's agents."""
_PHONES = (
    ("U0TESSA", "Tessa Lind", "T0HILLCOURIERS", False),
    ("U0MARCO", "Marco Ferri", "T0HILLCOURIERS", False),
    ("U0AIKO", "Aiko Sato", "T0HARBOURHOTEL", True),
)


class Demo:
    """The simulator as the demo runs it.

    Args:
        journal: A folder for what outlives the process.
    """

    def __init__(self, journal: Path) -> None:
        network = Settings(delivered_after_seconds=0.4, read_after_seconds=2.5)
        self.simulator = SlackSimulator(network, journal=journal)

    def inboxes(self) -> Sequence[DemoInbox]:
        """One app."""
        config = {
            "app_id": "A0RILLBIKES",
            "bot_token": f"xoxb-{secrets.token_urlsafe(32)}",
            "signing_secret": secrets.token_hex(16),
            "channel": _CHANNEL.id,
            "agents_channel": _AGENTS_CHANNEL.id,
        }
        return [DemoInbox("slack", "Slack", config)]

    def register(self, channel: str, config: Mapping[str, Any], hook_url: str, company: str) -> None:
        """Install the app, with its hook."""
        parts = urlsplit(hook_url)
        self.simulator.register(
            config["app_id"],
            config["bot_token"],
            config["signing_secret"],
            company,
            hook_url=hook_url,
            files_base=f"{parts.scheme}://{parts.netloc}/simulators/{channel}",
            channel=_CHANNEL,
            agents_channel=_AGENTS_CHANNEL,
        )

    def add_phones(self) -> None:
        """Two people of a courier company in the channel; one of a hotel who writes directly; an agent."""
        for user, name, team, is_direct in _PHONES:
            if user not in self.simulator.state.phones:
                self.simulator.add_phone(user, name, team).writes_directly = is_direct
        for user, name, email in _AGENTS:
            self.simulator.add_agent(user, name, email, channel=_AGENTS_CHANNEL)
