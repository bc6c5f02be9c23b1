"""A class for those who teach it and for those who learn in it."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.core.errors import refuse
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_by_email
from heitu.ground.people.views.shared import attempt, signed_in, status_of
from heitu.kinds.courses import rules
from heitu.kinds.courses.actions import classes as actions
from heitu.kinds.courses.actions import compute, enrolments
from heitu.kinds.courses.forms import (
    DeadlinesForm,
    DrawForm,
    JoinForm,
    LateForm,
    RuleForm,
    SettingsForm,
    TeacherForm,
    plan_of,
)
from heitu.kinds.courses.models import Offering
from heitu.kinds.courses.queries import classes
from heitu.kinds.courses.queries.lateness import late_changes
from heitu.kinds.courses.views.shared import number_in, seen_offering, taught_class
from heitu.ui.pages import paginate

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is read for another
CODE_LENGTH = 8
LATE_SHOWN = 50


@login_required
@require_safe
def class_list(request: HttpRequest) -> HttpResponse:
    """Where one learns, then where one teaches or oversees."""
    person, search = signed_in(request), request.GET.get("q", "").strip()
    context = {
        "learnt": classes.learnt(person)[:50], "search": search,
        "page": paginate(request, classes.listed(person, search=search)),
        "teaches": bool(rules.teaching_institutions(person)),
    }
    return render(request, "courses/classes.html", context)


@login_required
@require_safe
def offering_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A student gets the own page; whoever sees the whole class its overview."""
    person, offering = signed_in(request), seen_offering(request, pk)
    if rules.can_see_class(person, offering):
        return render(request, "courses/class_overview.html", _overview(offering, person))
    return render(request, "courses/class_student.html", _own(offering, person))


def _overview(offering: Offering, person: Person) -> dict[str, Any]:
    manifest, deadlines = offering.version.manifest, {each.lab: each for each in offering.deadlines.all()}
    students = offering.enrolments.filter(left_at__isnull=True).count()
    waiting = classes.waiting_for_person(offering)
    can_teach = rules.can_teach(person, offering)
    need = classes.next_need(offering, students=students > 0, deadlines=bool(deadlines), waiting=waiting)
    return {
        "offering": offering, "course": offering.version.course, "manifest": manifest, "students": students,
        "labs": [(lab, deadlines.get(lab.id)) for lab in manifest.labs], "teachers": offering.teachers.order_by("pk"),
        "need": need if can_teach else None, "can_teach": can_teach, "teacher_form": TeacherForm(),
        "minutes": classes.minutes_in([offering.account_code]).get(offering.account_code, 0),
    }


def _own(offering: Offering, person: Person) -> dict[str, Any]:
    now = clock.now()
    enrolment = offering.enrolments.get(person=person, left_at__isnull=True)
    enrolment.offering = offering
    standings = classes.lab_standings(enrolment)
    return {
        "offering": offering, "course": offering.version.course, "manifest": offering.version.manifest, "now": now,
        "labs": [(each, each.stage(now)) for each in standings], "next": classes.next_lab(standings, now),
        "enrolment": enrolment, "teachers": offering.teachers.order_by("pk"),
        "minutes": classes.minutes_in([enrolment.account_code]).get(enrolment.account_code, 0),
    }


@login_required
def offering_settings(request: HttpRequest, pk: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    form = SettingsForm(request.POST or None, initial=plan_of(offering))
    late = late_changes(offering, form.plan()) if form.is_bound and form.is_valid() else []
    form.fields["late_for"].required = bool(late)
    if not late:
        form.fields.pop("late_for")
    done = attempt(form, lambda: actions.edit_offering(
        offering=offering, plan=form.plan(), late_for=form.late(), by=person, now=clock.now()
    ))
    if done:
        return redirect(offering)
    context = {
        "offering": offering, "course": offering.version.course, "form": form, "late": late, "late_shown": late[:LATE_SHOWN],
    }
    return render(request, "courses/offering_form.html", context, status=status_of(form))


@login_required
@require_safe
def late_marks(request: HttpRequest, pk: int) -> HttpResponse:
    """What another rule for lateness (`late_percent`, `late_days`) would change, page by page. Changes nothing."""
    offering, _ = taught_class(request, pk)
    form = LateForm(request.GET)
    if not form.is_valid():
        return redirect("offering_settings", offering.pk)
    rule = form.rule()
    page = paginate(request, late_changes(offering, rule), per_page=50)
    return render(request, "courses/late_list.html", {"offering": offering, "rule": rule, "page": page})


@login_required
def offering_deadlines(request: HttpRequest, pk: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    labs, held = offering.version.manifest.labs, list(offering.deadlines.all())
    form = DeadlinesForm(request.POST or None, labs=labs, deadlines=held)

    def keep() -> bool:
        actions.set_deadlines(offering=offering, deadlines=form.deadlines(), by=person, now=clock.now())
        return True

    if attempt(form, keep):
        return redirect(offering)
    return render(request, "courses/deadlines.html", {"offering": offering, "form": form}, status=status_of(form))


@login_required
@require_POST
def offering_teachers(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the teacher with this address, or remove the one with this id."""
    offering, person = taught_class(request, pk)
    if remove := request.POST.get("remove", ""):
        gone = get_object_or_404(offering.teachers, pk=number_in(remove))
        actions.remove_teacher(offering=offering, person=gone, by=person, now=clock.now())
        return redirect("class_list" if gone == person else offering)
    teacher = person_by_email(request.POST.get("email", ""))
    if teacher is None:
        raise refuse("no_account", "没有这个邮箱的账号。", "Nobody has an account with this address.", field="email")
    actions.add_teacher(offering=offering, person=teacher, by=person, now=clock.now())
    return redirect(offering)


@login_required
@require_POST
def offering_code(request: HttpRequest, pk: int) -> HttpResponse:
    """A new code to join with, or (`close`) none."""
    offering, person = taught_class(request, pk)
    code = None if "close" in request.POST else "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    enrolments.change_code(offering=offering, code=code, by=person, now=clock.now())
    return redirect(offering)


@login_required
def class_join(request: HttpRequest) -> HttpResponse:
    """Come into a class with its code, which a link may bring along."""
    person = signed_in(request)
    form = JoinForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    made = attempt(form, lambda: enrolments.join(code=form.cleaned_data["code"], by=person, now=clock.now()))
    if made:
        return redirect(made.offering)
    return render(request, "courses/join.html", {"form": form}, status=status_of(form))


@login_required
def offering_compute(request: HttpRequest, pk: int) -> HttpResponse:
    """The class's purse: draw from a grant, or set the rule by which vouchers are filled."""
    offering, person = taught_class(request, pk)
    awards, asked = classes.awards_for(offering), request.POST if request.method == "POST" else None
    draw = DrawForm(
        asked if asked and "award" in asked else None, awards=awards, initial={"key": secrets.token_urlsafe(16)}
    )
    rule = RuleForm(
        asked if asked and "days" in asked else None,
        initial={"minutes": offering.voucher_minutes, "days": offering.refill_days},
    )
    drawn = attempt(draw, lambda: compute.draw(offering=offering, **draw.cleaned_data, by=person, now=clock.now()))
    ruled = attempt(rule, lambda: str(
        compute.set_rule(offering=offering, **rule.cleaned_data, by=person, now=clock.now())
    ))
    if drawn or ruled:
        return redirect("offering_compute", offering.pk)
    context = {
        "offering": offering, "awards": awards, "draw": draw, "rule": rule,
        "minutes": classes.minutes_in([offering.account_code]).get(offering.account_code, 0),
    }
    return render(request, "courses/compute.html", context, status=status_of(draw, rule))
