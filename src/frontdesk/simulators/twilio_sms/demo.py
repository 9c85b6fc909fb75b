"""SMS in the demo: a number with two customers, and an inbox with made-up secrets."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from frontdesk.simulators.base import DemoInbox
from frontdesk.simulators.twilio_sms.app import TwilioSimulator
from frontdesk.simulators.twilio_sms.state import Settings

_PHONES = (("+34600000011", "Nora Vidal"), ("+447700900012", "Amir Haddad"))


class Demo:
    """The simulator as the demo runs it.

    Args:
        journal: A folder for what outlives the process.
    """

    def __init__(self, journal: Path) -> None:
        network = Settings(delivered_after_seconds=0.8)
        self.simulator = TwilioSimulator(network, journal=journal)

    def inboxes(self) -> Sequence[DemoInbox]:
        """One number."""
        config = {
            "account_sid": f"AC{secrets.token_hex(16)}",
            "auth_token": secrets.token_hex(16),
            "sender": "+15005550006",
        }
        return [DemoInbox(self.simulator.slug, "SMS", config)]

    def register(self, channel: str, config: Mapping[str, Any], hook_url: str, company: str) -> None:
        """Give the business its number."""
        parts = urlsplit(hook_url)
        media_base = f"{parts.scheme}://{parts.netloc}/simulators/{channel}"
        account, token, sender = config["account_sid"], config["auth_token"], config["sender"]
        self.simulator.register(account, token, sender, hook_url, company, media_base)

    def add_phones(self) -> None:
        """Two customers."""
        for number, name in _PHONES:
            self.simulator.add_phone(number, name)
