from __future__ import annotations

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people import mail, tasks
from heitu.ground.people.actions import invite, notify, revoke
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Notification, Person
from tests.factories import NOW
from tests.people import Cast

TITLE = Text(zh="轮到您了", en="It is your turn")


def told(cast: Cast, *names: str) -> list[Notification]:
    people = [getattr(cast, name) for name in names]
    return notify(people=people, kind="turn", title=TITLE, body=Text(zh="请看"), url="/teams/dengta/", now=NOW)


def test_each_person_is_told_once_and_mail_is_queued_for_those_who_want_it(cast: Cast) -> None:
    cast.sun.wants_mail = False
    lines = told(cast, "lin", "lin", "sun")
    assert [line.person for line in lines] == [cast.lin, cast.sun]
    jobs = ProcrastinateJob.objects.filter(task_name="heitu.ground.people.tasks.mail_notification")
    queued = {job.args["notification"] for job in jobs}
    assert queued & {line.pk for line in lines} == {lines[0].pk}


def test_the_mail_speaks_the_persons_language_and_has_a_way_out(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    cast.lin.language = "en"
    cast.lin.save()
    (line,) = told(cast, "lin")
    tasks.mail_notification(line.pk)
    tasks.mail_notification(line.pk)  # a job may run twice, the mail goes once
    (sent,) = mailoutbox
    assert "It is your turn" in sent.subject
    assert "/teams/dengta/" in sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent.extra_headers["List-Unsubscribe"].strip("<>") in sent.body


def test_unsubscribing_by_mail_program_and_by_page(cast: Cast, client: Client, mailoutbox: list[EmailMessage]) -> None:
    (line,) = told(cast, "lin")
    address = reverse("people:unsubscribe", args=[mail.unsubscribe_token(cast.lin)])
    assert client.get(address).status_code == 200
    assert Person.objects.get(pk=cast.lin.pk).wants_mail  # a link scanner opens, only a POST acts
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Person.objects.get(pk=cast.lin.pk).wants_mail
    tasks.mail_notification(line.pk)
    assert mailoutbox == []


@pytest.mark.parametrize("token", ["1:forged", "x", "1"])
def test_a_forged_link_leads_nowhere(cast: Cast, client: Client, token: str) -> None:
    assert client.get(reverse("people:unsubscribe", args=[token])).status_code == 404
    assert client.get(reverse("people:invitation", args=[token])).status_code == 404


def test_one_kind_of_link_is_not_good_for_the_other(cast: Cast, client: Client) -> None:
    sent = invite(email="x@x.example", role=Role.EXPERT, by=cast.chen, now=NOW)
    assert client.get(reverse("people:unsubscribe", args=[mail.invitation_token(sent)])).status_code == 404


def test_the_invitation_mail_leads_to_its_page(cast: Cast, client: Client, mailoutbox: list[EmailMessage]) -> None:
    sent = invite(email="x@x.example", role=Role.EXPERT, by=cast.chen, now=clock.now())
    tasks.mail_invitation(sent.pk)
    path = reverse("people:invitation", args=[mail.invitation_token(sent)])
    assert mailoutbox[0].to == ["x@x.example"]
    assert path in mailoutbox[0].body
    assert "x@x.example" in client.get(path).content.decode()
    revoke(invitation=sent, by=cast.chen, now=clock.now())
    tasks.mail_invitation(sent.pk)
    assert len(mailoutbox) == 1
    assert client.get(path).status_code == 409


def test_opening_marks_as_read_and_leads_on(cast: Cast, client: Client) -> None:
    first, _, _ = (*told(cast, "lin"), *told(cast, "lin"), *told(cast, "sun"))
    client.force_login(cast.lin)
    page = client.get(reverse("people:notifications"))
    assert page.context["unread"] == 2
    opened = client.post(reverse("people:reading", args=[first.pk]))
    assert opened["Location"] == "/teams/dengta/"
    client.post(reverse("people:all_reading"))
    assert not Notification.objects.filter(person=cast.lin, read_at=None).exists()
    assert Notification.objects.filter(person=cast.sun, kind="turn", read_at=None).count() == 1


def test_a_visitors_page_asks_nothing_about_people(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert client.get(reverse("account_inactive")).status_code == 200
