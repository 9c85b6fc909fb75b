"""Files of the Web API: announced, uploaded, shared; and their bytes for who shows the token.

Source: docs.slack.dev, "Working with files": files.getUploadURLExternal, the upload,
files.completeUploadExternal, files.info, and `url_private` (2026).
"""

import mimetypes
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from frontdesk.simulators.base import Answer, FaultKind, Spoiler, StoredFile, keep
from frontdesk.simulators.slack import payloads
from frontdesk.simulators.slack.calls import Call, Method
from frontdesk.simulators.slack.errors import SlackError, refuse
from frontdesk.simulators.slack.network import Network
from frontdesk.simulators.slack.state import Business, Upload

MAX_FILE_BYTES = 100 * 1024 * 1024
_SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>"


class Files:
    """Files both ways."""

    def __init__(self, network: Network) -> None:
        self._network, self._state = network, network.state
        self._faults, self._spoiler = network.engine.faults, Spoiler(network.engine, refuse)

    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "files.getUploadURLExternal": self.announce,
            "files.completeUploadExternal": self.complete,
            "files.info": self.show,
        }

    def announce(self, call: Call) -> dict[str, Any]:
        """An address to upload a file of this length to."""
        filename, length = call.text("filename"), call.text("length")
        if not filename or not length.isdigit() or not 0 < int(length) <= MAX_FILE_BYTES:
            raise SlackError("invalid_arguments")
        ticket, file_id = self._state.ids.uuid(), self._state.ids.slack("F")
        self._state.uploads[ticket] = Upload(file_id, filename, int(length))
        return {"upload_url": f"{call.app.files_base}/upload/v1/{ticket}", "file_id": file_id}

    async def upload(self, request: Request) -> Response:
        """The bytes, at the address told: that is proof enough."""
        ticket = self._state.uploads.get(request.path_params["ticket"])
        if ticket is None:
            return PlainTextResponse("not found", 404)
        if fault := self._faults.next(FaultKind.UPLOAD_ERROR, None, None):
            return PlainTextResponse("error", fault.status or 500)
        content = await self._content(request)
        if len(content) != ticket.length:
            return PlainTextResponse("the length is not what was announced", 400)
        mime = mimetypes.guess_type(ticket.filename)[0] or request.headers.get("content-type", "")
        keep(self._state, ticket.file_id, content, mime or "application/octet-stream", ticket.filename)
        del self._state.uploads[request.path_params["ticket"]]
        return PlainTextResponse(f"OK - {len(content)}")

    async def _content(self, request: Request) -> bytes:
        if request.headers.get("content-type", "").startswith("multipart/"):
            async with request.form(max_files=1, max_fields=5) as form:
                for _name, value in form.multi_items():
                    if not isinstance(value, str):
                        return await value.read(MAX_FILE_BYTES + 1)
            return b""
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > MAX_FILE_BYTES:
                break
        return bytes(content)

    async def complete(self, call: Call) -> Answer:
        """Share uploaded files: the message comes to be here."""
        given, thread = call.nested("files", "invalid_arguments"), call.args.get("thread_ts") or None
        spoilt = await self._spoiler.before(
            call.app.id, self._network.nearest(call.args.get("channel_id"), thread)
        )
        if spoilt is not None:
            return spoilt
        files = [payloads.file(call.app, each, call.app.bot_user) for each in self._uploaded(given)]
        answer = JSONResponse({"ok": True, "files": files})
        if not call.text("channel_id"):
            return answer
        channel = self._network.place(call.args.get("channel_id"))
        fields = {"text": call.text("initial_comment"), "subtype": "file_share", "files": files}
        accepted, _ = self._network.post(call.app, channel, fields, thread)
        return await self._spoiler.after(accepted, answer, call.request)

    def _uploaded(self, given: Any) -> list[StoredFile]:
        ids = [each.get("id") for each in given if isinstance(each, dict)] if isinstance(given, list) else []
        if not ids:
            raise SlackError("invalid_arguments")
        if any(each not in self._state.files for each in ids):
            raise SlackError("file_not_found")
        return [self._state.files[str(each)] for each in ids]

    def show(self, call: Call) -> dict[str, Any]:
        """What is known of a file."""
        stored = self._state.files.get(call.text("file"))
        if stored is None:
            raise SlackError("file_not_found")
        return {"file": payloads.file(call.app, stored, call.app.bot_user)}

    async def download(self, request: Request) -> Response:
        """A file's bytes; who shows no token is led to the page for signing in, as a browser would be."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        app: Business | None = self._state.app_of(token)
        team, _, file_id = request.path_params["place"].partition("-")
        stored = self._state.files.get(file_id)
        if app is None or team != app.team:
            return HTMLResponse(_SIGN_IN)
        if fault := self._faults.next(FaultKind.DOWNLOAD_ERROR, app.id, None):
            return PlainTextResponse("error", fault.status or 500)
        if stored is None:
            return PlainTextResponse("not found", 404)
        return Response(stored.content, media_type=stored.mime)
