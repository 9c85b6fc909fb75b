"""The simulators that ship, by slug. Each is imported only when a demo runs it."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from frontdesk.simulators.base.demo import DemoPart

_SHIPPED = {
    "whatsapp": "frontdesk.simulators.whatsapp.demo",
    "messenger": "frontdesk.simulators.messenger.demo",
    "instagram": "frontdesk.simulators.messenger.instagram",
    "telegram": "frontdesk.simulators.telegram.demo",
    "twilio_sms": "frontdesk.simulators.twilio_sms.demo",
    "slack": "frontdesk.simulators.slack.demo",
    "email": "frontdesk.simulators.email.demo",
}
"""Slug to the module whose `Demo` is the simulator's part of the demo. The phones page keeps this order."""


def load(folder: Path) -> Iterator[DemoPart]:
    """Every simulator's part of the demo, each with a folder of its own in `folder`."""
    for slug, module in _SHIPPED.items():
        yield cast("DemoPart", import_module(module).Demo(folder / slug))
