"""How a platform sets itself up: Dynamic Registration's page, in a frame or a window of its own; and Canvas's own file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.lti import addresses, canvas
from heitu.ground.lti.actions import registration
from heitu.ground.lti.middleware import frame
from heitu.ground.lti.models import Platform

LONGEST = 4000


@csrf_exempt  # the secret in the address is what allows it, and a frame may get no cookies
@require_http_methods(["GET", "POST"])
def lti_registration(request: HttpRequest, token: str) -> HttpResponse:
    """Says who asks; one button, and the platform and we know each other."""
    given = request.POST if request.method == "POST" else request.GET
    url, secret = given.get("openid_configuration", "")[:LONGEST], given.get("registration_token", "")[:LONGEST]
    where, now = addresses.origin(url), clock.now()
    context: dict[str, object] = {"url": url, "secret": secret, "where": where, "launched": {"platform": where, "back": ""}}
    if where:
        frame(request, [where])
    try:
        platform = context["platform"] = registration.invited(token, now)
        if where:
            frame(request, [where, *platform.more_origins])
        if request.method == "POST":
            context["platform"] = registration.register(token=token, configuration_url=url, registration_token=secret, now=now)
            context["done"] = True
    except Refused as refused:
        return render(request, "lti/registration.html", context | {"refused": refused}, status=400)
    return render(request, "lti/registration.html", context)


@require_safe
def lti_canvas(request: HttpRequest, uuid: str) -> JsonResponse:
    """For Canvas's servers, which bring no session: nothing in it but our addresses."""
    return JsonResponse(canvas.configuration(get_object_or_404(Platform, uuid=uuid)))
