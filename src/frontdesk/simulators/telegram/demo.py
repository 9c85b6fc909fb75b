"""Telegram's part of the demo: three customers, and an inbox with made-up secrets."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from frontdesk.simulators.base import DemoInbox
from frontdesk.simulators.telegram.app import TelegramSimulator
from frontdesk.simulators.telegram.hooks import ASKED_FOR_ONLY
from frontdesk.simulators.telegram.state import Settings

_PHONES = (("70001001", "Ida Brandt"), ("70001002", "Olaf Rask"), ("70001003", "Zoe Marín"))
_USUAL = ("message", "edited_message", "callback_query", "my_chat_member")


class Demo:
    """The simulator as the demo runs it.

    Args:
        journal: A folder for what outlives the process.
    """

    def __init__(self, journal: Path) -> None:
        network = Settings(delivered_after_seconds=0.6, read_after_seconds=2.5)
        self.simulator = TelegramSimulator(network, journal=journal)

    def inboxes(self) -> Sequence[DemoInbox]:
        """One bot."""
        config = {
            "bot_username": "rill_bikes_bot",
            "bot_token": f"5500100200:{secrets.token_urlsafe(26)}",
            "secret_token": secrets.token_urlsafe(24),
        }
        return [DemoInbox("telegram", "Telegram", config)]

    def register(self, _channel: str, config: Mapping[str, Any], hook_url: str, company: str) -> None:
        """Make the bot, with its hook."""
        self.simulator.register(
            config["bot_token"],
            config["bot_username"],
            company,
            hook_url=hook_url,
            secret_token=config["secret_token"],
            allowed_updates=(*_USUAL, *sorted(ASKED_FOR_ONLY)),
        )

    def add_phones(self) -> None:
        """Three customers."""
        for user_id, name in _PHONES:
            self.simulator.add_phone(user_id, name)
