"""The addresses of persons, institutions, teams and what they are told."""

from __future__ import annotations

from django.urls import path

from heitu.ground.people.views import (
    imports,
    institutions,
    invitations,
    members,
    notifications,
    profile,
    teams,
    tokens,
)

app_name = "people"

urlpatterns = [
    path("institutions/", institutions.institutions, name="institutions"),
    path("institutions/file.csv", institutions.institutions_file, name="institutions_file"),
    path("institutions/new/", institutions.new_institution, name="new_institution"),
    path("institutions/imports/", imports.institution_imports, name="institution_imports"),
    path("institutions/<slug:slug>/", institutions.institution, name="institution"),
    path("institutions/<slug:slug>/settings/", institutions.institution_settings, name="institution_settings"),
    path("institutions/<slug:slug>/membership/", institutions.membership, name="membership"),
    path("institutions/<slug:slug>/members/", members.members, name="members"),
    path("institutions/<slug:slug>/members/file.csv", members.members_file, name="members_file"),
    path("institutions/<slug:slug>/members/imports/", imports.member_imports, name="member_imports"),
    path("institutions/<slug:slug>/invitations/", invitations.institution_invitations, name="institution_invitations"),
    path("imports/<int:pk>/", imports.import_run, name="import"),
    path("imports/<int:pk>/faults.csv", imports.import_faults, name="import_faults"),
    path("memberships/<int:pk>/verification/", members.verification, name="verification"),
    path("memberships/<int:pk>/ending/", members.ending, name="ending"),
    path("roles/", members.roles, name="roles"),
    path("roles/invitations/", invitations.role_invitations, name="role_invitations"),
    path("invitations/<int:pk>/revocation/", invitations.revocation, name="revocation"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.new_team, name="new_team"),
    path("teams/<slug:slug>/", teams.team, name="team"),
    path("teams/<slug:slug>/settings/", teams.team_settings, name="team_settings"),
    path("teams/<slug:slug>/members/", teams.team_members, name="team_members"),
    path("teams/<slug:slug>/members/<int:pk>/departure/", teams.departure, name="departure"),
    path("teams/<slug:slug>/members/<int:pk>/lead/", teams.lead, name="lead"),
    path("me/", profile.profile, name="profile"),
    path("me/acting/", profile.acting, name="acting"),
    path("me/tokens/", tokens.tokens, name="tokens"),
    path("me/tokens/<int:pk>/revocation/", tokens.token_revocation, name="token_revocation"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/reading/", notifications.all_reading, name="all_reading"),
    path("notifications/<int:pk>/reading/", notifications.reading, name="reading"),
    path("mail/<str:token>/", notifications.unsubscribe, name="unsubscribe"),
]
