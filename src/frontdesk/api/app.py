"""Puts the API together: routes, guards and error answers around one `Desk`. No endpoint lives here."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from frontdesk.api import guards
from frontdesk.api.desk import SERVED_BY, ApiConfig, Desk
from frontdesk.api.errors import on_desk_error, on_http_error, on_invalid
from frontdesk.api.lean import BareRoute, LeanFirst, LeanRoute
from frontdesk.api.openapi import build
from frontdesk.api.routers import ROUTERS
from frontdesk.api.tracing import Tracing
from frontdesk.api.web import Pages
from frontdesk.domain.errors import DeskError


class DeskApp(FastAPI):
    """FastAPI with our guards instead of its outer middlewares, and our OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """The document, built at first use."""
        if self.openapi_schema is None:
            self.openapi_schema = build(self)
        return self.openapi_schema

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        scope["app"], scope[SERVED_BY] = self, self.state.desk
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        await self.middleware_stack(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """The guards, outermost first: headers, tracing, hygiene, CORS of the widget, size, errors."""
        config: ApiConfig = self.state.config
        app: ASGIApp = AsyncExitStackMiddleware(self.router)
        app = ExceptionMiddleware(app, handlers=dict(self.exception_handlers))
        app = LeanFirst(app, [each for each in self.router.routes if isinstance(each, LeanRoute | BareRoute)])
        app = guards.BodyLimit(app, limit_of=_limits(config))
        app = guards.WidgetCors(app)
        app = guards.Hygiene(app, hosts=config.allowed_hosts, base_path=config.base_path)
        desk: Desk | None = self.state.desk
        app = Tracing(app, log_all=config.log_requests, instruments=desk.metrics if desk else None)
        return guards.Headers(app, is_secure=config.is_secure)


def create_app(desk: Desk | None = None, *, routes: Sequence[BaseRoute] = ()) -> DeskApp:
    """The ASGI application around a desk; without one it still knows its OpenAPI document.

    Args:
        desk: The services.
        routes: More routes, such as the simulators of a demo.
    """
    app = DeskApp(
        title="Frontdesk",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False},
    )
    app.state.config = desk.config if desk is not None else ApiConfig()
    app.state.desk = desk
    app.add_exception_handler(DeskError, on_desk_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http_error)
    for router in ROUTERS:
        app.router.routes.extend(router.routes)  # flat: an included router would match every path twice
    app.router.routes.extend(routes)
    app.router.redirect_slashes = False
    app.router.default = Pages(app.state.config)
    return app


_UPLOADS = ("/v1/attachments", "/v1/widget/attachments", "/simulators/")


def _limits(config: ApiConfig) -> Callable[[str], int]:
    def limit_of(path: str) -> int:
        if path == "/v1/import":
            return config.import_bytes
        if path.startswith(_UPLOADS):
            return config.upload_bytes
        return config.hook_bytes if path.startswith("/hooks/") else config.body_bytes

    return limit_of
