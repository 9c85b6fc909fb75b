"""What the Web API answers when it refuses: status 200 and `ok: false`, but for limits and outages.

Source: docs.slack.dev, "Web API: evaluating responses" and "Rate limits" (2026).
"""

from typing import Any

from starlette.responses import JSONResponse
from typing_extensions import override

from frontdesk.simulators.base import Fault, FaultKind, Refusal


class SlackError(Refusal):
    """A refusal in Slack's words."""

    def __init__(self, error: str, status: int = 200, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.error, self.status, self.headers = error, status, headers

    @property
    @override
    def told(self) -> str:
        """What the play API answers."""
        return self.error

    def answer(self) -> JSONResponse:
        """The answer."""
        body: dict[str, Any] = {"ok": False, "error": self.error}
        return JSONResponse(body, self.status, self.headers)


def refuse(fault: Fault) -> JSONResponse:
    """What a fault makes of a send."""
    match fault.kind:
        case FaultKind.RATE_LIMIT:
            wait = {"Retry-After": str(max(1, int(fault.seconds)))}
            error = SlackError("ratelimited", fault.status or 429, headers=wait)
        case FaultKind.SERVER_ERROR:
            error = SlackError("service_unavailable", fault.status or 503)
        case FaultKind.ACCEPT_ERROR:
            error = SlackError("internal_error", fault.status or 500)
        case _:
            error = SlackError("restricted_action", fault.status or 200)
    return error.answer()
