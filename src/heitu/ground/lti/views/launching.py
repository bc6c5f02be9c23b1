"""The browser's way in: the platform begins, sends its token, and the person is here."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.lti import addresses, doors, limits, messages, ourkeys
from heitu.ground.lti.actions import launches
from heitu.ground.lti.middleware import SESSION, cookies_for, frame
from heitu.ground.lti.models import Attempt, Launch, Platform
from heitu.ground.lti.rules import can_be_launched
from heitu.ground.lti.views.shared import launch_of, refused_page, state_cookie
from heitu.ground.people.models import Person
from heitu.ground.people.views.shared import signed_in

SESSION_SECONDS = 12 * 3600
AGAIN = "lti.again"


@require_safe
def lti_keys(request: HttpRequest, uuid: str) -> JsonResponse:
    """The key set with which we sign for the platform."""
    platform = get_object_or_404(Platform, uuid=uuid)
    found = {"keys": [key.public for key in ourkeys.published(platform, clock.now())]}
    return JsonResponse(found, headers={"Cache-Control": "public, max-age=3600"})


@csrf_exempt
@require_http_methods(["GET", "POST"])
def lti_login(request: HttpRequest, uuid: str) -> HttpResponse:
    """The platform begins a launch; the browser is sent back there for the token, with half of the state as a cookie."""
    platform, now = get_object_or_404(Platform, uuid=uuid), clock.now()
    asked = (request.POST if request.method == "POST" else request.GET).dict()
    try:
        return _begun(request, platform, {name: str(value) for name, value in asked.items()})
    except Refused as refused:
        return refused_page(request, platform, refused, now)


def _begun(request: HttpRequest, platform: Platform, asked: dict[str, str]) -> HttpResponse:
    beginning = launches.begin(platform=platform, asked=asked, source=limits.source_of(request), now=clock.now())
    response = redirect(beginning.url)
    state_cookie(request, response, beginning.state)
    return response


@csrf_exempt
def lti_launch(request: HttpRequest, uuid: str) -> HttpResponse:
    """The platform's answer. The session's key changes, and whoever was signed in here before is no more."""
    platform, now = get_object_or_404(Platform.objects.select_related("institution"), uuid=uuid), clock.now()
    try:
        launch = _arrived(request, platform)
        return _let_in(request, launch)
    except Refused as refused:
        return refused_page(request, platform, refused, now)


def _arrived(request: HttpRequest, platform: Platform) -> Launch:
    now = clock.now()
    given = request.POST if request.method == "POST" else {}
    state, token, error = (str(given.get(name, "")) for name in ("state", "id_token", "error"))
    if not state or not (token or error):
        raise refuse("opened_directly", "请从学习平台里打开实验。", "Open the lab from within your learning platform.")
    attempt = launches.attempt_of(platform, state, now)
    _insist_on_cookie(request, attempt, state)
    if error:  # of this launch: nobody else puts words onto our page
        said = f"{error} {given.get('error_description', '')}"[:200]
        raise refuse("platform_says_no", f"学习平台拒绝了启动：{said}", f"The learning platform refuses: {said}")
    return launches.arrive(platform=platform, attempt=attempt, token=token, now=now)


def _insist_on_cookie(request: HttpRequest, attempt: Attempt, state: str) -> None:
    """The launch belongs to the browser that began it. Where frames get no cookies, a window of its own helps."""
    if not constant_time_compare(request.COOKIES.get(f"lti-{attempt.state[:16]}", ""), state):
        raise refuse(
            "state_foreign", "这次启动不是在这个浏览器里开始的，或浏览器不允许嵌入页面使用 Cookie。",
            "This launch was not begun in this browser, or the browser keeps cookies from embedded pages.",
            again=signing.dumps(attempt.pk, salt=AGAIN),
        )


def _let_in(request: HttpRequest, launch: Launch) -> HttpResponse:
    if launch.account is not None:
        return _enter(request, launch, launch.account.person)
    logout(request)  # else a stranger's platform could show, in its frame, pages of whoever was signed in
    request.session[SESSION] = _told(request, launch)
    frame(request, launch.platform.origins)
    return redirect("lti_welcome")


def _enter(request: HttpRequest, launch: Launch, person: Person) -> HttpResponse:
    """Signed in as the person, on the page that the launch opens. Raises Refused where there is no way in."""
    if not can_be_launched(person, launch.platform.institution):
        raise refuse(
            "not_launchable", "这个账号已停用，或有了全平台角色，不能由教学平台登录。",
            "This account is switched off, or holds roles beyond teaching: a learning platform can't sign it in.",
        )
    chosen = doors.registered()
    is_choosing = launch.message == messages.DEEP_LINKING
    where = chosen.choose(launch) if is_choosing else chosen.enter(launch, person, clock.now())
    login(request, person)
    request.session.cycle_key()
    request.session[SESSION] = _told(request, launch, person)
    request.session.set_expiry(SESSION_SECONDS)
    frame(request, launch.platform.origins)
    return redirect(where)


def _told(request: HttpRequest, launch: Launch, person: Person | None = None) -> dict[str, object]:
    message = messages.read(launch.claims or {})
    back = message.presentation.return_url
    return {
        "launch": launch.pk, "platform": launch.platform.name, "origins": launch.platform.origins,
        "person": str(person.pk) if person else None, "cookies": cookies_for(request),
        "back": back if addresses.origin(back) else "",
    }


@require_http_methods(["GET", "POST"])
def lti_welcome(request: HttpRequest) -> HttpResponse:
    """The first time: go on as somebody new, or say which account of ours it is."""
    launch = launch_of(request)
    if request.method == "POST":
        account = launches.welcome(launch=launch, now=clock.now())
        try:
            return _enter(request, launch, account.person)
        except Refused as refused:
            return refused_page(request, launch.platform, refused, clock.now())
    return render(request, "lti/welcome.html", {"launch": launch, "message": messages.read(launch.claims or {})})


@login_required
@require_http_methods(["GET", "POST"])
def lti_binding(request: HttpRequest) -> HttpResponse:
    """Signed in to an account of ours: this is the platform's user, from now on."""
    launch, person = launch_of(request), signed_in(request)
    if request.method == "POST":
        launches.bind(launch=launch, by=person, now=clock.now())
        try:
            return _enter(request, launch, person)
        except Refused as refused:
            return refused_page(request, launch.platform, refused, clock.now())
    return render(request, "lti/binding.html", {"launch": launch, "person": person, "message": messages.read(launch.claims or {})})


