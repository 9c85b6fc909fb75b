"""What stands beside the conversations of a history: opt-outs and canned responses."""

from uuid import UUID

from frontdesk.domain.content import content_adapter
from frontdesk.domain.errors import Conflict
from frontdesk.domain.history import HistoryCannedResponse, HistoryOptOut
from frontdesk.store import history_extras as extras
from frontdesk.store.tx import Tx


def take_extra(tx: Tx, account_id: UUID, line: HistoryOptOut | HistoryCannedResponse) -> bool:
    """Take either. Says whether it is new."""
    if isinstance(line, HistoryOptOut):
        return take_opt_out(tx, account_id, line)
    return take_canned_response(tx, account_id, line)


def take_opt_out(tx: Tx, account_id: UUID, line: HistoryOptOut) -> bool:
    """Note an opt-out; of one address the later word wins. Says whether it is new.

    Raises:
        Conflict: The id is another account's.
    """
    values = {
        "id": line.id, "account_id": account_id, "channel": line.channel, "scheme": line.address.scheme,
        "address": line.address.value, "kind": line.kind.value, "source": line.source.value,
        "note": line.note, "said_at": line.said_at, "created_at": line.created_at,
        "ended_at": line.ended_at,
    }  # fmt: skip
    found = extras.opt_outs_like(tx, **values)
    for row in found:
        _check_owner(row.account_id, account_id, "opt-out")
        if (row.scheme, row.address, row.kind) == (line.address.scheme, line.address.value, line.kind):
            extras.say_opt_out(tx, row.id, **values)
    if not found:
        extras.add_opt_out(tx, **values)
    return not found


def take_canned_response(tx: Tx, account_id: UUID, line: HistoryCannedResponse) -> bool:
    """Add a canned response, unless it is there or its shortcut is taken. Says whether it is new.

    Raises:
        Conflict: The id is another account's.
    """
    found = extras.canned_responses_like(tx, account_id, line.id, line.shortcut)
    for row in found:
        _check_owner(row.account_id, account_id, "canned response")
    if not found:
        messages = [
            content_adapter.dump_python(each, mode="json", exclude_none=True) for each in line.messages
        ]
        extras.add_canned_response(
            tx,
            id=line.id,
            account_id=account_id,
            shortcut=line.shortcut,
            title=line.title,
            messages=messages,
            created_at=line.created_at,
            changed_at=line.changed_at,
        )
    return not found


def _check_owner(owner: UUID, account_id: UUID, what: str) -> None:
    if owner != account_id:
        raise Conflict(f"This id is of another account's {what}.", field="id", hint="Write another id.")
