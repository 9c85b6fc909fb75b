"""What SendGrid answers when it refuses. Source: twilio.com/docs/sendgrid, "Mail Send Errors" (2026)."""

from starlette.responses import JSONResponse

from frontdesk.simulators.base import Fault, FaultKind, Refusal


class SendGridError(Refusal):
    """A refusal in SendGrid's words."""

    def __init__(
        self, message: str, field: str | None = None, status: int = 400, *, reset_at: int | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.field, self.status, self.reset_at = message, field, status, reset_at

    def answer(self) -> JSONResponse:
        """The answer."""
        error = {"message": self.message, "field": self.field, "help": None}
        headers = {}
        if self.reset_at is not None:
            headers = {
                "X-RateLimit-Limit": "600",
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": str(self.reset_at),
            }
        return JSONResponse({"errors": [error]}, self.status, headers)


def of_fault(fault: Fault, now: float) -> SendGridError:
    """What a fault makes of a send."""
    match fault.kind:
        case FaultKind.RATE_LIMIT:
            reset_at = int(now + max(1.0, fault.seconds))
            return SendGridError("too many requests", None, fault.status or 429, reset_at=reset_at)
        case FaultKind.SERVER_ERROR:
            return SendGridError("Service Unavailable", None, fault.status or 503)
        case FaultKind.ACCEPT_ERROR:
            return SendGridError("Internal Server Error", None, fault.status or 500)
        case _:
            return SendGridError("A fault was set", None, fault.status or 400)