@login_required
@require_POST
def lti_release(request: HttpRequest) -> HttpResponse:
    """A teacher takes back having begun as somebody new, and opens the link once more."""
    launch, person = launch_of(request), signed_in(request)
    if launch.account is None or not messages.read(launch.claims or {}).is_teacher:
        raise Http404
    launches.release(account=launch.account, by=person, now=clock.now())
    logout(request)
    return redirect("lti_start")


@require_GET
def lti_start(request: HttpRequest) -> HttpResponse:
    """What a link opens that names no class: those who come here without a launch are told how it is meant."""
    return render(request, "lti/start.html", {})


@require_GET
def lti_again(request: HttpRequest, uuid: str) -> HttpResponse:
    """In a window of its own, from the beginning. By a link, as `form-action` holds for whatever a form is redirected to, too."""
    platform = get_object_or_404(Platform, uuid=uuid)
    try:
        return _begun(request, platform, _first_asked(request, platform))
    except Refused as refused:
        return refused_page(request, platform, refused, clock.now())


def _first_asked(request: HttpRequest, platform: Platform) -> dict[str, str]:
    """With what the platform began the launch that this page was shown for. Raises Refused `state_unknown`."""
    try:
        pk = signing.loads(request.GET.get("again", ""), salt=AGAIN, max_age=launches.MINUTES)
    except signing.BadSignature:
        pk = 0
    found = platform.attempts.filter(pk=pk).first()
    if found is None:
        raise refuse("state_unknown", "请从学习平台重新打开。", "Open it again from your platform.")
    return dict(found.asked)
