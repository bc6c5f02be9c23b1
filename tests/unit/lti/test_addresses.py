"""Which addresses are ours, which a platform's, and which our server calls."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from heitu.ground.core.errors import Refused
from heitu.ground.lti import addresses


@pytest.mark.parametrize(("url", "origin"), [
    ("https://LMS.example.edu/mod/lti", "https://lms.example.edu"), ("https://lms.example.edu:443/", "https://lms.example.edu"),
    ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080"), ("https://[::1]:9/", "https://[::1]:9"), ("javascript:alert(1)", ""),
    ("https://a;script-src *", ""), ("https://a b/", ""), ("//lms.example.edu", ""), ("https://x:99999/", ""), ("", ""), ("https://", ""),
])
def test_an_origin_is_what_may_stand_in_a_header(url: str, origin: str) -> None:
    assert addresses.origin(url) == origin


@rounds(max_examples=50)
@given(st.text("ab.-_*:;/\\,'\" \n\r\t\0@[]?#%é长", max_size=40))
def test_an_origin_never_breaks_out_of_a_policy(text: str) -> None:
    for url in (text, f"https://{text}"):
        assert not set(addresses.origin(url)) & set(" ;,'\"\n\r\t")


@pytest.mark.parametrize(("url", "fits"), [
    ("https://lms.example.edu/items/1", True), ("https://lms.example.edu:444/items", False), ("http://lms.example.edu/items", False),
    ("https://lms.example.edu.evil.example/", False), ("https://school.instructure.com/api", True),
    ("https://instructure.com/", False), ("https://evilinstructure.com/", False), ("https://lms.example.edu@evil.example/", False),
])
def test_a_platforms_own_hosts(url: str, fits: bool) -> None:
    assert addresses.is_at(url, ["https://lms.example.edu", "https://*.instructure.com"]) is fits


@pytest.mark.parametrize("url", [
    "http://lms.example.edu/keys", "ftp://lms.example.edu/", "https://127.0.0.1/keys", "https://localhost/keys", "https://169.254.169.254/latest",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/", "nonsense",
])
def test_our_server_calls_none_of_these_in_production(url: str, settings: Any) -> None:
    settings.SECURE = True
    with pytest.raises(Refused):
        addresses.reachable(url)


def test_on_a_desk_a_platform_may_be_beside_us(settings: Any) -> None:
    settings.SECURE = False
    assert addresses.reachable("http://127.0.0.1:9/keys") == ["127.0.0.1"]
    with pytest.raises(Refused):
        addresses.reachable("http://192.0.2.1/keys")


@pytest.mark.parametrize("url", [
    "https://10.1.2.3/", "https://192.168.0.1/", "https://[fd00::1]/", "https://[::ffff:10.1.2.3]/", "https://[64:ff9b::a01:203]/",
    "https://[2002:a01:203::1]/", "https://100.64.0.1/",
])
def test_a_private_network_is_called_where_the_operator_names_it(url: str, settings: Any) -> None:
    settings.SECURE, settings.LMS_NETWORKS = True, ""
    with pytest.raises(Refused, match="address_private"):
        addresses.reachable(url)
    settings.LMS_NETWORKS = "10.0.0.0/8, 192.168.0.0/16,fd00::/8,100.64.0.0/10"
    assert len(addresses.reachable(url)) == 1
    settings.LMS_NETWORKS = "10.0.0.0/99"
    with pytest.raises(ImproperlyConfigured, match="HEITU_LMS_NETWORKS"):
        addresses.reachable(url)


@pytest.mark.parametrize(("url", "path"), [
    ("http://heitu.example/classes/1/", "/classes/1/"), ("http://heitu.example", "/"), ("https://heitu.example/classes/1/", None),
    ("http://heitu.example.evil.example/", None), ("http://evil@heitu.example/classes/1/", None), ("/classes/1/", None), ("http://[", None),
])
def test_what_is_ours(url: str, path: str | None, settings: Any) -> None:
    settings.SITE_URL = "http://heitu.example"
    assert addresses.path_of(url) == path
