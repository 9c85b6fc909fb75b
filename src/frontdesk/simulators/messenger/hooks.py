"""How the platform writes its hooks; `base.hub` signs them.

Source: developers.facebook.com, "Webhooks from Meta, Getting started": validation requests and payloads.
"""

import json
from collections.abc import Sequence

from frontdesk.kit.http import Response
from frontdesk.simulators.base import Attempt, Hook, HookRequest, hub
from frontdesk.simulators.messenger.payloads import envelope
from frontdesk.simulators.messenger.platforms import Platform
from frontdesk.simulators.messenger.state import State


class Wire:
    """Meta's envelope of entries, signed with the app secret in `X-Hub-Signature-256`."""

    def __init__(self, state: State, platform: Platform) -> None:
        self._state, self._platform = state, platform

    def body(self, hooks: Sequence[Hook], shape: str) -> bytes:
        """The envelope."""
        told = envelope(self._platform.object, hooks, shape)
        return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode()

    def request(self, hook: Hook, body: bytes, attempt: Attempt) -> HookRequest | None:
        """The request to the app's hook; None when it has none, or the page told it of no such field.

        An Instagram account's events come as soon as its page is subscribed to any field.
        """
        business = self._state.businesses.get(hook.business)
        if business is None or business.hook_url is None or not business.subscribed_fields:
            return None
        is_page = self._platform.object == "page"
        if is_page and hook.value["field"] not in business.subscribed_fields:
            return None
        return hub.signed(business.hook_url, body, business.app_secret, attempt, agent="facebookexternalua")

    def is_taken(self, response: Response) -> bool:
        """Meta wants a 200 and nothing else."""
        return hub.is_taken(response)
