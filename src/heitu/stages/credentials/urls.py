from django.urls import path

from heitu.stages.credentials.views import files, pages, verifying

urlpatterns = [
    path("credentials/", pages.mine, name="credential_list"),
    path("credentials/all/", pages.everybodys, name="credential_all"),
    path("credentials/issuer/", pages.profile, name="credential_issuer"),
    path("credentials/<uuid:pk>/", pages.show, name="credential_detail"),
    path("credentials/<uuid:pk>/revocation/", pages.revoke, name="credential_revoke"),
    path("credentials/<uuid:pk>.json", files.as_json, name="credential_json"),
    path("credentials/<uuid:pk>.jwt", files.as_jwt, name="credential_jwt"),
    path("credentials/<uuid:pk>.svg", files.as_svg, name="credential_svg"),
    path("credentials/<uuid:pk>.png", files.as_png, name="credential_png"),
    path("credentials/status/<int:number>.json", files.status_json, name="credential_status_json"),
    path("credentials/status/<int:number>.jwt", files.status_jwt, name="credential_status_jwt"),
    path(".well-known/did.json", files.did_document, name="did_document"),
    path("did.json", files.did_document, name="did_document_under_path"),
    path("verify/", verifying.page, name="badge_verify"),
    path("verify/<uuid:pk>/", verifying.ours, name="badge_verify_own"),
]
