"""An inbox by which agents follow conversations, ready for use."""

from typing import NamedTuple
from uuid import UUID

from frontdesk.domain.errors import Busy, DeskError, NotFound
from frontdesk.features.inboxes.opening import OpensInboxes
from frontdesk.ports.channel import Connection
from frontdesk.ports.mirror import MirrorFailed, Mirrors


class OpenMirror(NamedTuple):
    """What posting needs."""

    inbox_id: UUID
    channel: Mirrors
    connection: Connection


async def open_mirror(inboxes: OpensInboxes, inbox_id: UUID) -> OpenMirror | None:
    """The inbox; None if it is gone or its channel mirrors nothing.

    Raises:
        MirrorFailed: It cannot be used now.
    """
    try:
        opened = await inboxes.open(inbox_id)
    except NotFound:
        return None
    except Busy:
        raise
    except DeskError as error:
        raise MirrorFailed(error.message) from error
    channel = opened.channel
    return OpenMirror(inbox_id, channel, opened.connection) if isinstance(channel, Mirrors) else None
