"""Mail from the queue. Each task may run twice: a mail that was sent is not sent again."""

from __future__ import annotations

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.actions.invitations import check_open
from heitu.ground.people.mail import invitation_mail, notification_mail
from heitu.ground.people.models import Invitation, Notification

_AGAIN = RetryStrategy(max_attempts=6, exponential_wait=4)


@app.task(queue="mail", retry=_AGAIN)
def mail_notification(notification: int) -> None:
    """Mail the notification with this id, unless it was mailed or the person wants no mail (any more)."""
    with transaction.atomic():
        waiting = Notification.objects.select_for_update(of=("self",)).select_related("person")
        line = waiting.filter(pk=notification, mailed_at__isnull=True, person__wants_mail=True).first()
        if line is None:
            return
        notification_mail(line).send()
        line.mailed_at = clock.now()
        line.save(update_fields=["mailed_at"])


@app.task(queue="mail", retry=_AGAIN)
def mail_invitation(invitation: int) -> None:
    """Mail the invitation with this id, if it can still be accepted."""
    found = Invitation.objects.select_related("institution", "team", "invited_by").filter(pk=invitation).first()
    if found is None:
        return
    try:
        check_open(found, clock.now())
    except Refused:
        return
    invitation_mail(found).send()
