"""A class and its learning platforms: connecting, choosing what a link opens, members, marks on their way."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.core.errors import refuse
from heitu.ground.lti import addresses, deeplinking, messages
from heitu.ground.lti.actions import scores
from heitu.ground.lti.middleware import post_to
from heitu.ground.lti.models import Launch
from heitu.ground.lti.views.shared import launch_of
from heitu.ground.people.models import Person
from heitu.ground.people.views.shared import signed_in
from heitu.kinds.courses import lms, rules
from heitu.kinds.courses.actions import lms as actions
from heitu.kinds.courses.actions import rosters
from heitu.kinds.courses.models import Offering
from heitu.kinds.courses.queries import lms as queries
from heitu.kinds.courses.views.shared import seen_class, taught_class
from heitu.ui.pages import paginate

MOST_CLASSES, MOST_SCORES = 50, 5000


@login_required
@require_safe
def class_lms(request: HttpRequest, pk: int) -> HttpResponse:
    offering, person = seen_class(request, pk)
    titles = {lab.id: lab.title for lab in offering.version.manifest.labs}
    context = {
        "offering": offering, "can_teach": rules.can_teach(person, offering), "connections": queries.connections(offering),
        "links": [(each, titles.get(each.lab)) for each in queries.links(offering)],
        "page": paginate(request, queries.unsent(offering), per_page=50), "site_url": settings.SITE_URL.rstrip("/"),
        "reading": queries.latest_reading(offering), "runs": offering.roster_runs.exclude(lines=[]).order_by("-at", "-pk")[:5],
        "labs": offering.version.manifest.labs,
    }
    return render(request, "courses/class_lms.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def class_lms_roster(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the platform's members read; or the part of the page that says how far it is, 204 while it says what was `seen`."""
    if request.method == "POST":
        offering, person = taught_class(request, pk)
        rosters.ask(offering=offering, by=person, now=clock.now())
        return redirect(f"{reverse('class_lms', args=[pk])}#roster")
    offering, _ = seen_class(request, pk)
    reading = queries.latest_reading(offering)
    if reading is not None and reading.mark == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "courses/roster_reading.html", {"offering": offering, "reading": reading})


@login_required
@require_POST
def class_lms_scores(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again what has not arrived."""
    offering, person = taught_class(request, pk)
    scores.again(scores=queries.unsent(offering)[:MOST_SCORES], by=person, now=clock.now())
    return redirect("class_lms", offering.pk)


@login_required
@require_POST
def class_lms_ending(request: HttpRequest, pk: int, connection: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    found = get_object_or_404(offering.lms_classes.select_related("context"), pk=connection)
    actions.disconnect(connection=found, by=person, now=clock.now())
    return redirect("class_lms", offering.pk)


# In a launch


@login_required
@require_http_methods(["GET", "POST"])
def lms_binding(request: HttpRequest) -> HttpResponse:
    """The teacher says which class the platform's course is, and what a link opens that names nothing."""
    launch, person = _own_launch(request)
    named = lms.place_of(launch.target) or lms.Place()
    classes = list(queries.classes_for(launch, person, named=named.offering)[:MOST_CLASSES])
    if request.method == "POST":
        offering, (lab, *_) = _chosen(classes, request.POST.getlist("thing"))
        _connected(launch, offering, person)
        if launch.link is not None and named == lms.Place():
            actions.assign(link=launch.link, offering=offering, lab=lab, now=clock.now())
        return redirect(lms.enter(launch, person, clock.now()))
    context = {"launch": launch, "classes": classes, "asks_lab": named == lms.Place(), "kind": "radio"}
    return render(request, "courses/lms_choice.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def lms_choice(request: HttpRequest) -> HttpResponse:
    """Deep linking: the teacher picks what to link, and the platform makes a column for each lab."""
    launch, person = _own_launch(request)
    asked = messages.read(launch.claims or {}).deep_linking
    if asked is None:
        raise Http404
    classes = list(queries.classes_for(launch, person)[:MOST_CLASSES])
    if request.method == "POST":
        offering, labs = _chosen(classes, request.POST.getlist("thing"))
        _connected(launch, offering, person)
        answer = deeplinking.answer(launch, _items(offering, labs if asked.accept_multiple else labs[:1]), clock.now())
        post_to(request, addresses.origin(answer.url))
        return render(request, "lti/answer.html", {"answer": answer, "launch": launch})
    kind = "checkbox" if asked.accept_multiple else "radio"
    return render(request, "courses/lms_choice.html", {"launch": launch, "classes": classes, "asks_lab": True, "kind": kind, "deep": True})


def _own_launch(request: HttpRequest) -> tuple[Launch, Person]:
    """The session's launch, of whoever is signed in, with a teacher's role. Raises Http404."""
    launch, person = launch_of(request), signed_in(request)
    is_own = launch.account is not None and launch.account.person_id == person.pk
    if not is_own or launch.context is None or not messages.read(launch.claims or {}).is_teacher:
        raise Http404
    return launch, person


def _chosen(classes: Sequence[Offering], things: Sequence[str]) -> tuple[Offering, list[str]]:
    """`5` is a class, `5/lab` a lab of it; all of one class. Raises Refused `nothing_chosen`, `several_classes`."""
    picked = [thing.partition("/")[::2] for thing in things]
    if len({pk for pk, _ in picked}) > 1:
        raise refuse("several_classes", "请只选一个课程班的内容。", "Choose from one class only.")
    offering = next((each for each in classes for pk, _ in picked[:1] if str(each.pk) == pk), None)
    if offering is None:
        raise refuse("nothing_chosen", "请选择课程班或实验。", "Choose a class or a lab.")
    return offering, [lab for _, lab in picked]


def _connected(launch: Launch, offering: Offering, person: Person) -> None:
    assert launch.context is not None
    actions.connect(context=launch.context, offering=offering, by=person, now=clock.now())


def _items(offering: Offering, labs: Sequence[str]) -> list[deeplinking.Item]:
    """Raises Refused `lab_unknown`."""
    points = {item.lab: item.maximum for item in offering.items.exclude(lab="")}
    dates = {each.lab: each for each in offering.deadlines.all()}
    items = []
    for name in labs:
        lab, due = offering.version.manifest.lab(name), dates.get(name)
        if name and lab is None:
            raise refuse("lab_unknown", f"课程里没有实验“{name}”。", f"The course has no lab “{name}”.")
        items.append(deeplinking.Item(
            url=lms.address_of(offering, name), title=str(lab.title) if lab else offering.title, points=points.get(name),
            resource=f"{offering.pk}/{name}" if name else str(offering.pk), opens_at=due.opens_at if due else None,
            due_at=due.due_at if due else None,
        ))
    return items
