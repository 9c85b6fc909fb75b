"""The list of all routers, the hottest first: a path is matched in this order.

Each module of `v1/` exposes `router = APIRouter(prefix="/v1", tags=[…], route_class=DeskRoute)`.
"""

from fastapi import APIRouter

from frontdesk.api import docs, hooks, leaving, metrics
from frontdesk.api.v1 import (
    account,
    attachments,
    canned_responses,
    contacts,
    conversations,
    deliveries,
    events,
    health,
    histories,
    inboxes,
    live,
    mails,
    merges,
    messages,
    opt_outs,
    reports,
    session,
    templates,
    tokens,
    users,
    widget,
)

ROUTERS: tuple[APIRouter, ...] = (
    messages.lean,
    hooks.router,
    leaving.router,
    health.router,
    live.router,
    conversations.router,
    messages.router,
    mails.router,
    widget.router,
    session.router,
    contacts.router,
    merges.router,
    opt_outs.router,
    inboxes.router,
    templates.router,
    account.router,
    users.router,
    tokens.router,
    attachments.router,
    canned_responses.router,
    deliveries.router,
    events.router,
    reports.router,
    histories.router,
    metrics.router,
    docs.router,
)
