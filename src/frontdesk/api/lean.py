"""The lean kind of route, for the few hottest endpoints.

Declared like any other route, so the OpenAPI document is whole, but run without the framework's per-request
dependency, exit-stack and response machinery: one pass over the bytes in, one pass out. A test asserts that
both kinds answer every bad input alike.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any, cast

from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter
from starlette._utils import get_route_path
from starlette.convertors import StringConvertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from frontdesk.api.auth import Needs
from frontdesk.api.desk import desk_of, find_desk
from frontdesk.api.errors import desk_problem, invalid_problem
from frontdesk.api.guards import WHOLE
from frontdesk.api.once import Once, key_of, key_text, once_of
from frontdesk.api.requests import check_json_type, check_query, parse_json, read_body
from frontdesk.api.route import DeskRoute
from frontdesk.domain.errors import DeskError

Values = dict[str, Any]


class LeanRoute(DeskRoute):
    """A hot endpoint.

    It may take: path parameters, simple query parameters, at most one JSON body, `DeskDep`, one
    `Annotated[Scope, Depends(Needs(…))]`, and `OnceDep`. With a key, `once.key` is the idempotency key for
    the store's own hot path; looking for a stored answer is the endpoint's part.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _check(self.dependant)
        lean: _Lean | None = None

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal lean
            if lean is None:
                lean = _Lean(self)  # at the first request: a start need not wait for the schemas
            request = Request(scope, receive, send)
            try:
                response = await lean.handle(request)
            except RequestValidationError as error:
                response = invalid_problem(request, error.errors())
            except DeskError as error:
                response = desk_problem(request, error)
            if isinstance(response, bytes):
                await _answer(scope, send, lean.status, _JSON, response)
            else:
                await response(scope, receive, send)

        self.app = app

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, for whoever builds the route anew."""

        async def handle(request: Request) -> Response:
            lean = _Lean(self)
            answer = await lean.handle(request)
            if isinstance(answer, Response):
                return answer
            return Response(answer, lean.status, media_type="application/json")

        return handle


_JSON, _TEXT = (b"content-type", b"application/json"), (b"content-type", b"text/plain; charset=utf-8")


async def _answer(scope: Scope, send: Send, status: int, kind: tuple[bytes, bytes], content: bytes) -> None:
    headers = [kind, (b"content-length", b"%d" % len(content))]
    if WHOLE in scope.get("extensions", ()):
        await send({"type": WHOLE, "status": status, "headers": headers, "body": content})
        return
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


class BareRoute(DeskRoute):
    """An endpoint that takes the request and texts of its path, and answers a response, or bytes of text.

    For callers who are no clients of the API, such as providers with their hooks: nothing but errors is
    handled for it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.dependant.dependencies or self.dependant.query_params or self.body_field is not None:
            msg = "a bare route takes the request and its path only"
            raise TypeError(msg)
        endpoint: Callable[..., Coroutine[Any, Any, Response | bytes]] = self.endpoint

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive, send)
            try:
                response = await endpoint(request=request, **scope["path_params"])
            except DeskError as error:
                response = desk_problem(request, error)
            if isinstance(response, bytes):
                await _answer(scope, send, 200, _TEXT, response)
            else:
                await response(scope, receive, send)

        self.app = app


class LeanFirst:
    """Looks among the lean routes before the router and its wrappings; they answer errors themselves."""

    def __init__(self, app: ASGIApp, routes: Sequence[LeanRoute | BareRoute]) -> None:
        self.app = app
        self.routes = [(route.path_regex.match, route.methods or set(), route) for route in routes]
        if any(
            type(each) is not StringConvertor for route in routes for each in route.param_convertors.values()
        ):
            msg = "the path of a lean route has plain parameters only"
            raise TypeError(msg)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            path, method = get_route_path(scope), scope["method"]
            for match, methods, route in self.routes:
                if method in methods and (found := match(path)) is not None:
                    scope["path_params"] = found.groupdict()
                    scope["endpoint"], scope["route"] = route.endpoint, route
                    await route.app(scope, receive, send)
                    return
        await self.app(scope, receive, send)


