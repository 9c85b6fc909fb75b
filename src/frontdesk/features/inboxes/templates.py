"""Syncing the templates of an inbox from its provider: when it is connected, and when asked to."""

import asyncio
from dataclasses import replace
from uuid import UUID

from frontdesk.domain.errors import Conflict, UnsupportedByChannel
from frontdesk.domain.scope import Scope
from frontdesk.domain.template import APPROVED, MessageTemplate
from frontdesk.features.inboxes.inboxes import CONNECT_SECONDS, Inboxes
from frontdesk.ports.channel import ConnectionReport, ListsTemplates, TemplatesUnavailable
from frontdesk.store import inboxes as store_inboxes
from frontdesk.store import templates
from frontdesk.store.engine import Store


class TemplatesNotRead(Conflict):
    """The provider did not give the templates; those of the last time stay."""

    code = "templates_not_read"


async def connect(store: Store, inboxes: Inboxes, scope: Scope, inbox_id: UUID) -> ConnectionReport:
    """Connect an inbox and read its templates, where there are any: they are there when a window closes.

    Templates that cannot be read are told as a step and leave the inbox connected.

    Raises:
        NotFound: The caller has no such inbox.
    """
    report = await inboxes.connect(scope, inbox_id)
    if not report.ok:
        return report
    try:
        found = await sync(store, inboxes, scope, inbox_id)
    except UnsupportedByChannel:
        return report
    except TemplatesNotRead as error:
        step = ("Message templates", False, error.message)
    else:
        approved = sum(each.status == APPROVED for each in found)
        step = ("Message templates", True, f"{len(found)} were read, {approved} of them approved.")
    return replace(report, steps=(*report.steps, step))


async def sync(store: Store, inboxes: Inboxes, scope: Scope, inbox_id: UUID) -> list[MessageTemplate]:
    """Read all templates from the provider and keep them instead of the earlier ones.

    Raises:
        NotFound: The caller has no such inbox.
        UnsupportedByChannel: Its channel has no templates.
        TemplatesNotRead: The provider refused or was not reached.
    """
    await store.read(lambda tx: store_inboxes.get(tx, scope, inbox_id))
    opened = await inboxes.open(inbox_id)
    if not isinstance(opened.channel, ListsTemplates):
        raise UnsupportedByChannel("This channel has no templates.")
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            found = await opened.channel.templates(opened.connection)
    except TemplatesUnavailable as error:
        raise TemplatesNotRead(error.message, hint="Connect the inbox again, then try once more.") from None
    except TimeoutError:
        raise TemplatesNotRead("The provider did not answer in time.") from None
    await store.write(lambda tx: templates.replace(tx, scope.account_id, inbox_id, found))
    return await store.read(lambda tx: templates.of_inbox(tx, scope.account_id, inbox_id))
