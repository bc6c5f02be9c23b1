"""What a platform's page shows."""

from __future__ import annotations

from django.db.models import Count, Max, Q, QuerySet

from heitu.ground.lti import addresses
from heitu.ground.lti.models import Launch, Platform
from heitu.ground.people.models import Institution


def platforms_of(institution: Institution) -> QuerySet[Platform]:
    """With how many deployments wait, and when somebody launched last."""
    waits, reached = Q(deployments__approved_at__isnull=True), Q(launches__refused__isnull=True)
    return institution.platforms.annotate(
        waiting=Count("deployments", filter=waits, distinct=True), last_launch=Max("launches__at", filter=reached)
    ).order_by("name", "pk")


def arrived(platform: Platform) -> QuerySet[Launch]:
    return platform.launches.filter(refused__isnull=True).select_related("context")


def refusals(platform: Platform) -> QuerySet[Launch]:
    return platform.launches.filter(refused__isnull=False)


def our_addresses(platform: Platform) -> dict[str, str]:
    """What a platform's administrator types in there."""
    return {
        "tool": addresses.ours("lti_start"), "login": addresses.ours("lti_login", platform.uuid),
        "redirect": addresses.ours("lti_launch", platform.uuid), "keys": addresses.ours("lti_keys"),
    }
