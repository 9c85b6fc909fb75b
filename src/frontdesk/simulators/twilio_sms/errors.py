"""Refusals in Twilio's words. Source: twilio.com, "Error and warning dictionary" (2026)."""

from typing import Any

from frontdesk.simulators.base import Refusal

_KNOWN = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service is unavailable. Please try again."),
    21211: (400, "Invalid 'To' Phone Number"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21606: (400, "The 'From' phone number provided is not a valid message-capable Twilio phone number."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
    30007: (400, "Message filtered"),
}


class TwilioError(Refusal):
    """An error with its code and status."""

    def __init__(self, code: int, *, status: int | None = None, retry_after: int | None = None) -> None:
        known, self.message = _KNOWN.get(code, (400, f"Error {code}"))
        super().__init__(self.message)
        self.code, self.status, self.retry_after = code, status or known, retry_after

    @property
    def body(self) -> dict[str, Any]:
        """What is answered."""
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more, "status": self.status}
