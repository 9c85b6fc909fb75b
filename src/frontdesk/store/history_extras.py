"""Importing what stands beside the conversations: opt-outs and canned responses, with their ids and dates."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import Tx

P = sa.bindparam
_o, _r = t.opt_outs, t.canned_responses

_OPT_OUT = Statement(
    sa.select(_o).where(
        sa.or_(
            _o.c.id == P("id"),
            sa.and_(
                _o.c.account_id == P("account_id"),
                _o.c.channel == P("channel"),
                _o.c.scheme == P("scheme"),
                _o.c.address == P("address"),
                _o.c.kind == P("kind"),
            ),
        )
    )
)
_ADD_OPT_OUT = Statement(
    insert(_o).values(
        id=P("id"), account_id=P("account_id"), channel=P("channel"), scheme=P("scheme"),
        address=P("address"), kind=P("kind"), source=P("source"), note=P("note"), said_at=P("said_at"),
        created_at=P("created_at"), ended_at=P("ended_at"),
    )
)  # fmt: skip
_SAY = Statement(
    sa.update(_o)
    .where(_o.c.id == P("opt_out"), _o.c.said_at < P("at"))
    .values(source=P("source"), note=P("note"), said_at=P("at"), ended_at=P("ended_at"))
)
_RESPONSE = Statement(
    sa.select(_r.c.id, _r.c.account_id).where(
        sa.or_(
            _r.c.id == P("id"),
            sa.and_(_r.c.account_id == P("account_id"), _r.c.shortcut == P("shortcut")),
        )
    )
)
_ADD_RESPONSE = Statement(
    insert(_r).values(
        id=P("id"), account_id=P("account_id"), shortcut=P("shortcut"), title=P("title"),
        messages=P("messages"), created_at=P("created_at"), changed_at=P("changed_at"),
    )
)  # fmt: skip


def opt_outs_like(tx: Tx, **values: Any) -> list[Row]:
    """Opt-outs of this id, of any account, or of this address, channel and kind."""
    names = ("id", "account_id", "channel", "scheme", "address", "kind")
    return tx.rows(_OPT_OUT, **{name: values[name] for name in names})


def add_opt_out(tx: Tx, **values: Any) -> None:
    """Note an opt-out."""
    tx.run(_ADD_OPT_OUT, **values)


def say_opt_out(tx: Tx, opt_out_id: UUID, **values: Any) -> None:
    """Let a later word win over what is noted."""
    names = ("source", "note", "ended_at")
    told = {name: values[name] for name in names}
    tx.run(_SAY, opt_out=opt_out_id, at=values["said_at"], **told)


def canned_responses_like(tx: Tx, account_id: UUID, response_id: UUID, shortcut: str) -> list[Row]:
    """Canned responses of this id, of any account, or of this shortcut."""
    return tx.rows(_RESPONSE, id=response_id, account_id=account_id, shortcut=shortcut)


def add_canned_response(tx: Tx, **values: Any) -> None:
    """Add a canned response."""
    tx.run(_ADD_RESPONSE, **values)
