"""Mails in the demo: an address at SendGrid, three people, and an inbox with made-up secrets."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from frontdesk.simulators.base import DemoInbox
from frontdesk.simulators.email.app import MailSimulator
from frontdesk.simulators.email.hooks import verification_key
from frontdesk.simulators.email.state import Settings

_PHONES = (
    ("clara.nord@mail.example", "Clara Nord"),
    ("jonas@weber-maler.example", "Jonas Weber"),
    ("sofia.prat@mail.example", "Sofía Prat"),
)


class Demo:
    """The simulator as the demo runs it.

    Args:
        journal: A folder for what outlives the process.
    """

    def __init__(self, journal: Path) -> None:
        network = Settings(delivered_after_seconds=0.8, read_after_seconds=4)
        self.simulator = MailSimulator(network, journal=journal)

    def inboxes(self) -> Sequence[DemoInbox]:
        """One address."""
        api_key = f"SG.{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}"
        config = {
            "address": "help@rill.example",
            "sender_name": "Rill Bikes",
            "outgoing": "sendgrid",
            "sendgrid_api_key": api_key,
            "sendgrid_event_key": verification_key(api_key),
            "inbound_key": secrets.token_urlsafe(24),
        }
        return [DemoInbox(self.simulator.slug, "E-mail", config)]

    def register(self, _channel: str, config: Mapping[str, Any], hook_url: str, company: str) -> None:
        """Set up the address."""
        self.simulator.register(
            config["address"], company, hook_url, config["sendgrid_api_key"], config["inbound_key"]
        )

    def add_phones(self) -> None:
        """Three people."""
        for address, name in _PHONES:
            self.simulator.add_phone(address, name)
