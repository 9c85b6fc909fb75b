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
<link rel="stylesheet" href="redoc.css"></head><body><div id="docs"></div>
<script src="redoc.standalone.js"></script><script src="redoc.js"></script></body></html>"""
_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
"""Of another host, so our policy refuses it; without it the page shows none."""
_PATTERN = b"#0e7c86"
"""The one colour that ReDoc takes from no theme."""
_START = """window.ui = SwaggerUIBundle({url: "../openapi.json", dom_id: "#docs", deepLinking: true,
  persistAuthorization: false, validatorUrl: null});
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();"""
_REDOC_CSS = """:root { color-scheme: light dark; }
body { margin: 0; background: light-dark(#fff, #16191d); }
@media (prefers-color-scheme: dark) {
  :root { --pattern: #5bc0ca; }
  h5, h5 > span { color: #a3abb6 !important; }
  li.react-tabs__tab--selected { color: #16191d !important; }
  td { border-color: #2a3038 !important; }
}"""
_REDOC_START = """const dark = matchMedia("(prefers-color-scheme: dark)");
const show = () => Redoc.init("../openapi.json", {disableSearch: true, theme: dark.matches ? night : {}},
  document.getElementById("docs"));
const night = {
  colors: {
    primary: {main: "#a5adff"}, success: {main: "#5cc489"},
    warning: {main: "#e0a84a"}, error: {main: "#ff8d87"},
    text: {primary: "#e6e9ee", secondary: "#a3abb6"}, border: {dark: "#39404a", light: "#2a3038"},
    gray: {50: "#1e2228", 100: "#2a3038"},
    responses: {
      success: {color: "#5cc489", backgroundColor: "#16291f", tabTextColor: "#5cc489"},
      error: {color: "#ff8d87", backgroundColor: "#331d1f", tabTextColor: "#ff8d87"},
      redirect: {color: "#e0a84a", backgroundColor: "#2d2517", tabTextColor: "#e0a84a"},
      info: {color: "#a5adff", backgroundColor: "#20233d", tabTextColor: "#a5adff"},
    },
  },
  schema: {nestedBackground: "#1b1f24", linesColor: "#39404a",
    typeNameColor: "#a3abb6", typeTitleColor: "#a3abb6", requireLabelColor: "#ff8d87",
    arrow: {color: "#a3abb6"}},
  sidebar: {backgroundColor: "#101317", textColor: "#c9ced6", activeTextColor: "#fff",
    arrow: {color: "#a3abb6"}},
  rightPanel: {backgroundColor: "#101317", textColor: "#e6e9ee"},
  codeBlock: {backgroundColor: "#0b0d10"},
  typography: {code: {color: "#ffb4af", backgroundColor: "#262b32"},
    links: {color: "#a5adff", visited: "#a5adff"}},
};
dark.addEventListener("change", show);
show();"""
_OURS = {
    "start.js": (_START, "text/javascript"),
    "redoc.js": (_REDOC_START, "text/javascript"),
    "redoc.css": (_REDOC_CSS, "text/css"),
}
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
    if name in _OURS:
        text, kind = _OURS[name]
        return Response(text, media_type=kind, headers=headers)
    if name not in _SHIPPED:
        raise HTTPException(404)
    return Response(_content(name), media_type=_SHIPPED[name], headers=headers)


@cache
def _content(name: str) -> bytes:
    content = (files("fastapi_offline") / "static" / name).read_bytes()
    return content.replace(_LOGO, b"data:,").replace(_PATTERN, b"var(--pattern, " + _PATTERN + b")")
