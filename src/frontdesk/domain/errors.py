"""Errors that read as facts.

They carry a code and words for a person, never an HTTP status (see api/errors.py).
"""

from collections.abc import Sequence


class DeskError(Exception):
    """Base of all errors that callers may cause.

    `code` is public and stable; `field` names the input, `hint` the cure.
    """

    code = "error"

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field, self.hint = message, field, hint


class NotFound(DeskError):
    """There is no such thing, or not for this caller (a foreign id looks the same)."""

    code = "not_found"


class Invalid(DeskError):
    """The request is well-formed but says something that cannot be."""

    code = "invalid"


class InvalidFields(Invalid):
    """Several fields say something that cannot be; `fields` names each with what is wrong."""

    def __init__(self, message: str, fields: Sequence[tuple[str, str]]) -> None:
        super().__init__(message)
        self.fields = tuple(fields)


class Malformed(DeskError):
    """The request cannot be read."""

    code = "malformed"


class Conflict(DeskError):
    """The state of the thing forbids this now."""

    code = "conflict"


class ConversationResolved(Conflict):
    """The conversation is resolved; reopen it or open the next one."""

    code = "conversation_resolved"


class IdempotencyMismatch(DeskError):
    """The Idempotency-Key was used before with another request."""

    code = "idempotency_mismatch"


class IdempotencyInFlight(DeskError):
    """The first request with this Idempotency-Key is still running."""

    code = "idempotency_in_flight"


class Unauthenticated(DeskError):
    """No valid credentials."""

    code = "unauthenticated"


class Forbidden(DeskError):
    """The caller lacks the permission."""

    code = "forbidden"


class TooLarge(DeskError):
    """The body or file is larger than allowed."""

    code = "too_large"


class RateLimited(DeskError):
    """Too many requests; `retry_after` is in seconds."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after: float, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class Busy(DeskError):
    """The desk cannot take more right now; `retry_after` is in seconds."""

    code = "busy"

    def __init__(self, message: str, *, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotAllowed(DeskError):
    """Policy forbids sending this now (a closed window, an opt-out)."""

    code = "not_allowed"


class SignatureInvalid(DeskError):
    """A hook is not signed as its provider signs, or no secret is set to check it."""

    code = "signature_invalid"


class UnsupportedByChannel(DeskError):
    """The channel has no such kind of message."""

    code = "unsupported_by_channel"
