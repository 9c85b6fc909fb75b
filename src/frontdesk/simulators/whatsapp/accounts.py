"""Graph API's endpoints about numbers, accounts, templates, files by id, and who hears an account's hooks."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from frontdesk.simulators.base import hub
from frontdesk.simulators.whatsapp import media
from frontdesk.simulators.whatsapp.door import Door, read_json
from frontdesk.simulators.whatsapp.errors import GraphError, no_such_object
from frontdesk.simulators.whatsapp.state import Business


class Accounts(Door):
    """The endpoints over one network."""

    async def one(self, request: Request, object_id: str) -> Response:
        """A number, an account or a file by its id; a number's own hook; DELETE takes a file away."""
        self.token(request)
        stored = self.state.files.get(object_id)
        if stored is not None and request.method == "DELETE":
            del self.state.files[object_id]
            return JSONResponse({"success": True})
        if stored is not None and request.method == "GET":
            return JSONResponse(media.described(stored, _lookaside(request, stored.id)))
        if object_id in self.state.businesses and request.method != "DELETE":
            business = self.number(request, object_id)
            if request.method == "GET":
                return JSONResponse(_number_facts(business))
            wanted = _object(await read_json(request))
            return await self._subscribe([business], _object(wanted.get("webhook_configuration")))
        if request.method == "GET" and any(
            one.waba_id == object_id for one in self.state.businesses.values()
        ):
            account = self.account(request, object_id)[0]
            return JSONResponse({"id": object_id, "name": account.name, "currency": "EUR"})
        raise no_such_object(request.method, object_id)

    async def numbers(self, request: Request, object_id: str) -> Response:
        """The numbers of an account."""
        return JSONResponse({"data": [_number_facts(one) for one in self.account(request, object_id)]})

    async def templates(self, request: Request, object_id: str) -> Response:
        """The templates of an account, in pages."""
        found = self.account(request, object_id)[0].templates
        for name in ("name", "status", "language", "category"):
            if wanted := request.query_params.get(name):
                found = [template for template in found if template[name].lower() == wanted.lower()]
        limit, after = request.query_params.get("limit", "25"), request.query_params.get("after", "0")
        if not (limit.isdigit() and after.isdigit() and int(limit) > 0):
            raise GraphError(100, "limit and after must be numbers")
        start, end = int(after), int(after) + int(limit)
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(found):
            paging["next"] = str(request.url.include_query_params(after=end))
        answer: dict[str, Any] = {"data": found[start:end], "paging": paging}
        if "summary" in request.query_params:
            counts = {"total_count": len(found), "message_template_count": len(found)}
            limits = {"message_template_limit": 250, "are_translations_complete": True}
            answer["summary"] = counts | limits
        return JSONResponse(answer)

    async def subscribed(self, request: Request, object_id: str) -> Response:
        """Who hears the account's hooks: tell, begin (with Meta's GET challenge), or end."""
        account = self.account(request, object_id)
        if request.method == "GET":
            apps = [{"whatsapp_business_api_data": {"id": "1", "name": "Frontdesk", "link": ""}}]
            if account[0].hook_url:
                apps[0]["override_callback_uri"] = account[0].hook_url  # type: ignore[assignment]
            return JSONResponse({"data": apps if account[0].subscribed else []})
        if request.method == "POST":
            body = await read_json(request) if (await request.body()) else {}
            given = {**request.query_params, **_object(body)}
            return await self._subscribe(account, given)
        for business in account:
            business.subscribed = False
        return JSONResponse({"success": True})

    async def _subscribe(self, numbers: list[Business], given: dict[str, Any]) -> Response:
        """Begin to tell these numbers' hook, once it has answered Meta's challenge."""
        url = given.get("override_callback_uri") or numbers[0].hook_url
        token = given.get("verify_token") or numbers[0].verify_token
        if url and (problem := await hub.verify(self.network.hooks, str(url), str(token))):
            title = f"Callback verification failed with the following errors: {problem}"
            raise GraphError(2200, title=title)
        for business in numbers:
            business.hook_url, business.verify_token = url and str(url), str(token)
            business.subscribed = True
        return JSONResponse({"success": True})


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _lookaside(request: Request, media_id: str) -> str:
    """The file's address beside the one that was asked, wherever this application is mounted."""
    path = f"{request.scope.get('root_path', '')}/lookaside/{media_id}"
    return str(request.url.replace(path=path, query="", fragment=""))


def _number_facts(business: Business) -> dict[str, Any]:
    return {
        "id": business.id,
        "display_phone_number": business.address,
        "verified_name": business.name,
        "code_verification_status": "VERIFIED",
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "status": "CONNECTED",
        "webhook_configuration": {"application": business.hook_url or ""},
    }
