"""Who does not want to hear from an account by a channel: one row per address and kind, kept when it ends.

A later word wins over an earlier one whatever order they come in, so a redelivered one changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.consent import OptOutKind, OptOutSource
from frontdesk.domain.errors import NotFound
from frontdesk.domain.inbound import Address
from frontdesk.domain.scope import Scope
from frontdesk.kit.ids import uuid7
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_o, _th = t.opt_outs, t.threads

_OF_ADDRESS = (
    _o.c.account_id == P("account"),
    _o.c.channel == P("by"),
    _o.c.scheme == P("scheme_is"),
    _o.c.address == P("address_is"),
    _o.c.kind == P("kind_is"),
)
_ADD = Statement(
    insert(_o)
    .values(
        id=P("id"), account_id=P("account_id"), channel=P("channel"), scheme=P("scheme"),
        address=P("address"), kind=P("kind"), source=P("source"), note=P("note"),
        changed_by=P("changed_by"), said_at=P("said_at"), created_at=db_now(), ended_at=P("ended_at"),
    )
    .on_conflict_do_nothing()
)  # fmt: skip
_CHANGE = Statement(
    sa.update(_o)
    .where(*_OF_ADDRESS, _o.c.said_at <= P("said_at"))
    .values(
        source=P("source"), note=P("note"), changed_by=P("changed_by"), said_at=P("said_at"),
        ended_at=P("ended_at"),
    )
)  # fmt: skip
_FIND = Statement(sa.select(_o).where(*_OF_ADDRESS))
_GET = Statement(
    sa.select(_o).where(_o.c.account_id == P("account_id"), _o.c.id == P("id"), _o.c.ended_at.is_(None))
)
_END = Statement(
    sa.update(_o)
    .where(_o.c.account_id == P("account"), _o.c.id == P("opt_out"), _o.c.ended_at.is_(None))
    .values(ended_at=db_now(), said_at=db_now(), source=P("source"), changed_by=P("changed_by"))
)
_PAGE = Statement(
    sa.select(_o)
    .where(
        _o.c.account_id == P("account_id"),
        _o.c.id < P("before"),
        _o.c.ended_at.is_(None),
        sa.or_(P("channel", type_=sa.Text) == "", _o.c.channel == P("channel", type_=sa.Text)),
        sa.or_(P("address", type_=sa.Text) == "", _o.c.address == P("address", type_=sa.Text)),
    )
    .order_by(_o.c.id.desc())
    .limit(P("limit"))
)
_OF_THREAD = sa.and_(
    _o.c.account_id == _th.c.account_id,
    _o.c.channel == t.inboxes.c.channel,
    _o.c.scheme == _th.c.scheme,
    _o.c.address == _th.c.address,
    _o.c.ended_at.is_(None),
)
REFUSES = (
    sa.exists()
    .where(
        _OF_THREAD,
        sa.or_(
            _o.c.kind == OptOutKind.ALL.value,
            sa.and_(_o.c.kind == OptOutKind.UNASKED.value, t.conversations.c.last_incoming_at.is_(None)),
        ),
    )
    .correlate(_th, t.inboxes, t.conversations)
)
"""Whether the address of a thread, in a statement that reads its conversation and inbox, refuses what
we write: all of it, or what goes into a conversation where they wrote nothing."""
_REFUSING = Statement(
    sa.select(_o.c.scheme, _o.c.address).where(
        _o.c.account_id == P("account_id"),
        _o.c.channel == P("channel"),
        _o.c.address.in_(P("values", expanding=True)),
        _o.c.kind.in_(P("kinds", expanding=True)),
        _o.c.ended_at.is_(None),
    )
)
_READER = Statement(
    sa.select(_th.c.account_id, t.inboxes.c.channel, _th.c.scheme, _th.c.address, t.accounts.c.name)
    .select_from(
        t.messages.join(t.conversations, t.conversations.c.id == t.messages.c.conversation_id)
        .join(_th, _th.c.id == t.conversations.c.thread_id)
        .join(t.inboxes, t.inboxes.c.id == _th.c.inbox_id)
        .join(t.accounts, t.accounts.c.id == _th.c.account_id)
    )
    .where(t.messages.c.id == P("message_id"))
)
KINDS = (
    sa.select(sa.func.aggregate_strings(_o.c.kind, ","))
    .where(_OF_THREAD)
    .correlate(_th, t.inboxes)
    .scalar_subquery()
)
"""What a thread's address does not want, in a statement that reads threads and inboxes; see `kinds_of`."""
_OF_ONE = Statement(
    sa.select(KINDS.label("kinds"))
    .select_from(_th.join(t.inboxes, t.inboxes.c.id == _th.c.inbox_id))
    .where(_th.c.id.in_(P("ids", expanding=True)))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody said, or we noted for them. `takes_leave` false: they want to hear from us again."""

    channel: str
    kind: OptOutKind
    takes_leave: bool
    source: OptOutSource
    at: datetime
    note: str | None = None
    changed_by: UUID | None = None


def note(tx: Tx, account_id: UUID, addresses: Iterable[Address], word: Word) -> None:
    """Keep what somebody of these addresses said, unless something later is known."""
    for each in sorted(set(addresses), key=lambda one: (one.scheme, one.value)):
        values = {
            "source": word.source.value,
            "note": word.note,
            "changed_by": word.changed_by,
            "said_at": word.at,
            "ended_at": None if word.takes_leave else word.at,
        }
        keys = {
            "channel": word.channel,
            "scheme": each.scheme,
            "address": each.value,
            "kind": word.kind.value,
        }
        if not tx.run(_ADD, id=uuid7(), account_id=account_id, **keys, **values):
            tx.run(_CHANGE, **_where(account_id, word.channel, each, word.kind), **values)


def find(tx: ReadTx, account_id: UUID, channel: str, address: Address, kind: OptOutKind) -> Row | None:
    """The row of an address, ended or not."""
    return tx.first(_FIND, **_where(account_id, channel, address, kind))


def end(tx: Tx, scope: Scope, opt_out_id: UUID) -> None:
    """Somebody of ours notes that one does not hold any more.

    Raises:
        NotFound: The account has no such one.
    """
    source = OptOutSource.API.value
    changed = tx.run(
        _END, account=scope.account_id, opt_out=opt_out_id, source=source, changed_by=scope.actor_id
    )
    if not changed:
        raise NotFound("There is no such opt-out.")


def get(tx: ReadTx, scope: Scope, opt_out_id: UUID) -> Row:
    """One that holds."""
    return tx.one(_GET, account_id=scope.account_id, id=opt_out_id)


def page(tx: ReadTx, scope: Scope, before: UUID, limit: int, *, channel: str, address: str) -> list[Row]:
    """Those that hold, the newest first, before one; "" for any channel, any address."""
    return tx.rows(
        _PAGE, account_id=scope.account_id, before=before, channel=channel, address=address, limit=limit
    )


def refusing(
    tx: ReadTx, account_id: UUID, channel: str, addresses: Iterable[Address], *, unasked: bool
) -> list[str]:
    """Which of these refuse to be written to: at all, or unasked if it is."""
    kinds = [OptOutKind.ALL.value, *([OptOutKind.UNASKED.value] if unasked else [])]
    wanted = {(each.scheme, each.value) for each in addresses}
    values = sorted({value for _, value in wanted})
    found = tx.rows(_REFUSING, account_id=account_id, channel=channel, values=values, kinds=kinds)
    return sorted({row.address for row in found if (row.scheme, row.address) in wanted})


def reader_of(tx: ReadTx, message_id: UUID) -> Row | None:
    """Who has a message of ours: account_id, channel, scheme, address, and the account's name."""
    return tx.first(_READER, message_id=message_id)


def of_thread(tx: ReadTx, thread_id: UUID) -> frozenset[OptOutKind]:
    """What the person of a thread does not want."""
    return kinds_of(tx.scalar(_OF_ONE, ids=[thread_id]))


def kinds_of(told: str | None) -> frozenset[OptOutKind]:
    """Read what a row tells in a column of `KINDS`."""
    return frozenset(map(OptOutKind, told.split(","))) if told else frozenset()


def _where(account_id: UUID, channel: str, address: Address, kind: OptOutKind) -> dict[str, object]:
    return {
        "account": account_id,
        "by": channel,
        "scheme_is": address.scheme,
        "address_is": address.value,
        "kind_is": kind.value,
    }
