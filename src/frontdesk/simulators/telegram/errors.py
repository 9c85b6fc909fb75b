"""What the Bot API answers when it refuses.

Source: core.telegram.org, "Telegram Bot API", making requests; ResponseParameters.
"""

from typing import Any

from starlette.responses import JSONResponse
from typing_extensions import override

from frontdesk.simulators.base import Fault, FaultKind, Refusal


class BotError(Refusal):
    """A refusal in Telegram's words."""

    def __init__(self, description: str, code: int = 400, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.description, self.code, self.retry_after = description, code, retry_after

    @property
    @override
    def told(self) -> str:
        """What the play API answers."""
        return self.description

    def answer(self) -> JSONResponse:
        """The answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return JSONResponse(body, self.code)


def bad(what: str) -> BotError:
    """A request that Telegram does not take."""
    return BotError(f"Bad Request: {what}")


def refuse(fault: Fault) -> JSONResponse:
    """What a fault makes of a send."""
    match fault.kind:
        case FaultKind.RATE_LIMIT:
            wait = max(1, int(fault.seconds))
            error = BotError(f"Too Many Requests: retry after {wait}", 429, retry_after=wait)
        case FaultKind.SERVER_ERROR:
            error = BotError("Bad Gateway", fault.status or 502)
        case FaultKind.ACCEPT_ERROR:
            error = BotError("Internal Server Error", fault.status or 500)
        case _:
            error = BotError("Bad Request: a fault was set", fault.status or fault.code or 400)
    return error.answer()
