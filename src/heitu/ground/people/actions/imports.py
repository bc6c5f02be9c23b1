"""Tables of institutions and of members: all or nothing, every fault named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug

from heitu.ground.audit.actions import record
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.actions.institutions import RESERVED
from heitu.ground.people.actions.roster import enter_members
from heitu.ground.people.enums import ImportKind, InstitutionKind, Role, Titled
from heitu.ground.people.models import ImportRun, Institution, Person
from heitu.ground.people.queries import grantable_roles, institutions_by_slug
from heitu.ground.people.sheets import Column, Row, read_table

INSTITUTION_COLUMNS = (
    Column("slug", ("标识",), required=True),
    Column("name_zh", ("名称", "中文名称"), required=True),
    Column("name_en", ("英文名称",)),
    Column("kind", ("类型",), required=True),
    Column("region", ("地区", "省份")),
    Column("domain", ("邮箱域名", "域名")),
)
MEMBER_COLUMNS = (
    Column("email", ("邮箱", "电子邮箱"), required=True),
    Column("name", ("姓名",), required=True),
    Column("name_latin", ("拼音", "英文名")),
    Column("role", ("身份", "角色"), required=True),
)
DOMAIN = re.compile(r"^(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$")


@dataclass
class Findings:
    """The faults met so far, in the order of the table."""

    faults: list[dict[str, object]] = field(default_factory=list)

    def add(self, row: Row, column: str, zh: str, en: str) -> None:
        value = row.cells.get(column, "")
        self.faults.append({"row": row.number, "column": column, "value": value, "zh": zh, "en": en})


@atomic
def import_institutions(*, file_name: str, data: bytes, by: Person | None, now: datetime) -> ImportRun:
    """Enter or change institutions by slug. With any row at fault nothing is taken over and the run lists why.

    Raises Refused where the file as a whole can't be read (see `sheets.read_table`).
    """
    rows = read_table(file_name, data, INSTITUTION_COLUMNS)
    findings = Findings()
    wanted = [_institution(row, findings) for row in rows]
    find_repeats(rows, "slug", findings)
    find_repeats(rows, "domain", findings)
    known = institutions_by_slug(institution.slug for institution in wanted)
    _find_taken_domains(rows, findings)
    created, changed = (0, 0) if findings.faults else _save_institutions(wanted, known)
    return _finish(ImportKind.INSTITUTIONS, None, file_name, rows, created, changed, findings, by, now)


@atomic
def import_members(
    *, institution: Institution, file_name: str, data: bytes, by: Person | None, now: datetime
) -> ImportRun:
    """Give verified roles at `institution`, with an account for whoever has none yet; all or nothing, as above.

    Whoever is entered is told, and sets a password through “forgotten password”.
    """
    rows = read_table(file_name, data, MEMBER_COLUMNS)
    findings = Findings()
    allowed = set(grantable_roles(by, institution)) if by else set(Role)
    for row in rows:
        _check_member(row, allowed, findings)
    find_repeats(rows, "email", findings, and_by="role")
    created = changed = 0
    if not findings.faults:
        created, changed = enter_members(rows=[row.cells for row in rows], institution=institution, now=now)
    return _finish(ImportKind.MEMBERS, institution, file_name, rows, created, changed, findings, by, now)


def _institution(row: Row, findings: Findings) -> Institution:
    cells = row.cells
    slug, domain = cells.get("slug", "").lower(), cells.get("domain", "").lower()
    kind = _choice(InstitutionKind, cells.get("kind", ""))
    _check(slug, validate_slug, row, "slug", "只能用字母、数字和连字符", "Only letters, digits and hyphens", findings)
    if slug in RESERVED:
        findings.add(row, "slug", "这一标识留作他用", "This identifier is reserved")
    if kind is None:
        findings.add(row, "kind", *_one_of(InstitutionKind))
    if not cells.get("name_zh"):
        findings.add(row, "name_zh", "名称不能为空", "The name is missing")
    if domain and not DOMAIN.fullmatch(domain):
        findings.add(row, "domain", "不是域名，例如 example.edu.cn", "Not a domain name such as example.edu.cn")
    check_lengths(row, {"slug": 50, "region": 40, "domain": 120}, findings)
    name = Text(zh=cells.get("name_zh", ""), en=cells.get("name_en", ""))
    return Institution(slug=slug, name=name, kind=kind or "", region=cells.get("region", ""), domain=domain)


def _check_member(row: Row, allowed: set[Role], findings: Findings) -> None:
    check_person(row, findings)
    role = _choice(Role, row.cells.get("role", ""))
    if role is None:
        findings.add(row, "role", *_one_of(Role))
    elif role not in allowed:
        findings.add(row, "role", "您无权在这里授予这一身份", "You may not give this role here")
    row.cells["role"] = role or ""


def check_person(row: Row, findings: Findings) -> None:
    """Whether the row names a person: email, name and name_latin."""
    cells = row.cells
    _check(cells.get("email", ""), validate_email, row, "email", "不是邮箱地址", "Not an e-mail address", findings)
    if not cells.get("name"):
        findings.add(row, "name", "姓名不能为空", "The name is missing")
    check_lengths(row, {"name": 80, "name_latin": 80, "email": 254}, findings)


def _check(
    value: str, validate: Callable[[str], None], row: Row, column: str, zh: str, en: str, findings: Findings
) -> None:
    try:
        validate(value)
    except ValidationError:
        findings.add(row, column, zh, en)


def check_lengths(row: Row, limits: dict[str, int], findings: Findings) -> None:
    for column, most in limits.items():
        if len(row.cells.get(column, "")) > most:
            findings.add(row, column, f"最多 {most} 个字符", f"At most {most} characters")


def _choice(choices: type[Titled], word: str) -> str | None:
    """The choice that `word` names by its value, its Chinese title (or a part: 教师, 学生) or its English one."""
    sought = word.strip().lower()
    for choice in choices:
        text = choice.text
        if sought and sought in {choice.value, text.en.lower(), text.zh, *text.zh.split("/")}:
            return choice.value
    return None


def _one_of(choices: type[Titled]) -> tuple[str, str]:
    words = "、".join(f"{choice.text.zh}（{choice.value}）" for choice in choices)
    return f"应为：{words}", f"One of: {', '.join(choices.values)}"


def find_repeats(rows: list[Row], column: str, findings: Findings, and_by: str = "") -> None:
    """Every row whose value in `column` (with that in `and_by`) another row has too; empty cells don't count."""
    def key(row: Row) -> tuple[str, str]:
        return row.cells.get(column, "").lower(), row.cells.get(and_by, "")

    counts = Counter(key(row) for row in rows)
    for row in rows:
        if key(row)[0] and counts[key(row)] > 1:
            findings.add(row, column, "在表中重复", "Repeated in the table")


