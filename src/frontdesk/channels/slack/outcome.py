"""What became of a call: Slack's answers, and what the network did, as results that decide what happens next.

Slack says no with status 200 and `ok: false`. Source: docs.slack.dev, "Web API: evaluating responses", "Rate
limits", and the errors of chat.postMessage (2026).
"""

from frontdesk.kit.http import Response
from frontdesk.ports.channel import Exchange, Failed, Unknown
from frontdesk.ports.outcome import retry_at

RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
AUTH_EXPIRED = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "org_login_required"}
)
UNAVAILABLE = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
"""Says that Slack did not take it because it could not just then."""
MAY_BE_TAKEN = frozenset({"fatal_error", "internal_error"})
"""Slack: it is possible that some part of it succeeded before the error."""
CURES = {
    "not_in_channel": "The app is not in the channel. Invite it there with /invite.",
    "channel_not_found": "There is no such channel, or the app may not see it. Invite it there with /invite.",
    "is_archived": "The channel is archived.",
    "missing_scope": "The app lacks a permission. Add it under OAuth & Permissions and reinstall the app.",
    "msg_too_long": "The text is too long for Slack.",
    "no_text": "There is nothing to send.",
    "restricted_action": "The workspace does not let the app post there.",
    "user_not_found": "There is no such person in the workspace.",
    "user_disabled": "The person's account is deactivated.",
    "message_not_found": "The message is not there any more.",
    "thread_not_found": "The thread is not there any more.",
    "invalid_name": "Slack has no emoji of this name.",
    "invalid_auth": "The bot token is not valid. Copy it anew from OAuth & Permissions.",
    "token_revoked": "The bot token was revoked. Reinstall the app and copy the new one.",
    "token_expired": "The bot token has expired. Copy it anew from OAuth & Permissions.",
    "account_inactive": "The app was removed from the workspace. Install it again.",
    "not_authed": "No bot token was given.",
    "ratelimited": "Slack asks to send more slowly.",
}
_WORDS = 500


def is_ok(answer: Response) -> bool:
    """Whether Slack did what was asked."""
    return answer.is_success and answer.json_object().get("ok") is True


def failure_of(answer: Response, exchange: Exchange | None) -> Failed | Unknown:
    """What an answer that is not `ok` means."""
    told, status = answer.json_object(), answer.status_code
    error = str(told.get("error") or "")[:100]
    code = error or f"http_{status}"
    message = _words(code, told.get("needed"), status)
    if error in RATE_LIMITED or status == 429:
        return Failed(
            code=error or "ratelimited",
            message=message,
            retryable=True,
            retry_at=retry_at(answer),
            exchange=exchange,
        )
    if error in AUTH_EXPIRED or status == 401:
        return Failed(code=code, message=message, retryable=False, auth_expired=True, exchange=exchange)
    if error in UNAVAILABLE:
        return Failed(
            code=code, message=message, retryable=True, retry_at=retry_at(answer), exchange=exchange
        )
    if error in MAY_BE_TAKEN or status >= 500 or status == 408 or (answer.is_success and not error):
        return Unknown(code=code, message=message, exchange=exchange)
    return Failed(code=code, message=message, retryable=False, exchange=exchange)


def _words(code: str, needed: object, status: int) -> str:
    if code.startswith("http_"):
        return f"Slack answered with status {status}."
    cure = CURES.get(code, f"Slack refused it: {code}.")
    return f"{cure} ({needed})"[:_WORDS] if needed else cure
