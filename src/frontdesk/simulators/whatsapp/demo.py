"""WhatsApp's part of the demo: its network with four customers, and an inbox with made-up secrets."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from frontdesk.simulators.base import DemoInbox
from frontdesk.simulators.whatsapp.app import WhatsAppSimulator
from frontdesk.simulators.whatsapp.state import Settings

_PHONES = (
    ("34600000001", "Nora Vidal"),
    ("447700900002", "Amir Haddad"),
    ("4915112345603", "Lena Vogt"),
    ("5491112345604", "Julián Paz"),
)


class Demo:
    """The simulator as the demo runs it.

    Args:
        journal: A folder for what outlives the process.
    """

    def __init__(self, journal: Path) -> None:
        network = Settings(delivered_after_seconds=0.6, read_after_seconds=2.5)
        self.simulator = WhatsAppSimulator(network, journal=journal)

    def inboxes(self) -> Sequence[DemoInbox]:
        """One number."""
        config = {
            "phone_number_id": "100000000000001",
            "waba_id": "200000000000001",
            "access_token": secrets.token_urlsafe(32),
            "app_secret": secrets.token_hex(16),
            "verify_token": secrets.token_urlsafe(16),
        }
        return [DemoInbox("whatsapp", "WhatsApp", config)]

    def register(self, _channel: str, config: Mapping[str, Any], hook_url: str, company: str) -> None:
        """Give the business its number."""
        self.simulator.register(
            config["phone_number_id"],
            config["waba_id"],
            config["access_token"],
            config["app_secret"],
            config["verify_token"],
            hook_url,
            company,
        )

    def add_phones(self) -> None:
        """Four customers."""
        for wa_id, name in _PHONES:
            self.simulator.add_phone(wa_id, name)
