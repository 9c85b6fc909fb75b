"""A simulated provider in a server of its own, to which a desk's ordinary inboxes are led.

Everything else stays the product's: settings, secrets, signatures, hooks. Give the class to the container
before the desk is built: `container.Inboxes = inboxes_at(origin)`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from frontdesk.features.inboxes.inboxes import Inboxes
from frontdesk.kit.http import HttpClient
from frontdesk.ports.channel import Connection
from frontdesk.store.statement import Row


def inboxes_at(origin: str) -> type[Inboxes]:
    """Inboxes whose provider is the simulator at this address."""

    class InboxesElsewhere(Inboxes):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._elsewhere = HttpClient.for_origin(origin)

        def connection_for(self, row: Row, sealed: Mapping[str, bytes]) -> Connection:
            return replace(super().connection_for(row, sealed), http=self._elsewhere, base_url=origin)

        async def close(self) -> None:
            await super().close()
            await self._elsewhere.aclose()

    return InboxesElsewhere
