"""The API's root: every package's router, refusals as problem+json, the schema at /api/v1/openapi.json."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from heitu.ground.core.errors import Refused
from heitu.site.middleware import problem

api = NinjaAPI(
    title="Heitu", version="1", urls_namespace="api", docs_url=None,
    description="The lifecycle from call to credential. Tokens: /me/tokens/. Refusals are RFC 9457 problem details.",
)
ROUTERS = (
    "heitu.ground.people.api.router",
    "heitu.ground.lti.api.router",
    "heitu.stages.calls.api.router",
    "heitu.stages.applications.api.router",
    "heitu.stages.reviews.api.router",
    "heitu.stages.work.api.router",
    "heitu.stages.deliverables.api.router",
    "heitu.stages.deliverables.judging.api.router",
    "heitu.stages.settlement.api.router",
    "heitu.stages.credentials.api.router",
    "heitu.stages.skills.api.router",
    "heitu.kinds.courses.api.router",
)
for router in ROUTERS:
    api.add_router("", router)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return problem(error)
