"""Keeping files for phones to send: uploaded ones, and the built-in ones."""

import hashlib

from frontdesk.simulators.base.errors import Refusal, Unknown
from frontdesk.simulators.base.ids import Ids
from frontdesk.simulators.base.phones import StoredFile
from frontdesk.simulators.base.samples import sample
from frontdesk.simulators.base.state import AnyState


def keep(state: AnyState, file_id: str, content: bytes, mime: str, filename: str | None = None) -> StoredFile:
    """Keep a file under this id."""
    digest = hashlib.sha256(content).hexdigest()
    return state.keep_file(StoredFile(file_id, content, mime, digest, filename))


class Uploads:
    """Takes any file up to a size. A provider with rules of its own does this itself.

    Args:
        state: Where files are kept.
        ids: Names them.
        max_bytes: Larger files are refused.
    """

    def __init__(self, state: AnyState, ids: Ids, max_bytes: int = 20 * 1024 * 1024) -> None:
        self._state, self._ids, self._max_bytes = state, ids, max_bytes

    def keep(self, content: bytes, mime: str, filename: str | None = None) -> StoredFile:
        """Keep a file. Raises Refusal."""
        if not 0 < len(content) <= self._max_bytes:
            msg = f"The file has {len(content)} bytes; it may have 1 to {self._max_bytes}."
            raise Refusal(msg)
        mime = mime or "application/octet-stream"
        return keep(self._state, self._ids.word(), content, mime, filename)

    def find(self, kind: str, file_id: str | None) -> StoredFile:
        """The uploaded file, or the built-in one of a kind of message. Raises Unknown."""
        if file_id is None:
            built_in = sample(kind)
            return self.keep(built_in.content, built_in.mime, built_in.filename)
        if file_id not in self._state.files:
            raise Unknown(file_id)
        return self._state.files[file_id]
