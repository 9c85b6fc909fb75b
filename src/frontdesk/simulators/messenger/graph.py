"""Graph API's endpoints for messages, files, people and subscriptions, and its paths."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from frontdesk.simulators.base import Answer, FaultKind, Spoiler, hub, keep
from frontdesk.simulators.messenger.checks import FILE_TYPES, check_action, check_reaction, made_of
from frontdesk.simulators.messenger.door import Door, nested, read_fields, read_upload
from frontdesk.simulators.messenger.errors import GraphError, no_such_object, refuse, wrong
from frontdesk.simulators.messenger.network import Network
from frontdesk.simulators.messenger.platforms import FIELDS
from frontdesk.simulators.messenger.state import Business, Phone

_NESTED = ("recipient", "message", "payload", "reply_to")


class Graph(Door):
    """The endpoints over one network."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self._spoiler = Spoiler(network.engine, refuse)

    def routes(self) -> list[Route]:
        """Meta's paths: everything is an id, with or without an edge behind it."""
        edge, every = "/{version}/{object_id}", ["GET", "POST", "DELETE"]
        return [
            Route("/cdn/{object_id}", self.at(self.download), methods=["GET"]),
            Route(f"{edge}/messages", self.at(self.post_message), methods=["POST"]),
            Route(f"{edge}/message_attachments", self.at(self.post_file), methods=["POST"]),
            Route(f"{edge}/subscribed_apps", self.at(self.subscribed), methods=every),
            Route(f"{edge}/subscriptions", self.at(self.subscriptions), methods=["GET", "POST"]),
            Route(edge, self.at(self.one), methods=["GET"]),
        ]

    # --- messages -----------------------------------------------------------------------------------------

    async def post_message(self, request: Request, object_id: str) -> Answer:
        """Send, react, mark as seen, or show typing."""
        business = self.page(request, object_id)
        body = await read_fields(request)
        body |= {name: nested(body, name) for name in _NESTED if name in body}
        if body.get("sender_action") is not None:
            phone = self.network.reachable(body.get("recipient"))
            self._act(business, phone, body)
            return JSONResponse({"recipient_id": phone.id})
        scoped_id = body.get("recipient", {}).get("id")
        spoilt = await self._spoiler.before(business.id, str(scoped_id))
        if spoilt is not None:
            return spoilt
        phone = self.network.reachable(body.get("recipient"))
        message = made_of(self.state, self.platform, business, phone, body)
        self.network.admit(business, phone, body)
        accepted = self.network.send(phone, message, body)
        answer = {"recipient_id": phone.id, "message_id": message.id}
        return await self._spoiler.after(accepted, JSONResponse(answer), request)

    def _act(self, business: Business, phone: Phone, body: dict[str, Any]) -> None:
        action = check_action(self.platform, body)
        match action:
            case "mark_seen":
                self.network.mark_seen(business, phone)
            case "react" | "unreact":
                self.network.carrier.react(phone, *check_reaction(phone, body))
            case _:
                self.network.type(phone, is_on=action == "typing_on")

    # --- files --------------------------------------------------------------------------------------------

    async def post_file(self, request: Request, object_id: str) -> Response:
        """Upload a file, to be sent by its id."""
        business = self.page(request, object_id)
        if fault := self.faults.next(FaultKind.UPLOAD_ERROR, business.id, None):
            raise GraphError(100, "Upload attachment failure.", status=fault.status, subcode=2018047)
        fields, content, mime, filename = await read_upload(request)
        told = nested(fields, "message").get("attachment")
        kind = told.get("type") if isinstance(told, dict) else None
        if kind not in FILE_TYPES:
            raise wrong("Param message[attachment][type] must be one of {audio, file, image, video}")
        if kind != "file" and mime.partition("/")[0] != kind:
            raise GraphError(100, f"The file is of type {mime}, not {kind}.", subcode=2018047)
        if kind == "image" and len(content) > self.platform.max_image_bytes:
            raise GraphError(100, "The image is too large.", subcode=2018047)
        needed = None if self.platform.object == "page" else self.platform.object
        if fields.get("platform") != needed:
            raise wrong(f"Param platform must be {needed}.")
        stored = keep(self.state, self.state.ids.number(16), content, mime, filename)
        return JSONResponse({"attachment_id": stored.id})

    async def download(self, _request: Request, object_id: str) -> Response:
        """A file's bytes, from the address that a hook tells; it needs no token."""
        if fault := self.faults.next(FaultKind.DOWNLOAD_ERROR, None, None):
            return Response("upstream error", fault.status or 500)
        stored = self.state.files.get(object_id)
        if stored is None:
            return Response("URL signature expired", 403)
        return Response(stored.content, media_type=stored.mime)

    # --- pages and people ---------------------------------------------------------------------------------

    async def one(self, request: Request, object_id: str) -> Response:
        """A page or a person, with the fields that were asked for."""
        phone = self.state.phones.get(object_id)
        if phone is not None:
            self.page(request, "me")
            first, _, last = phone.name.partition(" ")
            names = {"name": phone.name, "first_name": first, "last_name": last}
            return _chosen(request, {"id": phone.id, **names, "username": phone.username})
        business = self.page(request, object_id)
        told: dict[str, Any] = {"id": business.id, "name": business.name}
        if self.platform.object != "page":
            account = {"id": business.account_id, "username": business.address.removeprefix("@")}
            told["instagram_business_account"] = account
        return _chosen(request, told)

    async def subscribed(self, request: Request, object_id: str) -> Response:
        """Which fields of the page the app hears: tell, set, or none any more."""
        business = self.page(request, object_id)
        if request.method == "GET":
            app = {"id": business.app_id, "name": "Frontdesk"}
            fields = list(business.subscribed_fields)
            return JSONResponse({"data": [app | {"subscribed_fields": fields}] if fields else []})
        if request.method == "DELETE":
            business.subscribed_fields = ()
            return JSONResponse({"success": True})
        wanted = _listed((await read_fields(request)).get("subscribed_fields"))
        unknown = [name for name in wanted if name not in FIELDS]
        if unknown or not wanted:
            raise wrong(f"Param subscribed_fields must be of {{{', '.join(sorted(FIELDS))}}}")
        business.subscribed_fields = tuple(wanted)
        return JSONResponse({"success": True})

    async def subscriptions(self, request: Request, object_id: str) -> Response:
        """Where an app hears its hooks: tell, or set once the address has answered Meta's challenge."""
        token = self.token(request)
        apps = [one for one in self.state.businesses.values() if one.app_id == object_id]
        if not apps:
            raise no_such_object(request.method, object_id)
        if token != f"{object_id}|{apps[0].app_secret}":
            raise GraphError(190)
        if request.method == "GET":
            told = {"object": self.platform.object, "callback_url": apps[0].hook_url, "active": True}
            return JSONResponse({"data": [told] if apps[0].hook_url else []})
        fields = await read_fields(request)
        url, verify_token = str(fields.get("callback_url", "")), str(fields.get("verify_token", ""))
        if fields.get("object") != self.platform.object or not url:
            raise wrong(f"Params object ({self.platform.object}) and callback_url are required.")
        if problem := await hub.verify(self.network.engine.hooks, url, verify_token):
            raise GraphError(2200, f"Callback verification failed with the following errors: {problem}")
        for business in apps:
            business.hook_url, business.verify_token = url, verify_token
        return JSONResponse({"success": True})


def _chosen(request: Request, told: dict[str, Any]) -> Response:
    """An object's fields: those asked for and its id, else its id and name."""
    asked = request.query_params.get("fields", "id,name")
    names = {name.partition("{")[0].strip() for name in asked.split(",")} | {"id"}
    return JSONResponse({name: value for name, value in told.items() if name in names})


def _listed(value: Any) -> list[str]:
    """A list of names, given as one or with commas between."""
    given = value if isinstance(value, list) else str(value or "").split(",")
    return [str(name).strip() for name in given if str(name).strip()]
