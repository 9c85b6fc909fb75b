"""The ordinary kind of route. Declared like any FastAPI route, so the OpenAPI document is whole.

`DeskRoute` is the ordinary one: strict JSON, no unknown query parameters, idempotency keys on writes.
`LeanRoute` (lean.py) does the same for the hottest endpoints without the framework's dependency machinery.
"""

from collections.abc import Awaitable, Callable, Coroutine
from functools import cache
from typing import Any

from fastapi import params
from fastapi._compat import ModelField, lenient_issubclass
from fastapi.datastructures import Default, DefaultPlaceholder
from fastapi.dependencies.utils import get_flat_params, get_typed_return_annotation
from fastapi.routing import APIRoute
from fastapi.utils import create_model_field
from starlette.requests import Request
from starlette.responses import Response

from frontdesk.api.auth import SAFE_METHODS, Needs
from frontdesk.api.desk import desk_of
from frontdesk.api.once import InFlight, Once, key_of, key_text
from frontdesk.api.requests import JsonRequest, check_query, read_json

_in_flight = InFlight()
_BY_ANNOTATION: Any = Default(None)


class DeskRoute(APIRoute):
    """An ordinary endpoint of the API.

    The schema of its answer is built at the first request, or when the OpenAPI document is: a start need not
    wait for the schemas of a hundred routes.
    """

    _answer: ModelField | None = None

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        response_model: Any = _BY_ANNOTATION,
        **kwargs: Any,
    ) -> None:
        super().__init__(path, endpoint, response_model=None, **kwargs)
        self.response_model = response_model
        if isinstance(response_model, DefaultPlaceholder):
            said = get_typed_return_annotation(endpoint)
            self.response_model = None if lenient_issubclass(said, Response) else said

    @property
    def response_field(self) -> ModelField | None:
        """What the answer is written with; None for an endpoint that answers no model."""
        if self._answer is None and self.response_model is not None:
            name = f"Response_{self.unique_id}"
            self._answer = create_model_field(name=name, type_=self.response_model, mode="serialization")
        return self._answer

    @response_field.setter
    def response_field(self, field: ModelField | None) -> None:
        self._answer = field

    @property
    def needs(self) -> Needs | None:
        """The dependency that lets callers in; None for an open route."""
        return next((call for call in _calls(self.dependant) if isinstance(call, Needs)), None)

    @property
    def is_write(self) -> bool:
        """Whether the route changes something."""
        return bool((self.methods or set()) - SAFE_METHODS)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the framework's handler with what it does not check."""
        framework_handler = cache(super().get_route_handler)
        known = frozenset(
            field.alias
            for field in get_flat_params(self.dependant)
            if isinstance(field.field_info, params.Query)
        )
        reads_json = self.body_field is not None and not isinstance(self.body_field.field_info, params.Form)
        writes = self.is_write
        # a body that no model describes is read by the endpoint
        streams = "requestBody" in (self.openapi_extra or {})
        status, route = self.status_code or 200, f"{min(self.methods or {'GET'})} {self.path}"

        needs = self.needs

        async def handle(plain: Request) -> Response:
            handler = framework_handler()
            request = JsonRequest(plain.scope, plain.receive)
            scope = await needs.admit(request) if needs is not None else None
            check_query(request.scope["query_string"], known)
            body = await read_json(request) if reads_json else b""
            text = key_text(request) if scope is not None and writes else None
            if scope is None or text is None:
                return await handler(request)
            key = key_of(scope, text, request, route, body)
            once = Once(desk_of(request), key, self.response_model, status)
            request.scope["frontdesk.once"] = once
            return await _in_flight.run(once, key, _bind(handler, request), streams=streams)

        return handle


def _bind(
    handler: Callable[[Request], Awaitable[Response]], request: Request
) -> Callable[[], Awaitable[Response]]:
    async def work() -> Response:
        return await handler(request)

    return work


def _calls(dependant: Any) -> list[Any]:
    return [call for each in dependant.dependencies for call in (each.call, *_calls(each))]
