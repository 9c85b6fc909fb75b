"""Answers that agents write where they follow conversations: kept as jobs, in order for each thread.

Who wrote them and whether they may be sent is found out by `mirroring`, after the hook was read.
"""

from collections.abc import Sequence
from uuid import uuid5

from frontdesk.domain.content import content_adapter
from frontdesk.domain.inbound import AgentReplied
from frontdesk.features.conversations.episodes import Desk
from frontdesk.store import jobs
from frontdesk.store.tx import Tx

QUEUE = "agent_replies"


def keep(tx: Tx, desk: Desk, replies: Sequence[AgentReplied]) -> None:
    """Enqueue answers; call it last in a change, for lanes come late in the order of locks."""
    for reply in replies:
        address = reply.party.addresses[0]
        payload = {
            "inbox": str(desk.inbox_id),
            "source_id": reply.source_id,
            "thread": reply.thread,
            "scheme": address.scheme,
            "address": address.value,
            "contents": [content_adapter.dump_python(each, mode="json") for each in reply.contents],
        }
        jobs.enqueue(tx, QUEUE, uuid5(desk.inbox_id, reply.thread), desk.account_id, payload)
