"""How Meta writes and signs its hooks, and the challenge before the first one.

Source: developers.facebook.com, Graph API, "Webhooks: getting started", "Validating payloads" (2026).
"""

import hashlib
import hmac
import json
import random
import secrets
from collections.abc import Sequence

from frontdesk.kit.http import HttpFailed, Response
from frontdesk.simulators.base import Attempt, Hook, HookRequest, HookSender
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
        secret = business.app_secret if attempt.is_signed_well else business.app_secret + "?"
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": f"sha256={signature}",
        }
        return HookRequest(business.hook_url, headers, body)

    def is_taken(self, response: Response) -> bool:
        """Meta wants a 200 and nothing else."""
        return response.status_code == 200


async def verify(hooks: HookSender, url: str, verify_token: str) -> str | None:
    """Do the GET challenge; None when passed, else what was wrong."""
    challenge = str(secrets.randbelow(10**10))
    params = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    try:
        response = await hooks.call("GET", url, params=params)
    except HttpFailed as error:
        return f"The URL couldn't be validated. {type(error).__name__}"
    if response.status_code != 200:
        return f"HTTP Status Code = {response.status_code}"
    if response.text != challenge:
        return f"Response does not match challenge, expected value = {challenge}"
    return None
