"""Every write of this package, by subject; each is atomic, audited, and says who (`by`) and when (`now`)."""

from heitu.ground.people.actions.imports import import_institutions, import_members
from heitu.ground.people.actions.institutions import change_institution, create_institution
from heitu.ground.people.actions.invitations import accept, bring_in, invite, revoke
from heitu.ground.people.actions.memberships import end_membership, grant, join, turn_down, verify
from heitu.ground.people.actions.notifications import mark_all_read, mark_read, notify
from heitu.ground.people.actions.persons import change_profile, greet, register, stop_mail
from heitu.ground.people.actions.teams import (
    add_member,
    add_members,
    change_team,
    create_team,
    hand_over,
    remove_member,
)
from heitu.ground.people.actions.tokens import create_token, revoke_token

__all__ = [
    "accept",
    "add_member",
    "add_members",
    "bring_in",
    "change_institution",
    "change_profile",
    "change_team",
    "create_institution",
    "create_team",
    "create_token",
    "end_membership",
    "grant",
    "greet",
    "hand_over",
    "import_institutions",
    "import_members",
    "invite",
    "join",
    "mark_all_read",
    "mark_read",
    "notify",
    "register",
    "remove_member",
    "revoke",
    "revoke_token",
    "stop_mail",
    "turn_down",
    "verify",
]
