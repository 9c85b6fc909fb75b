"""What can go wrong with the database itself. Errors of the trade live in domain/errors.py."""

from frontdesk.domain.errors import Busy, Conflict, DeskError


class StoreUnavailable(Busy):
    """The database cannot be reached or cannot write now; nothing was changed. Try again."""

    code = "store_unavailable"


def unusable(url: str, error: Exception) -> StoreUnavailable:
    """Why this database cannot be used, told to whoever starts on it; without user and password."""
    place = url.partition("://")[2].rpartition("@")[2].partition("?")[0]
    reason = str(error) or type(error).__name__
    return StoreUnavailable(
        f"The database {place} cannot be used: {reason.rstrip('.')}. Check that it is there and lets this "
        "user in, or name another with FRONTDESK_DATABASE or --database."
    )


class OutcomeUnknown(Busy):
    """The connection was lost while committing and what became of the change could not be found out in time.

    Repeat with the same Idempotency-Key: it has one effect at most.
    """

    code = "outcome_unknown"


class StoreLocked(Conflict):
    """Another process writes to this SQLite file."""

    code = "store_locked"


class SchemaMismatch(DeskError):
    """The database's schema is not the one this version works with."""

    code = "schema_mismatch"


class LeaseLost(Conflict):
    """The lane was claimed by somebody else since; nothing was changed."""

    code = "lease_lost"


class KeyTaken(Conflict):
    """Another request with the same idempotency key was faster; the change is undone. Read its answer."""

    code = "key_taken"
