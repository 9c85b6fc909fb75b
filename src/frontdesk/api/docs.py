"""The API's documents: the OpenAPI file, and two pages that show it, with nothing from another host."""

import json
from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from frontdesk.api.guards import CONTENT_SECURITY_POLICY

router = APIRouter(include_in_schema=False, route_class=APIRoute)

_SHIPPED = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "redoc.standalone.js": "text/javascript",
}
_SWAGGER = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Frontdesk API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><base href="{base}/docs/">
<link rel="stylesheet" href="swagger-ui.css"></head><body><div id="docs"></div>
<script src="swagger-ui-bundle.js"></script><script src="start.js"></script></body></html>"""
_REDOC = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Frontdesk API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><base href="{base}/docs/">
</head><body><redoc spec-url="../openapi.json" disable-search="true"></redoc>
<script src="redoc.standalone.js"></script></body></html>"""
_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
"""Of another host, so our policy refuses it; without it the page shows none."""
_START = """window.ui = SwaggerUIBundle({url: "../openapi.json", dom_id: "#docs", deepLinking: true,
  persistAuthorization: false, validatorUrl: null});
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();"""
_REDOC_POLICY = CONTENT_SECURITY_POLICY.replace(
    "style-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # this page shows only our own document
)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The OpenAPI document of this desk."""
    text = json.dumps(request.app.openapi(), ensure_ascii=False, separators=(",", ":"))
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-cache"})


@router.get("/docs")
async def swagger(request: Request) -> Response:
    """The document to read and to try."""
    return Response(_SWAGGER.format(base=request.scope["root_path"]), media_type="text/html")


@router.get("/redoc")
async def redoc(request: Request) -> Response:
    """The document to read."""
    headers = {"Content-Security-Policy": _REDOC_POLICY}
    return Response(_REDOC.format(base=request.scope["root_path"]), media_type="text/html", headers=headers)


@router.get("/docs/{name}")
async def shipped(name: str) -> Response:
    """A file of the two pages."""
    headers = {"Cache-Control": "public, max-age=86400"}
    if name == "start.js":
        return Response(_START, media_type="text/javascript", headers=headers)
    if name not in _SHIPPED:
        raise HTTPException(404)
    return Response(_content(name), media_type=_SHIPPED[name], headers=headers)


@cache
def _content(name: str) -> bytes:
    return (files("fastapi_offline") / "static" / name).read_bytes().replace(_LOGO, b"data:,")
