"""The demo university's own learning platform: registered, connected with the class, two marks on their way."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from heitu.ground.core.errors import refuse
from heitu.ground.lti.actions import launches, platforms
from heitu.ground.lti.enums import Product, Sending
from heitu.ground.lti.messages import RESOURCE, SCORE
from heitu.ground.lti.models import Account, Context, Launch, Link, Platform, Score
from heitu.ground.lti.products import suggested
from heitu.kinds.courses.actions.lms import assign, connect
from heitu.kinds.courses.models import Offering
from heitu.site.demo.cast import Cast

SITE = "https://lms.yunling.edu.example"


def connect_platform(offering: Offering, cast: Cast, now: datetime) -> None:
    """Nothing is sent anywhere: whose scores these are handed in no lab, so that none of their marks changes."""
    at = now - timedelta(days=20)
    platform = _registered(cast, at)
    deployment = platforms.approve(platform=platform, deployment_id="1", by=cast.chen, now=at)
    context = Context.objects.create(deployment=deployment, context_id="2301", title="人工智能 2301", members_url=f"{SITE}/members")
    connect(context=context, offering=offering, by=cast.lin, now=at)
    for lab in offering.version.manifest.labs[:1]:
        link = Link.objects.create(context=context, link_id="1", title=lab.title.zh, item_url=f"{SITE}/items/1", scopes=[SCORE])
        assign(link=link, offering=offering, lab=lab.id, now=at)
        _scores(link, platform, offering, now)
    refused = refuse("deployment_waiting", "这个部署还没有获得批准。", "This deployment has not been approved.")
    launches.note_refusal(platform=platform, refused=refused, now=at)
    Launch.objects.create(platform=platform, at=now - timedelta(hours=3), name="林致远", message=RESOURCE, context=context)


def _registered(cast: Cast, at: datetime) -> Platform:
    made = platforms.add(institution=cast.university, name="云岭学堂", product=Product.MOODLE, by=cast.chen, now=at)
    found = suggested(Product.MOODLE, SITE)
    told = platforms.Description(
        client_id="heitu-demo", issuer=found["issuer"], auth_url=found["auth_url"], token_url=found["token_url"],
        keys_url=found["keys_url"],
    )
    return platforms.describe(platform=made, told=told, by=cast.chen, now=at)


def _scores(link: Link, platform: Platform, offering: Offering, now: datetime) -> None:
    """One arrived, one refused."""
    problem = refuse("platform_refuses", "平台应答 404：没有这个成绩列", "The platform answers 404: no such line item")
    students = offering.enrolments.select_related("person").order_by("pk")[:10:9]
    for enrolment, state in zip(students, (Sending.SENT, Sending.REFUSED), strict=False):
        account = Account.objects.create(
            platform=platform, sub=enrolment.student_number, person=enrolment.person, name=enrolment.person.name, since=now
        )
        Score.objects.create(
            link=link, account=account, given=Decimal(0), maximum=Decimal(10), at=now, state=state, tries=1, next_try_at=now,
            problem={"code": problem.code, **problem.message.model_dump()} if state == Sending.REFUSED else None,
        )
