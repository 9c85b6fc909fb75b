"""Instagram's part of the demo: an account, two customers, and an inbox with made-up secrets."""

from collections.abc import Sequence
from typing import ClassVar

from frontdesk.simulators.messenger import demo
from frontdesk.simulators.messenger.platforms import INSTAGRAM, Platform


class Demo(demo.Demo):
    """The simulator as the demo runs it."""

    platform: ClassVar[Platform] = INSTAGRAM
    page_id: ClassVar[str] = "100000000000042"
    people: ClassVar[Sequence[tuple[str, str]]] = (
        ("8400770022001001", "Freya Olsen"),
        ("8400770022001002", "Kofi Mensah"),
    )
