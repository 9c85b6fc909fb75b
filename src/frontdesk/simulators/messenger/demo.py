"""Messenger's part of the demo, which Instagram's builds on: a page, its customers, made-up secrets."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from frontdesk.simulators.base import DemoInbox
from frontdesk.simulators.messenger.app import PlatformSimulator
from frontdesk.simulators.messenger.platforms import MESSENGER, Platform
from frontdesk.simulators.messenger.state import Settings


class Demo:
    """The simulator as the demo runs it.

    Args:
        journal: A folder for what outlives the process.
    """

    platform: ClassVar[Platform] = MESSENGER
    page_id: ClassVar[str] = "100000000000041"
    username: ClassVar[str] = "rillbikes"
    people: ClassVar[Sequence[tuple[str, str]]] = (
        ("7300990011001001", "Hanna Weiss"),
        ("7300990011001002", "Marco Belli"),
        ("7300990011001003", "Yara Nunes"),
    )

    def __init__(self, journal: Path) -> None:
        network = Settings(delivered_after_seconds=0.6, read_after_seconds=2.5)
        self.simulator = PlatformSimulator(self.platform, network, journal=journal)

    def inboxes(self) -> Sequence[DemoInbox]:
        """One page."""
        config = {
            "page_id": self.page_id,
            "access_token": secrets.token_urlsafe(32),
            "app_secret": secrets.token_hex(16),
            "verify_token": secrets.token_urlsafe(16),
        }
        return [DemoInbox(self.platform.slug, self.platform.name, config)]

    def register(self, channel: str, config: Mapping[str, Any], hook_url: str, company: str) -> None:
        """Make the page, with its app's hook."""
        parts = urlsplit(hook_url)
        self.simulator.register(
            config["page_id"],
            config["access_token"],
            config["app_secret"],
            config["verify_token"],
            hook_url,
            f"{parts.scheme}://{parts.netloc}/simulators/{channel}",
            company,
            username=self.username,
        )

    def add_phones(self) -> None:
        """The customers."""
        for scoped_id, name in self.people:
            self.simulator.add_phone(scoped_id, name)
