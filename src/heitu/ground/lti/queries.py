"""What a platform's page shows."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from heitu.ground.lti import addresses
from heitu.ground.lti.models import Launch, Platform
from heitu.ground.people.models import Institution


def platforms_of(institution: Institution) -> QuerySet[Platform]:
    """With how many deployments wait, and when somebody launched last."""
    waits = Q(deployments__approved_at__isnull=True)
    newest = Launch.objects.filter(platform=OuterRef("pk"), refused__isnull=True).order_by("-at").values("at")[:1]
    rows = institution.platforms.annotate(waiting=Count("deployments", filter=waits), last_launch=Subquery(newest))
    return rows.order_by("name", "pk")


def arrived(platform: Platform) -> QuerySet[Launch]:
    return platform.launches.filter(refused__isnull=True).select_related("context")


def refusals(platform: Platform) -> QuerySet[Launch]:
    return platform.launches.filter(refused__isnull=False)


def our_addresses(platform: Platform) -> dict[str, str]:
    """What a platform's administrator types in there."""
    return {
        "tool": addresses.ours("lti_start"), "login": addresses.ours("lti_login", platform.uuid),
        "redirect": addresses.ours("lti_launch", platform.uuid), "keys": addresses.ours("lti_keys", platform.uuid),
        "canvas": addresses.ours("lti_canvas", platform.uuid),
    }
