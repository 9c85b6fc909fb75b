"""The list of all routers, the hottest first: a path is matched in this order.

Each module of `v1/` exposes `router = APIRouter(prefix="/v1", tags=[…], route_class=DeskRoute)`.
"""

from fastapi import APIRouter

from frontdesk.api import docs
from frontdesk.api.v1 import health, live

ROUTERS: tuple[APIRouter, ...] = (health.router, live.router, docs.router)
