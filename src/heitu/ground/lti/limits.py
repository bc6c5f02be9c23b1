"""Who begins launches too often. Anybody can begin one, and each is a row until its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from heitu.ground.core.errors import refuse
from heitu.ground.lti.models import Attempt

MOST = 1000  # a campus may stand behind one address, and its classes begin on the hour
WITHIN = timedelta(minutes=1)
HOUSEHOLD = 64  # bits of an IPv6 address that one subscriber is given


def source_of(request: HttpRequest) -> str:
    """The address that the request comes from, told from others but not read back."""
    found = ip_address(get_adapter().get_client_ip(request))
    if isinstance(found, IPv6Address):
        found = ip_network((found, HOUSEHOLD), strict=False).network_address
    return salted_hmac("lti.source", str(found)).hexdigest()[:32]


def insist_on_few(source: str, now: datetime) -> None:
    """Raises Refused `too_many_launches`."""
    if Attempt.objects.filter(source=source, at__gt=now - WITHIN).count() >= MOST:
        raise refuse(
            "too_many_launches", "从您的网络来的启动太多，请一分钟后从学习平台重新打开。",
            "Too many launches come from your network: open it again from your platform in a minute.",
        )
