"""Answers of agents from threads in which they follow conversations: sent in their name, or refused there.

The message, the note that this answer is dealt with and the end of its job are one change: it is sent once,
however often its hook comes. What may not be sent is told in the thread, with the reason.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog

from frontdesk.domain.content import Content, Text, content_adapter
from frontdesk.domain.errors import Busy, DeskError, Forbidden, Invalid
from frontdesk.domain.inbound import Address
from frontdesk.domain.scope import Permission
from frontdesk.features.accounts.agents import scope_of_email
from frontdesk.features.conversations import agent_replies, batches
from frontdesk.features.conversations.sending import MessageCreate, Sender
from frontdesk.features.conversations.views import Views
from frontdesk.features.inboxes.opening import OpensInboxes
from frontdesk.features.jobs.worker import Worker
from frontdesk.features.mirroring.opening import OpenMirror, open_mirror
from frontdesk.features.mirroring.showing import LEASE_SECONDS, put_off_until
from frontdesk.kit.clock import utc_now
from frontdesk.ports.channel import PeopleUnavailable
from frontdesk.ports.mirror import MirrorFailed, Post, ThreadGone
from frontdesk.store import jobs, mirrors
from frontdesk.store.engine import Store
from frontdesk.store.jobs import Job, Lane, LeaseLost
from frontdesk.store.tx import ReadTx, Tx

log = structlog.get_logger("frontdesk.mirroring")

NOT_SENT = "Not sent"
STALE = timedelta(hours=1)
"""An answer that could not be looked into for so long is not sent any more."""

FOREIGN = timedelta(minutes=2)
"""An answer in a thread that we do not know waits so long: who posted its beginning may have been stopped
before it was noted, and whoever goes on notes it then."""


class Answerer:
    """Handles the queue "agent_replies": one lane per thread, so an agent's answers keep their order."""

    def __init__(self, store: Store, inboxes: OpensInboxes, sender: Sender, views: Views) -> None:
        self._store, self._inboxes, self._sender, self._views = store, inboxes, sender, views

    def worker(self) -> Worker:
        """The worker that answers."""
        queue = agent_replies.QUEUE
        return Worker(self._store, queue, self.handle, slots=8, per_lane=1, lease_seconds=LEASE_SECONDS)

    async def handle(self, lane: Lane) -> None:
        """Send one answer, or say in its thread why not."""
        job = lane.jobs[0]
        inbox_id, said = UUID(job.payload["inbox"]), job.payload
        is_settled, talk = await self._store.read(lambda tx: _look_up(tx, lane, inbox_id, said))
        is_foreign = talk is None and utc_now() - job.created_at > FOREIGN
        try:
            mirror = await open_mirror(self._inboxes, inbox_id)
            if is_settled or is_foreign or mirror is None:
                await self._store.write(lambda tx: jobs.done(tx, lane, [job.id]))
                return
            if talk is None:
                raise MirrorFailed("Its thread is not known.")
            await self._answer(lane, job, mirror, talk)
        except (MirrorFailed, PeopleUnavailable) as error:
            failure = error if isinstance(error, MirrorFailed) else MirrorFailed(str(error))
            run_at, reason = put_off_until(job, failure), failure.message[:500]
            log.info("agent_reply_waits", inbox=str(inbox_id), reason=reason)
            await self._store.write(lambda tx: jobs.retry(tx, lane, job.id, run_at, reason))

    async def _answer(self, lane: Lane, job: Job, mirror: OpenMirror, talk: UUID) -> None:
        said, connection = job.payload, mirror.connection
        refusal = Post(key=uuid5(mirror.inbox_id, said["source_id"]), at=job.created_at, head=NOT_SENT)
        is_doubtful = lane.claims > 1 or job.attempts > 0
        if not (is_doubtful and await mirror.channel.find_post(refusal, said["thread"], connection)):
            reason = await self._try(lane, job, mirror, talk)
            if reason is None:
                return
            try:
                await mirror.channel.post(replace(refusal, text=reason), said["thread"], connection)
            except ThreadGone:
                log.info("agent_reply_without_thread", inbox=str(mirror.inbox_id))
        await self._store.write(lambda tx: _settle(tx, lane, job, mirror.inbox_id, None))

    async def _try(self, lane: Lane, job: Job, mirror: OpenMirror, talk: UUID) -> str | None:
        """Send the answer; the reason why it may not be sent, or None."""
        if utc_now() - job.created_at > STALE:
            return "It could not be sent for an hour. Write it again if it still holds."
        address = Address(job.payload["scheme"], job.payload["address"])
        email = await mirror.channel.mail_of(address, mirror.connection)
        if email is None:
            return "Only members of this workspace whose e-mail address can be read answer from here."
        contents = [content_adapter.validate_python(each) for each in job.payload["contents"]]
        try:
            await self._store.write(
                lambda tx: self._send(tx, lane, job, mirror.inbox_id, talk, email, contents)
            )
        except (Busy, LeaseLost):
            raise
        except DeskError as error:
            return f"{error.message} {error.hint or ''}".strip()
        return None

    def _send(  # noqa: PLR0917 - who answers what, where
        self,
        tx: Tx,
        lane: Lane,
        job: Job,
        inbox_id: UUID,
        talk: UUID,
        email: str,
        contents: list[Content],
    ) -> None:
        scope = scope_of_email(tx, lane.account_id, email)
        if scope is None:
            raise Forbidden(f"Nobody at this desk has the e-mail address {email}.")
        if not scope.may(Permission.MESSAGES_SEND):
            raise Forbidden("You may not send messages.")
        create = MessageCreate(content=_text(contents))
        made = batches.send_all(tx, self._sender, self._views, scope, talk, [create])
        _settle(tx, lane, job, inbox_id, made[0]["id"])


def _look_up(tx: ReadTx, lane: Lane, inbox_id: UUID, said: dict[str, Any]) -> tuple[bool, UUID | None]:
    """Whether an answer is dealt with, and which conversation its thread shows."""
    return (
        mirrors.is_known_reply(tx, lane.account_id, inbox_id, said["source_id"]),
        mirrors.conversation_of(tx, lane.account_id, inbox_id, said["thread"]),
    )


def _settle(tx: Tx, lane: Lane, job: Job, inbox_id: UUID, message_id: UUID | None) -> None:
    mirrors.keep_reply(tx, lane.account_id, inbox_id, job.payload["source_id"], message_id)
    jobs.done(tx, lane, [job.id])


def _text(contents: list[Content]) -> Text:
    if len(contents) == 1 and isinstance(contents[0], Text):
        return contents[0]
    raise Invalid("Only text can be sent from here.", hint="Send files from the desk.")