def _find_taken_domains(rows: list[Row], findings: Findings) -> None:
    """A domain that another institution has, unless the same table takes it away from there."""
    moved = {row.cells.get("slug", "").lower() for row in rows}
    domains = [row.cells.get("domain", "").lower() for row in rows]
    holders = Institution.objects.filter(domain__in=[domain for domain in domains if domain]).exclude(slug__in=moved)
    taken = dict(holders.values_list("domain", "slug"))
    for row, domain in zip(rows, domains, strict=True):
        if domain in taken:
            slug = taken[domain]
            findings.add(row, "domain", f"域名已属于机构 {slug}", f"The domain belongs to the institution {slug}")


FIELDS = ("name", "kind", "region", "domain")


def _save_institutions(wanted: Iterable[Institution], known: dict[str, Institution]) -> tuple[int, int]:
    """Return how many were created and how many changed."""
    new, changed = [], []
    for institution in wanted:
        old = known.get(institution.slug)
        if old is None:
            new.append(institution)
        elif any(getattr(old, name) != getattr(institution, name) for name in FIELDS):
            institution.pk = old.pk
            changed.append(institution)
    # Domains that change hands inside one table would collide for a moment: first all go, then all come.
    Institution.objects.filter(pk__in=[institution.pk for institution in changed]).update(domain="")
    Institution.objects.bulk_update(changed, FIELDS, batch_size=500)
    Institution.objects.bulk_create(new, batch_size=500)
    return len(new), len(changed)


def _finish(
    kind: ImportKind,
    institution: Institution | None,
    file_name: str,
    rows: list[Row],
    created: int,
    changed: int,
    findings: Findings,
    by: Person | None,
    now: datetime,
) -> ImportRun:
    faults = sorted(findings.faults, key=lambda fault: int(str(fault["row"])))
    run = ImportRun.objects.create(
        kind=kind, institution=institution, by=by, at=now, file_name=file_name[:200], rows=len(rows),
        created=created, changed=changed, faults=faults,
    )
    detail = {"rows": len(rows), "created": created, "changed": changed, "faults": len(faults)}
    record(action=f"import.{kind.value}", by=by, now=now, subject=run, detail=detail)
    return run
