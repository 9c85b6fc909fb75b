"""Meta's errors as its pages list them: code, HTTP status, title, subcode; and the body that carries them.

Source: developers.facebook.com, Messenger Platform, "Error codes" (2026).
"""

from typing import Any, NoReturn

from typing_extensions import override

from frontdesk.simulators.base import Fault, FaultKind, Refusal

_CATALOGUE: dict[int, tuple[int, str, int | None]] = {
    1: (500, "An unknown error has occurred.", None),
    2: (503, "Service temporarily unavailable", None),
    4: (400, "Application request limit reached", None),
    10: (400, "This message is sent outside of allowed window.", 2018278),
    100: (400, "Invalid parameter", None),
    104: (401, "An access token is required to request this resource.", None),
    190: (401, "Invalid OAuth access token - Cannot parse access token", None),
    200: (403, "Permissions error", None),
    551: (400, "This person isn't available right now.", 1545041),
    613: (400, "Calls to this api have exceeded the rate limit.", None),
    1200: (500, "Temporary send message failure. Please try again later.", None),
    2200: (400, "Callback verification failed", None),
    2500: (400, "Unknown path components", None),
}
USUAL_CODE = 100
"""The error of a fault that names none."""
NO_SUCH_PERSON = 2018001


class GraphError(Refusal):
    """An error to be answered as Graph answers it."""

    def __init__(
        self,
        code: int,
        title: str | None = None,
        *,
        status: int | None = None,
        subcode: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        known_status, known_title, known_subcode = _CATALOGUE.get(code, (400, "Unknown error", None))
        self.code, self.title, self.status = code, title or known_title, status or known_status
        self.subcode = subcode or known_subcode
        self.retry_after = retry_after
        super().__init__(f"(#{code}) {self.title}")

    @property
    @override
    def told(self) -> str:
        """What the play API answers."""
        return str(self)

    def body(self, trace: str) -> dict[str, Any]:
        """The answer's JSON."""
        error: dict[str, Any] = {"message": str(self), "type": "OAuthException", "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error | {"fbtrace_id": trace}}


def wrong(title: str) -> GraphError:
    """A parameter is missing or cannot be."""
    return GraphError(100, title)


def no_such_object(method: str, object_id: str) -> GraphError:
    """The path names nothing that this token may see."""
    title = (
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation"
    )
    return GraphError(100, title, subcode=33)


def refuse(fault: Fault) -> NoReturn:
    """What a fault makes of a send, in Meta's words. Raises GraphError."""
    match fault.kind:
        case FaultKind.RATE_LIMIT:
            raise GraphError(613, status=fault.status, retry_after=max(1, int(fault.seconds)))
        case FaultKind.SERVER_ERROR:
            raise GraphError(2, status=fault.status)
        case FaultKind.ACCEPT_ERROR:
            raise GraphError(1, status=fault.status)
        case _:
            raise GraphError(USUAL_CODE if fault.code is None else fault.code, status=fault.status)
