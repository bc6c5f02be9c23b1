"""Issue, sign, revoke, against the database."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from heitu.engines.lifecycle.actions import move
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core.errors import Refused
from heitu.ground.people.actions import remove_member
from heitu.ground.people.models import Notification
from heitu.stages.applications.models import Application
from heitu.stages.credentials import actions, issuer, queries, rules
from heitu.stages.credentials.badge import proofs, statuslist, tokens
from heitu.stages.credentials.badge.verifying import verify
from heitu.stages.credentials.models import Credential
from heitu.stages.credentials.tasks import sign_waiting
from tests.factories import NOW
from tests.people import Cast
from tests.unit.credentials import library

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def credential(application: Application, cast: Cast) -> Credential:
    return actions.issue(application=application, by=cast.chen, now=NOW)[1]


def test_publishing_gives_every_present_member_one_credential(application: Application, cast: Cast) -> None:
    move(case=application.case, event="publish", by=cast.chen, now=NOW)
    issued = queries.of_application(application)
    assert {credential.person.name for credential in issued} == {"林致远", "孙琪"}
    assert {credential.signed_at for credential in issued} == {None}
    assert AuditEntry.objects.filter(action="credentials.issued", actor=cast.chen).count() == 1
    assert Notification.objects.filter(kind="credential_issued", person=cast.sun).count() == 1


def test_issuing_again_gives_nobody_a_second_one(application: Application, cast: Cast) -> None:
    first = actions.issue(application=application, by=None, now=NOW)
    assert actions.issue(application=application, by=None, now=LATER) == []
    assert Credential.objects.count() == len(first) == 2
    assert AuditEntry.objects.filter(action="credentials.issued").count() == 1


def test_whoever_left_the_team_gets_none(application: Application, cast: Cast) -> None:
    remove_member(team=cast.dengta, person=cast.sun, by=cast.lin, now=NOW)
    issued = actions.issue(application=application, by=None, now=LATER)
    assert [credential.person for credential in issued] == [cast.lin]


def test_the_document_says_who_did_what_and_what_it_rests_on(application: Application, cast: Cast) -> None:
    library.a_verdict(application, now=NOW)
    document = actions.issue(application=application, by=None, now=NOW)[1].document
    subject = document["credentialSubject"]
    assert queries.holder_name(document) == "孙琪"
    assert [each["targetCode"] for each in subject["achievement"]["alignment"]] == ["mixed-precision", "cpp-kernels"]
    assert document["evidence"][0]["id"].endswith(f"/applications/{application.pk}/")
    assert "42/42" in document["evidence"][0]["narrative"]
    assert "2.60×" in document["evidence"][0]["narrative"]
    assert document["issuer"]["id"] == issuer.did()


def test_a_rejected_or_simulated_verdict_is_no_boast(application: Application, cast: Cast) -> None:
    library.a_verdict(application, now=NOW, accepted=False)
    library.a_verdict(application, now=NOW, version=2, simulated=True)
    library.a_verdict(application, now=NOW, accepted=False, version=3)
    document = actions.issue(application=application, by=None, now=NOW)[0].document
    assert "simulated device" in document["evidence"][0]["narrative"]


def test_signing_adds_two_signatures_that_fit_once(credential: Credential) -> None:
    signed = actions.sign(credential=credential, now=LATER)
    key = issuer.signing_key()
    proofs.verify(signed.document, key.public)
    tokens.verify(signed.jwt, key.public)
    assert signed.document["credentialStatus"]["statusListCredential"].endswith(".json")
    assert tokens.read(signed.jwt)[1]["credentialStatus"]["statusListCredential"].endswith(".jwt")
    late = Credential.objects.get(pk=credential.pk)
    late.signed_at = None  # as a second reader saw it, who began before the first had finished
    late.document = {name: value for name, value in signed.document.items() if name != "proof"}
    again = actions.sign(credential=late, now=LATER + timedelta(days=1))
    assert (again.jwt, again.signed_at) == (signed.jwt, LATER)


def test_the_queue_signs_what_nobody_asked_for(application: Application) -> None:
    actions.issue(application=application, by=None, now=NOW)
    sign_waiting(timestamp=0)
    assert Credential.objects.filter(signed_at__isnull=True).count() == 0
    assert actions.sign_waiting(now=LATER) == 0


def test_revoking_sets_the_bit_for_good_and_tells_the_holder(credential: Credential, cast: Cast) -> None:
    signed = actions.sign(credential=credential, now=NOW)
    text = signed.jwt.encode()
    assert verify(text, knowledge=queries.knowledge(), now=LATER).verdict == "pass"
    actions.revoke(credential=credential, by=cast.chen, now=LATER, reason=" 交付系抄袭 ")
    report = verify(text, knowledge=queries.knowledge(), now=LATER)
    assert [check.code for check in report.checks if check.outcome == "fail"] == ["status"]
    told = Notification.objects.get(kind="credential_revoked")
    assert told.person == cast.sun
    assert "交付系抄袭" in told.body.zh
    assert AuditEntry.objects.get(action="credentials.revoked").detail == {"reason": "交付系抄袭"}


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_revoking_needs_a_reason(credential: Credential, cast: Cast, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        actions.revoke(credential=credential, by=cast.chen, now=LATER, reason=reason)
    assert (refusal.value.code, refusal.value.field) == ("reason_missing", "reason")


def test_revoking_twice_is_refused(credential: Credential, cast: Cast) -> None:
    actions.revoke(credential=credential, by=cast.chen, now=LATER, reason="误发")
    with pytest.raises(Refused) as refusal:
        actions.revoke(credential=credential, by=cast.chen, now=LATER, reason="再来")
    assert refusal.value.code == "already_revoked"


def test_the_lists_show_revocations_in_both_forms_at_once(credential: Credential, cast: Cast) -> None:
    def bits(now_document: dict[str, object]) -> bytes:
        subject = now_document["credentialSubject"]
        assert isinstance(subject, dict)
        return statuslist.decode(subject["encodedList"])

    place = credential.status_index % statuslist.SIZE
    number = credential.status_index // statuslist.SIZE
    assert not statuslist.is_set(bits(queries.status_list(number, now=LATER)), place)
    actions.revoke(credential=credential, by=cast.chen, now=LATER, reason="误发")
    as_json = queries.status_list(number, now=LATER)
    as_token = queries.status_token(number, now=LATER)
    proofs.verify(as_json, issuer.signing_key().public)
    tokens.verify(as_token, issuer.signing_key().public)
    for document in (as_json, tokens.read(as_token)[1]):
        assert statuslist.is_set(bits(document), place)
        assert bits(document).count(b"\0") == len(bits(document)) - 1


def test_the_database_keeps_what_was_issued(credential: Credential, cast: Cast) -> None:
    actions.sign(credential=credential, now=NOW)
    actions.revoke(credential=credential, by=cast.chen, now=LATER, reason="误发")
    row = Credential.objects.filter(pk=credential.pk)
    changes: list[dict[str, Any]] = [
        {"title": {"zh": "别的", "en": ""}}, {"revoked_at": None, "revocation_reason": ""}, {"jwt": "x"},
        {"document": {}}, {"person": cast.lin},
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.exclude(pk=credential.pk).update(revoked_at=LATER)


def test_status_bits_are_never_given_twice(application: Application) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('credentials_status_index')")
        (before,) = cursor.fetchone()
    indexes = [credential.status_index for credential in actions.issue(application=application, by=None, now=NOW)]
    assert len(set(indexes)) == 2
    assert min(indexes) > before


def test_bits_beyond_one_list_go_on_in_the_next(credential: Credential) -> None:
    assert queries.list_address(statuslist.SIZE - 1, "json").endswith("/credentials/status/0.json")
    assert queries.list_address(statuslist.SIZE, "jwt").endswith("/credentials/status/1.jwt")
    assert queries.is_revoked(queries.list_address(0, "json"), statuslist.SIZE) is None
    assert queries.is_revoked("https://elsewhere.example/credentials/status/0.json", 3) is None


def test_a_retired_key_still_verifies(credential: Credential, settings: object) -> None:
    signed = actions.sign(credential=credential, now=NOW)
    folder = Path(settings.HOME) / "keys"  # type: ignore[attr-defined]
    before = (folder / "badges").read_text()
    (folder / "badges").rename(folder / "badges-2025")
    try:
        assert issuer.signing_key().id != signed.document["proof"]["verificationMethod"]
        report = verify(signed.jwt.encode(), knowledge=queries.knowledge(), now=LATER)
        assert report.verdict == "pass"
        assert len(queries.did_document()["verificationMethod"]) == 2
    finally:
        (folder / "badges-2025").rename(folder / "badges")
    assert hashlib.sha256(before.encode()).digest() == hashlib.sha256((folder / "badges").read_bytes()).digest()


def test_predicates_and_scopes_agree_for_everybody(credential: Credential, cast: Cast) -> None:
    everything = list(Credential.objects.all())
    for person in cast.persons().values():
        listable, revocable = set(rules.listable_by(person)), set(rules.revocable_by(person))
        for each in everything:
            assert rules.can_list(person, each) == (each in listable)
            assert rules.can_revoke(person, each) == (each in revocable)
    assert set(rules.listable_by(cast.sun)) == {credential}
    assert rules.can_revoke(cast.chen, credential)
    assert not rules.can_revoke(cast.xu, credential)


def test_issuing_is_a_handful_of_queries(application: Application, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        actions.issue(application=application, by=None, now=NOW)
