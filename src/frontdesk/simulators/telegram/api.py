"""The Bot API over HTTP: who asks, by which method, with which fields; and the files' addresses.

Source: core.telegram.org, "Telegram Bot API", making requests: GET or POST; query, form, multipart or JSON.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from frontdesk.simulators.base import Answer, FaultKind, Spoiler, StoredFile, Unknown, Uploads, parse_json
from frontdesk.simulators.telegram import checks, payloads
from frontdesk.simulators.telegram.errors import BotError, bad, refuse
from frontdesk.simulators.telegram.network import Network
from frontdesk.simulators.telegram.state import Business

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
_NESTED = (
    "reply_markup",
    "reply_parameters",
    "link_preview_options",
    "options",
    "reaction",
    "allowed_updates",
)
_PORTS = (80, 88, 443, 8443)

Fields = dict[str, Any]
Files = dict[str, StoredFile]
Method = Callable[[Business, Fields], Any]


class BotApi:
    """The endpoints over one network."""

    def __init__(self, network: Network, uploads: Uploads, *, needs_https: bool) -> None:
        self.network, self.state, self._uploads = network, network.state, uploads
        self._faults, self._needs_https = network.engine.faults, needs_https
        self._spoiler = Spoiler(network.engine, refuse)
        self._methods: dict[str, Method] = {
            "getme": lambda bot, _fields: payloads.me(bot),
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "setmessagereaction": self._react,
            "editmessagetext": self._edit,
            "deletemessage": self._delete,
            "sendchataction": self._typing,
            "answercallbackquery": lambda _bot, fields: _needed(fields, "callback_query_id") is not None,
            "getfile": self._file,
        }

    def routes(self) -> list[Route]:
        """The paths: the token is in them."""
        return [
            Route("/bot{token}/{method}", _answered(self.call), methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", _answered(self.download), methods=["GET"]),
        ]

    async def call(self, request: Request) -> Answer:
        """One method. Its name's case does not count."""
        bot = self._bot(request)
        method = request.path_params["method"]
        fields, files = await self._read(request)
        send = next((name for name in checks.SENDS if name.lower() == method.lower()), None)
        if send is not None:
            return await self._send(bot, send, fields, files, request)
        if method.lower() not in self._methods:
            raise BotError("Not Found", 404)
        return JSONResponse({"ok": True, "result": self._methods[method.lower()](bot, fields)})

    async def download(self, request: Request) -> Answer:
        """The bytes of a file, by the path that getFile told."""
        self._bot(request)
        if fault := self._faults.next(FaultKind.DOWNLOAD_ERROR, None, None):
            raise BotError("Internal Server Error", fault.status or 500)
        file_id = request.path_params["path"].rpartition("/")[2].partition(".")[0]
        stored = self.state.files.get(file_id)
        if stored is None:
            raise BotError("Not Found", 404)
        return Response(stored.content, media_type="application/octet-stream")

    def _bot(self, request: Request) -> Business:
        bot = self.state.bot_of(request.path_params["token"])
        if bot is None:
            raise BotError("Unauthorized", 401)
        return bot

    # --- messages -----------------------------------------------------------------------------------------

    async def _send(
        self, bot: Business, method: str, fields: Fields, files: Files, request: Request
    ) -> Answer:
        chat_id = str(fields.get("chat_id", ""))
        spoilt = await self._spoiler.before(bot.id, chat_id)
        if spoilt is not None:
            return spoilt
        phone = self.network.reachable(bot, fields.get("chat_id"))
        kind, body = checks.made_of(method, fields, self._given_file(method, fields, files))
        accepted, message = self.network.send(bot, phone, kind, body, fields)
        answer = {"ok": True, "result": payloads.message_of(bot, phone, message)}
        return await self._spoiler.after(accepted, JSONResponse(answer), request)

    def _given_file(self, method: str, fields: Fields, files: Files) -> StoredFile | None:
        """The file of a send: uploaded with it, or one that Telegram has already."""
        field = checks.FILE_METHODS.get(method)
        if field is None:
            return None
        if field in files:
            return files[field]
        given = fields.get(field)
        if isinstance(given, str) and given.removeprefix("attach://") in files:
            return files[given.removeprefix("attach://")]
        if isinstance(given, str) and given in self.state.files:
            return self.state.files[given]
        if given is not None:
            raise bad("wrong file identifier/HTTP URL specified")
        return None

    def _react(self, bot: Business, fields: Fields) -> bool:
        phone = self.network.reachable(bot, fields.get("chat_id"))
        self.network.react(phone, fields.get("message_id"), fields.get("reaction"))
        return True

    def _edit(self, bot: Business, fields: Fields) -> Fields:
        phone = self.network.reachable(bot, fields.get("chat_id"))
        message = self.network.message(phone, fields.get("message_id"))
        if message is None or message.sender != "business":
            raise bad("message to edit not found")
        kind, body = checks.made_of("sendMessage", fields, None)
        if (kind, body) == (message.type, message.body):
            raise bad("message is not modified")
        message.body, message.shown, message.edited = body, body["text"], True
        self.state.show(phone, message)
        return payloads.message_of(bot, phone, message)

    def _delete(self, bot: Business, fields: Fields) -> bool:
        phone = self.network.reachable(bot, fields.get("chat_id"))
        message = self.network.message(phone, fields.get("message_id"))
        if message is None:
            raise bad("message to delete not found")
        message.deleted = True
        self.state.show(phone, message)
        return True

    def _typing(self, bot: Business, fields: Fields) -> bool:
        phone = self.network.reachable(bot, fields.get("chat_id"))
        self.network.type(phone)
        return True

    def _file(self, _bot: Business, fields: Fields) -> Fields:
        file_id = str(_needed(fields, "file_id")).removesuffix("-s")
        stored = self.state.files.get(file_id)
        if stored is None:
            raise bad("invalid file_id")
        if len(stored.content) > MAX_DOWNLOAD_BYTES:
            raise bad("file is too big")
        told = {"file_id": stored.id, "file_unique_id": stored.sha256[:16], "file_size": len(stored.content)}
        return told | {"file_path": f"documents/{stored.id}.bin"}

    # --- hooks --------------------------------------------------------------------------------------------

    def _set_webhook(self, bot: Business, fields: Fields) -> bool:
        url, secret, allowed = (
            str(fields.get("url", "")),
            fields.get("secret_token"),
            fields.get("allowed_updates"),
        )
        parsed = urlsplit(url)
        if url and self._needs_https and (parsed.scheme != "https" or (parsed.port or 443) not in _PORTS):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if secret is not None and not str(secret).replace("_", "").replace("-", "").isalnum():
            raise bad("secret token contains unallowed characters")
        bot.hook_url, bot.secret_token = url or None, None if secret is None else str(secret)
        if isinstance(allowed, list):
            bot.allowed_updates = tuple(str(kind) for kind in allowed)
        return True

    def _delete_webhook(self, bot: Business, _fields: Fields) -> bool:
        bot.hook_url = None
        return True

    def _webhook_info(self, bot: Business, _fields: Fields) -> Fields:
        told: Fields = {"url": bot.hook_url or "", "has_custom_certificate": False}
        told["pending_update_count"] = self.network.engine.hooks.underway
        return told | ({"allowed_updates": list(bot.allowed_updates)} if bot.allowed_updates else {})

    # --- requests -----------------------------------------------------------------------------------------

    async def _read(self, request: Request) -> tuple[Fields, Files]:
        """Fields and files of a request, however they were sent."""
        given: Fields = dict(request.query_params)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            if kind == "application/json":
                body = parse_json(await request.body())
                return given | (body if isinstance(body, dict) else {}), {}
            if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
                return await self._read_form(request, given)
        except (ValueError, RecursionError, HTTPException, ClientDisconnect) as error:
            raise bad("can't parse the request") from error
        return _nested(given), {}

    async def _read_form(self, request: Request, given: Fields) -> tuple[Fields, Files]:
        files: Files = {}
        async with request.form(max_files=2, max_fields=50) as form:
            for name, value in form.multi_items():
                if not isinstance(value, UploadFile):
                    given[name] = value
                    continue
                if fault := self._faults.next(FaultKind.UPLOAD_ERROR, None, None):
                    raise BotError("Bad Request: PHOTO_INVALID_DIMENSIONS", fault.status or 400)
                content = await value.read(MAX_FILE_BYTES + 1)
                if len(content) > MAX_FILE_BYTES:
                    raise BotError("Request Entity Too Large", 413)
                files[name] = self._uploads.keep(content, value.content_type or "", value.filename)
        return _nested(given), files


def _nested(fields: Fields) -> Fields:
    """Fields with objects inside come as JSON where the request itself is none."""
    return {
        name: json.loads(value) if name in _NESTED and isinstance(value, str) else value
        for name, value in fields.items()
    }


def _needed(fields: Fields, name: str) -> Any:
    if fields.get(name) in (None, ""):
        raise bad(f"parameter {name} is required")
    return fields[name]


def _answered(endpoint: Callable[[Request], Awaitable[Answer]]) -> Callable[[Request], Awaitable[Any]]:
    async def answer(request: Request) -> ASGIApp:
        try:
            return await endpoint(request)
        except BotError as error:
            return error.answer()
        except Unknown:
            return bad("chat not found").answer()

    return answer
