"""Every address of the product; each package brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from heitu.site import views
from heitu.site.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("demo/", views.demo_people_list, name="demo_people"),
    path("demo/<int:pk>/session/", views.demo_sign_in, name="demo_sign_in"),
    path("api/v1/", api.urls),
    path("accounts/oidc/<str:provider_id>/login/", views.sign_in_elsewhere),  # before allauth's, which it wraps
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("heitu.ui.urls")),
    path("", include("heitu.ground.people.urls")),
    path("", include("heitu.ground.lti.urls")),
    path("", include("heitu.stages.calls.urls")),
    path("", include("heitu.stages.applications.urls")),
    path("", include("heitu.stages.reviews.urls")),
    path("", include("heitu.stages.work.urls")),
    path("", include("heitu.stages.deliverables.urls")),
    path("", include("heitu.stages.settlement.urls")),
    path("", include("heitu.stages.credentials.urls")),
    path("", include("heitu.stages.skills.urls")),
    path("", include("heitu.kinds.courses.urls")),
]
