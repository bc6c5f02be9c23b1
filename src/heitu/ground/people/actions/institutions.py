"""Institutions are entered by officers, one by one or from a table."""

from __future__ import annotations

from datetime import datetime

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Institution, Person

RESERVED = frozenset({"new", "imports"})  # addresses of their own


@atomic
def create_institution(
    *, slug: str, name: Text, kind: str, by: Person | None, now: datetime, region: str = "", domain: str = ""
) -> Institution:
    """Raises Refused `institution_exists` or `domain_taken`."""
    if slug in RESERVED or Institution.objects.filter(slug=slug).exists():
        raise refuse(
            "institution_exists", f"标识 {slug} 已被使用。", f"The identifier {slug} is taken.", field="slug"
        )
    _check_domain(domain)
    institution = Institution.objects.create(slug=slug, name=name, kind=kind, region=region, domain=domain.lower())
    record(action="institution.created", by=by, now=now, subject=institution, detail={"slug": slug})
    return institution


@atomic
def change_institution(
    *, institution: Institution, name: Text, kind: str, region: str, domain: str, by: Person | None, now: datetime
) -> bool:
    """Return whether anything changed. Raises Refused `domain_taken`."""
    _check_domain(domain, besides=institution)
    new: dict[str, object] = {"name": name, "kind": kind, "region": region, "domain": domain.lower()}
    changed = sorted(field for field, value in new.items() if getattr(institution, field) != value)
    for field in changed:
        setattr(institution, field, new[field])
    if changed:
        institution.save(update_fields=changed)
        record(action="institution.changed", by=by, now=now, subject=institution, detail={"fields": changed})
    return bool(changed)


def _check_domain(domain: str, besides: Institution | None = None) -> None:
    others = Institution.objects.exclude(pk=besides.pk) if besides else Institution.objects.all()
    if domain and others.filter(domain=domain.lower()).exists():
        raise refuse(
            "domain_taken", f"邮箱域名 {domain} 已属于另一机构。",
            f"The e-mail domain {domain} belongs to another institution.", field="domain",
        )
