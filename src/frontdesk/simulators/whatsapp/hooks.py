"""How the platform writes its hooks; `base.hub` signs them.

Source: developers.facebook.com, Graph API, "Webhooks: getting started", "Validating payloads" (2026).
"""

import json
import random
from collections.abc import Sequence

from frontdesk.kit.http import Response
from frontdesk.simulators.base import Attempt, Hook, HookRequest, hub
from frontdesk.simulators.whatsapp.payloads import envelope
from frontdesk.simulators.whatsapp.state import State

_SHAPES = ("entries", "changes", "values")


class Wire:
    """Meta's envelope of changes, signed with the app secret in `X-Hub-Signature-256`."""

    def __init__(self, state: State) -> None:
        self._state = state

    def body(self, hooks: Sequence[Hook], shape: str) -> bytes:
        """The envelope; several changes in one of Meta's three shapes, or one of them by chance."""
        if len(hooks) == 1:
            shape = "entries"
        elif shape not in _SHAPES:
            shape = random.Random(hooks[0].ids[0]).choice(_SHAPES)  # noqa: S311
        return json.dumps(envelope(hooks, shape), ensure_ascii=True, separators=(",", ":")).encode()

    def request(self, hook: Hook, body: bytes, attempt: Attempt) -> HookRequest | None:
        """The request to the business's hook; None when it has none or hears none."""
        business = self._state.businesses.get(hook.business)
        if business is None or business.hook_url is None or not business.subscribed:
            return None
        return hub.signed(business.hook_url, body, business.app_secret, attempt, agent="facebookexternalua")

    def is_taken(self, response: Response) -> bool:
        """Meta wants a 200 and nothing else."""
        return hub.is_taken(response)
