"""Connecting an inbox: are the credentials good, is the number ours, does Twilio call our hook?

Source: twilio.com, "Account resource", "IncomingPhoneNumber resource" (2026).
"""

from typing import Any

from frontdesk.channels.twilio_sms.config import TwilioConfig
from frontdesk.channels.twilio_sms.outcome import failure_of
from frontdesk.channels.twilio_sms.rest import Rest
from frontdesk.kit.http import HttpFailed
from frontdesk.ports.channel import ConnectionReport

Step = tuple[str, bool, str]


async def connect(rest: Rest | None, config: TwilioConfig, hook_url: str | None) -> ConnectionReport:
    """Each step with its proof or its cure; what depends on a failed step is not tried."""
    if rest is None:
        return _report([("Auth token", False, "Copy it from the Twilio console, beside the account SID.")])
    steps = [await _account(rest)]
    if not steps[0][1]:
        return _report(steps)
    if config.sender is None and config.messaging_service_sid is None:
        steps.append(("Sender", False, "Save a number of yours, or the SID of a messaging service."))
    elif config.sender is not None and config.sender.startswith("+"):
        steps.append(await _number(rest, config.sender, hook_url))
    else:
        where = "messaging service" if config.sender is None else "sender"
        cure = f"In Twilio's console, enter {hook_url} at the {where} for incoming messages (POST)."
        steps.append(("Hook", True, cure))
    return _report(steps)


def _report(steps: list[Step]) -> ConnectionReport:
    return ConnectionReport(ok=all(passed for _, passed, _ in steps), steps=tuple(steps))


async def _account(rest: Rest) -> Step:
    name = "Account SID and auth token"
    try:
        answer = await rest.get(rest.account_url)
    except HttpFailed as failure:
        return (name, False, f"Twilio was not reached: {failure}"[:500])
    if not answer.is_success:
        return (name, False, failure_of(answer, None).message)
    told = answer.json_object()
    if told.get("status") not in (None, "active"):
        return (name, False, f"The account is {told['status']}.")
    return (name, True, str(told.get("friendly_name") or "Twilio knows the account."))


async def _number(rest: Rest, number: str, hook_url: str | None) -> Step:
    """Find the number and lead its messages to our hook."""
    try:
        answer = await rest.get(rest.url("IncomingPhoneNumbers"), {"PhoneNumber": number})
        if not answer.is_success:
            return ("Sender", False, failure_of(answer, None).message)
        found: Any = answer.json_object().get("incoming_phone_numbers")
        first = found[0] if isinstance(found, list) and found else None
        sid = first.get("sid") if isinstance(first, dict) else None
        if not isinstance(sid, str):
            return ("Sender", False, f"{number} is not a number of this account.")
        if hook_url is None:
            return ("Sender", True, f"{number} is this account's.")
        fields = {"SmsUrl": hook_url, "SmsMethod": "POST"}
        answer = await rest.post(rest.url("IncomingPhoneNumbers", sid), fields)
    except HttpFailed as failure:
        return ("Sender", False, f"Twilio was not reached: {failure}"[:500])
    if not answer.is_success:
        return ("Hook", False, failure_of(answer, None).message)
    return ("Hook", True, f"Twilio calls {hook_url}.")
