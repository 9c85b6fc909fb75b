"""Hooks with `X-Hub-Signature-256`: signed, and before the first there is a `hub.challenge`."""

import hashlib
import hmac
import secrets

from frontdesk.kit.http import HttpFailed, Response
from frontdesk.simulators.base.hooks import Attempt, HookRequest, HookSender


def signed(url: str, body: bytes, app_secret: str, attempt: Attempt, *, agent: str) -> HookRequest:
    """The request with `X-Hub-Signature-256`; made with another secret where the attempt asks for that."""
    secret = app_secret if attempt.is_signed_well else app_secret + "?"
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": agent,
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    return HookRequest(url, headers, body)


def is_taken(response: Response) -> bool:
    """A 200 and nothing else."""
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
