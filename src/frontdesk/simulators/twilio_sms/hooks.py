"""How Twilio writes and signs its hooks: forms, proved by `X-Twilio-Signature`.

Source: twilio.com, "Webhooks security" (2026): HMAC-SHA1 with the auth token over address and sorted fields.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import urlencode

from frontdesk.kit.http import Response
from frontdesk.simulators.base import Attempt, Hook, HookRequest
from frontdesk.simulators.twilio_sms.state import State


class Wire:
    """A form per hook. A hook's value has the `fields`, and a `url` where it is a status callback."""

    def __init__(self, state: State) -> None:
        self._state = state

    def body(self, hooks: Sequence[Hook], shape: str) -> bytes:  # noqa: ARG002 - Twilio never batches
        """The form."""
        return urlencode(hooks[0].value["fields"]).encode()

    def request(self, hook: Hook, body: bytes, attempt: Attempt) -> HookRequest | None:
        """The request to the number's hook, or to the send's callback."""
        business = self._state.businesses.get(hook.business)
        url = hook.value.get("url") or (business.hook_url if business else None)
        if business is None or url is None:
            return None
        fields: dict[str, str] = hook.value["fields"]
        token = business.auth_token if attempt.is_signed_well else business.auth_token + "?"
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": base64.b64encode(digest).decode(),
        }
        return HookRequest(url, headers, body)

    def is_taken(self, response: Response) -> bool:
        """Any 2xx will do."""
        return response.is_success