def _check(dependant: Dependant) -> None:
    if any(field.field_info.is_required() for field in dependant.query_params):
        msg = "a lean route takes optional query parameters only"
        raise TypeError(msg)
    for each in dependant.dependencies:
        if not isinstance(each.call, Needs) and each.call not in {once_of, find_desk}:
            msg = f"a lean route cannot take the dependency {each.call!r}"
            raise TypeError(msg)


def _reader(field: ModelField) -> Callable[[Any], Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(
        cast("Any", Annotated[field.field_info.annotation, field.field_info])
    )
    return adapter.validator.validate_python


class _Body:
    """The JSON body of a lean route."""

    def __init__(self, field: ModelField, name: str) -> None:
        adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", field.field_info.annotation))
        self.field, self.name, self.read = field, name, adapter.validator.validate_json

    def take(self, request: Request, body: bytes, values: Values, errors: list[Any]) -> None:
        """Put the validated body among the values, or what is wrong with it among the errors."""
        if not body:
            errors.append({"type": "missing", "loc": ("body",), "msg": "Field required", "input": None})
            return
        check_json_type(request)
        try:
            values[self.name] = self.read(body)
        except ValueError:  # again the slow way, for the same words that an ordinary route has for it
            values[self.name], found = self.field.validate(parse_json(body), values, loc=("body",))
            errors += found


class _Lean:
    """What a lean route knows of its endpoint, found once at import."""

    def __init__(self, route: DeskRoute) -> None:
        dependant = route.dependant
        self.endpoint: Callable[..., Coroutine[Any, Any, Any]] = route.endpoint
        self.path = [(field.name, _reader(field), field) for field in dependant.path_params]
        self.query = [(field.name, field.alias, field) for field in dependant.query_params]
        self.known = frozenset(alias for _, alias, _ in self.query)
        self.body = _Body(route.body_field, dependant.body_params[0].name) if route.body_field else None
        self.write = TypeAdapter(route.response_model).serializer.to_json if route.response_model else None
        self.status = route.status_code or 200
        self.route = f"{min(route.methods or {'GET'})} {route.path}"
        self.needs: Needs | None = None
        self.needs_name = self.desk_name = self.once_name = ""
        for each in dependant.dependencies:
            self._place(each)

    def _place(self, dependant: Dependant) -> None:
        name = dependant.name or ""
        if isinstance(dependant.call, Needs):
            self.needs, self.needs_name = dependant.call, name
        elif dependant.call is once_of:
            self.once_name = name
        elif dependant.call is find_desk:
            self.desk_name = name

    async def handle(self, request: Request) -> Response | bytes:
        """Answer one request: a response, or the bytes of the usual one."""
        values: Values = {}
        errors: list[Any] = []
        if self.needs is not None:
            values[self.needs_name] = await self.needs.admit(request)
        check_query(request.scope["query_string"], self.known)
        self._take_parameters(request, values, errors)
        body = b""
        if self.body is not None:
            body = await read_body(request)
            self.body.take(request, body, values, errors)
        if errors:
            raise RequestValidationError(errors)
        if self.desk_name:
            values[self.desk_name] = desk_of(request)
        if self.once_name:
            values[self.once_name] = self._once(request, values, body)
        answer = await self.endpoint(**values)
        if isinstance(answer, Response):
            return answer
        return self.write(answer) if self.write is not None else b""

    def _take_parameters(self, request: Request, values: Values, errors: list[Any]) -> None:
        given = request.scope["path_params"]
        for name, read, field in self.path:
            try:
                values[name] = read(given[field.alias])
            except ValueError:  # again the slow way, for the same words that an ordinary route has for it
                values[name], found = field.validate(given[field.alias], values, loc=("path", field.alias))
                errors += found
        if not self.query:
            return
        query = request.query_params
        for name, alias, field in self.query:
            if alias in query:
                values[name], found = field.validate(query[alias], values, loc=("query", alias))
                errors += found
            else:
                values[name] = field.get_default()

    def _once(self, request: Request, values: Values, body: bytes) -> Once:
        text = key_text(request)
        once = Once(desk_of(request), status=self.status)
        if text is not None and self.needs is not None:
            once.key = key_of(values[self.needs_name], text, request, self.route, body)
        return once
