"""`heitu officer`: how the first officer of an installation comes to be."""

from __future__ import annotations

import click


@click.command()
@click.argument("email")
@click.option("--name", default="", help="The person's name, if there is no account for EMAIL yet.")
def officer(email: str, name: str) -> None:
    """Make EMAIL a programme officer. A new account sets its password through “forgotten password”."""
    from heitu.ground.core import clock
    from heitu.ground.core.errors import Refused
    from heitu.ground.people.actions import grant, register
    from heitu.ground.people.enums import Role
    from heitu.ground.people.queries import person_by_email

    now = clock.now()
    person = person_by_email(email)
    try:
        person = person or register(email=email, name=name or email.partition("@")[0], confirmed=True, by=None, now=now)
        grant(person=person, role=Role.OFFICER, by=None, now=now)
    except Refused as refused:
        raise click.ClickException(refused.message.en) from refused
    click.echo(f"{person.name} <{person.email}> is a programme officer.")
