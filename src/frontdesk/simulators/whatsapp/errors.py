"""Meta's errors as its pages list them: code, HTTP status, title; and the body that carries them.

Source: developers.facebook.com, WhatsApp Business Platform, "Error codes" (2026).
"""

from typing import Any

from typing_extensions import override

from frontdesk.simulators.base import Refusal

_CATALOGUE: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    3: (500, "API Method"),
    4: (400, "API Too Many Calls"),
    10: (403, "Permission Denied"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    104: (401, "An access token is required to request this resource"),
    190: (401, "Invalid OAuth access token"),
    200: (403, "API Permission"),
    368: (403, "Temporarily blocked for policies violations"),
    2200: (400, "Callback verification failed"),
    80007: (400, "Rate limit issues"),
    130429: (429, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131031: (403, "Account has been locked"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Message failed to send due to an unknown phone number registration error"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    132000: (400, "Template Param Count Mismatch"),
    132001: (404, "Template does not exist"),
    132005: (400, "Template Hydrated Text Too Long"),
    132007: (400, "Template Format Character Policy Violated"),
    132012: (400, "Template Parameter Format Mismatch"),
    132015: (400, "Template is Paused"),
    132016: (400, "Template is Disabled"),
    132068: (400, "Flow is blocked"),
    133004: (503, "Server Temporarily Unavailable"),
    133010: (400, "Phone number not registered"),
    133016: (400, "Account register deregister rate limit exceeded"),
    135000: (400, "Generic user error"),
}
ERROR_CODES_PAGE = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


class GraphError(Refusal):
    """An error to be answered as Graph answers it."""

    def __init__(
        self,
        code: int,
        details: str | None = None,
        *,
        title: str | None = None,
        status: int | None = None,
        type: str = "OAuthException",  # noqa: A002
        subcode: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        known_status, known_title = _CATALOGUE.get(code, (400, "Unknown error"))
        self.code, self.details, self.type, self.subcode = code, details, type, subcode
        self.title = title or known_title
        self.status = status or known_status
        self.retry_after = retry_after
        super().__init__(f"(#{code}) {self.title}")

    @property
    @override
    def told(self) -> str:
        return f"{self}: {self.details}" if self.details else str(self)

    def body(self, trace: str) -> dict[str, Any]:
        """The answer's JSON."""
        error: dict[str, Any] = {"message": str(self), "type": self.type, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return {"error": error | {"fbtrace_id": trace}}

    def in_hook(self) -> dict[str, Any]:
        """The same error as a status or message carries it in a hook."""
        return {
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": {"details": self.details or self.title},
            "href": ERROR_CODES_PAGE,
        }


def missing(parameter: str) -> GraphError:
    """A required parameter is not there."""
    return GraphError(
        100, f"The parameter {parameter} is required.", title=f"The parameter {parameter} is required."
    )


def wrong(details: str) -> GraphError:
    """A parameter is there and cannot be."""
    return GraphError(131009, details)


def no_such_object(method: str, object_id: str) -> GraphError:
    """The path names nothing that this token may see."""
    title = (
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation"
    )
    return GraphError(100, title=title, type="GraphMethodException", subcode=33)
