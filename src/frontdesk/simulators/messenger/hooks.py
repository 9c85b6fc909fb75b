"""How Meta writes and signs its hooks, and the challenge before the first one.

Source: developers.facebook.com, "Webhooks from Meta, Getting started": validation requests and payloads.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence

from frontdesk.kit.http import HttpFailed, Response
from frontdesk.simulators.base import Attempt, Hook, HookRequest, HookSender
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
