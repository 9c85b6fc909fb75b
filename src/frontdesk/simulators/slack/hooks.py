"""How Slack writes what it tells an app, and signs it.

Source: docs.slack.dev, "Events API" (retries), "Verifying requests from Slack" (v0 signatures), "Interaction
payloads" and "Slash commands" (forms) (2026).
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from frontdesk.kit.http import Response
from frontdesk.simulators.base import Attempt, Hook, HookRequest
from frontdesk.simulators.slack import payloads
from frontdesk.simulators.slack.state import Business, State

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


def signed(secret: str, body: bytes, at: int) -> dict[str, str]:
    """The two headers that prove a request."""
    digest = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


class Wire:
    """One event, interaction or command a request."""

    def __init__(self, state: State) -> None:
        self._state = state

    def body(self, hooks: Sequence[Hook], _shape: str) -> bytes:
        """An event as JSON; an interaction or a command as a form."""
        value: dict[str, Any] = hooks[0].value
        app = self._state.businesses.get(hooks[0].business)
        if app is None:
            return b""
        if "event" in value:
            return json.dumps(payloads.envelope(app, value), separators=(",", ":")).encode()
        if "payload" in value:
            return urlencode({"payload": json.dumps(value["payload"], separators=(",", ":"))}).encode()
        return urlencode(value["command"]).encode()

    def request(self, hook: Hook, body: bytes, attempt: Attempt) -> HookRequest | None:
        """The request, signed now; None when the app has no address for it."""
        app = self._state.businesses.get(hook.business)
        if app is None or not app.hook_url:
            return None
        headers = self.headers(app, body, is_signed_well=attempt.is_signed_well)
        headers["Content-Type"] = _JSON if "event" in hook.value else _FORM
        if attempt.number > 1:
            reason = "connection_failed" if attempt.last_status is None else "http_error"
            headers |= {"X-Slack-Retry-Num": str(attempt.number - 1), "X-Slack-Retry-Reason": reason}
        return HookRequest(app.hook_url, headers, body)

    def headers(self, app: Business, body: bytes, *, is_signed_well: bool = True) -> dict[str, str]:
        """The proof of a body, as of now."""
        secret = app.signing_secret if is_signed_well else f"{app.signing_secret}-"
        return {"User-Agent": "Slackbot 1.0", **signed(secret, body, int(self._state.now().timestamp()))}

    def is_taken(self, response: Response) -> bool:
        """Any 2xx, or the wish not to hear it again."""
        return response.is_success or response.headers.get("x-slack-no-retry") == "1"
