from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from heitu.ground.core.errors import Refused
from heitu.ground.people.actions import import_institutions, import_members
from heitu.ground.people.enums import Role
from heitu.ground.people.models import ImportRun, Institution, Membership, Notification, Person
from heitu.ground.people.queries import has_role
from heitu.ground.people.sheets import MOST_BYTES, MOST_ROWS, MOST_UNPACKED, Column, read_table, write_csv
from tests.factories import NOW, a_person
from tests.people import Cast

GOOD = "标识,名称,英文名称,类型,地区,邮箱域名\nbeiyuan,北垣大学,Beiyuan University,高校,北京,beiyuan.example\n"
COLUMNS = (Column("slug", ("标识",), required=True), Column("kind", ("类型",)))


def xlsx(*lines: tuple[object, ...]) -> bytes:
    book = Workbook()
    for line in lines:
        book.worksheets[0].append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def broken(book: bytes, part: str, content: bytes) -> bytes:
    """The workbook with something else in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            made.writestr(name, content if name == part else given.read(name))
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_csv_in_each_encoding(cast: Cast, encoding: str) -> None:
    run = import_institutions(file_name="i.csv", data=GOOD.encode(encoding), by=cast.chen, now=NOW)
    assert (run.created, run.changed, run.faults) == (1, 0, [])
    assert Institution.objects.get(slug="beiyuan").name.zh == "北垣大学"


def test_xlsx(cast: Cast) -> None:
    data = xlsx(("kind", "slug", "name_zh"), ("company", "xinghuo", "星火智能"), (None, None, None))
    run = import_institutions(file_name="I.XLSX", data=data, by=cast.chen, now=NOW)
    assert (run.rows, run.created) == (1, 1)


def test_importing_again_changes_only_what_differs(cast: Cast) -> None:
    import_institutions(file_name="i.csv", data=GOOD.encode(), by=cast.chen, now=NOW)
    again = import_institutions(file_name="i.csv", data=GOOD.encode(), by=cast.chen, now=NOW)
    assert (again.created, again.changed) == (0, 0)
    moved = import_institutions(file_name="i.csv", data=GOOD.replace("北京", "天津").encode(), by=cast.chen, now=NOW)
    assert (moved.created, moved.changed) == (0, 1)


def test_two_institutions_may_swap_their_domains(cast: Cast) -> None:
    rows = "slug,name_zh,kind,domain\na,甲,company,{}\nb,乙,company,{}\n"
    for first, second in (("a.example", "b.example"), ("b.example", "a.example")):
        data = rows.format(first, second).encode()
        run = import_institutions(file_name="i.csv", data=data, by=cast.chen, now=NOW)
        assert run.succeeded
    assert Institution.objects.get(slug="a").domain == "b.example"


def test_every_bad_row_is_named_and_none_is_taken_over(cast: Cast) -> None:
    data = (
        "slug,name_zh,kind,domain\n"
        "ok,好的,company,ok.example\n"
        "坏,名,company,\n"
        "\n"
        "b,,school,not a domain\n"
        "ok,再来,company,\n"
        "c,丙,company,yunling.edu.example\n"
    )
    run = import_institutions(file_name="i.csv", data=data.encode(), by=cast.chen, now=NOW)
    found = [(fault["row"], fault["column"]) for fault in run.faults]
    assert found == [(2, "slug"), (3, "slug"), (5, "kind"), (5, "name_zh"), (5, "domain"), (6, "slug"), (7, "domain")]
    assert all(fault["zh"] and fault["en"] for fault in run.faults)
    assert not Institution.objects.filter(slug="ok").exists()


@pytest.mark.parametrize(("name", "data", "code"), [
    ("i.pdf", b"x", "file_kind"),
    ("i.csv", b"", "file_empty"),
    ("i.csv", b"slug\n", "file_empty"),
    ("i.csv", b"\xff\xff\xff", "file_encoding"),
    ("i.csv", "slug\na\n".encode("utf-16-le"), "file_encoding"),
    ("i.csv", b"\xff\xfes", "file_encoding"),
    ("i.csv", b"slug\x00\na\n", "file_encoding"),
    ("i.csv", b"x" * (MOST_BYTES + 1), "file_too_large"),
    ("i.csv", b"slug\n" + b"a\n" * (MOST_ROWS + 1), "too_many_rows"),
    ("i.csv", b"slug,slug\na,b\n", "column_twice"),
    ("i.csv", b"kind\na\n", "column_missing"),
    ("i.csv", b'slug\n"' + b"a" * 200_000 + b'"\n', "file_unreadable"),
    ("i.csv", "slug,标识\na,b\n".encode("gbk"), "column_twice"),
    ("i.xlsx", b"not a zip", "file_unreadable"),
    ("i.xlsx", broken(xlsx(("slug",), ("a",)), "xl/worksheets/sheet1.xml", b"<worksheet><row></worksheet>"), "file_unreadable"),
    ("i.xlsx", broken(xlsx(("slug",), ("a",)), "xl/workbook.xml", b"&"), "file_unreadable"),
])
def test_a_file_that_cant_be_read_is_refused_as_a_whole(name: str, data: bytes, code: str) -> None:
    with pytest.raises(Refused, match=f"^{code}:"):
        read_table(name, data, COLUMNS)


def test_an_unknown_column_is_told_the_nearest_right_word() -> None:
    with pytest.raises(Refused) as caught:
        read_table("i.csv", b"slug,knd\na,b\n", COLUMNS)
    assert caught.value.details == {"column": "knd", "suggestion": "kind"}


def test_what_was_exported_computes_nothing_and_comes_back_as_it_was() -> None:
    text = write_csv(("slug", "kind"), [("=1+1", "-x"), ("plain", None)])
    assert "\n'=1+1,'-x" in text.replace("\r", "")
    rows = read_table("x.csv", text.encode(), COLUMNS)
    assert rows[0].cells == {"slug": "=1+1", "kind": "-x"}


MEMBERS = (
    "邮箱,姓名,身份\nlin@yunling.edu.example,林致远,student\nzhao@new.example,赵一,学生\nzhao@new.example,赵一,教师\n"
)


def test_members_get_roles_and_newcomers_accounts(cast: Cast) -> None:
    lead = a_person(role=Role.LEAD, institution=cast.university)
    run = import_members(
        institution=cast.university, file_name="m.csv", data=MEMBERS.encode(), by=lead, now=NOW
    )
    assert (run.faults, run.created) == ([], 3)
    zhao = Person.objects.get(email="zhao@new.example")
    assert has_role(zhao, Role.TEACHER, cast.university)
    assert not zhao.has_usable_password()
    assert Notification.objects.filter(person=zhao, kind="account_made").count() == 1
    again = import_members(institution=cast.university, file_name="m.csv", data=MEMBERS.encode(), by=lead, now=NOW)
    assert (again.created, again.changed) == (0, 0)


def test_a_lead_imports_no_officers(cast: Cast) -> None:
    lead = a_person(role=Role.LEAD, institution=cast.university)
    before = Membership.objects.count()
    data = b"email,name,role\na@x.example,A,teacher\nb@x.example,B,officer\nnobody,,cook\n"
    run = import_members(institution=cast.university, file_name="m.csv", data=data, by=lead, now=NOW)
    assert [(fault["row"], fault["column"]) for fault in run.faults] == [
        (3, "role"), (4, "email"), (4, "name"), (4, "role"),
    ]
    assert Membership.objects.count() == before


def test_the_page_lists_the_faults_and_offers_them_as_csv(cast: Cast, client: Client) -> None:
    client.force_login(cast.chen)
    upload = io.BytesIO(b"slug,name_zh,kind\nx,,school\n")
    upload.name = "inst.csv"
    page = client.post(reverse("people:institution_imports"), {"file": upload}, follow=True)
    assert page.status_code == 200
    assert "名称不能为空" in page.content.decode()
    run = ImportRun.objects.get()
    listed = client.get(reverse("people:import_faults", args=[run.pk])).content.decode("utf-8-sig")
    assert listed.splitlines()[0] == "row,column,value,原因,reason"
    assert "2,kind,school," in listed


def test_an_unreadable_file_comes_back_with_the_form(cast: Cast, client: Client) -> None:
    client.force_login(cast.chen)
    upload = io.BytesIO(b"slug,nmae_zh\n")
    upload.name = "inst.csv"
    page = client.post(reverse("people:member_imports", args=[cast.university.slug]), {"file": upload})
    assert page.status_code == 409
    assert "slug" in page.content.decode()
    assert not ImportRun.objects.exists()


def test_the_exported_list_can_be_imported_unchanged(cast: Cast, client: Client) -> None:
    data = client.get(reverse("people:institutions_file")).content
    run = import_institutions(file_name="institutions.csv", data=data, by=cast.chen, now=NOW)
    assert (run.created, run.changed, run.faults) == (0, 0, [])


def bad_members(count: int) -> str:
    """A table of good rows with one of each kind of bad ones at its end."""
    good = "".join(f"a{number}@new.example,人{number},student\n" for number in range(count))
    return (
        "email,name,role\n" + good +
        "a0@new.example,又来,student\n"  # repeated, so both rows are named
        "not-an-address,甲,student\n"
        "b@new.example,,teacher\n"
        "c@new.example,丙,wizard\n"
        f"d@new.example,{'长' * 81},student\n"
        "e@new.example,戊,officer\n"
        f"{'x' * 250}@new.example,己,student\n"
        "=cmd|' /C calc'!A0,=HYPERLINK(0),student\n"
    )


def test_five_thousand_members_with_every_kind_of_bad_row(cast: Cast, client: Client) -> None:
    """One bad row among thousands is enough for none of them to be taken over, and every one is told."""
    lead = a_person(role=Role.LEAD, institution=cast.university)
    people, members = Person.objects.count(), Membership.objects.count()
    run = import_members(
        institution=cast.university, file_name="m.csv", data=bad_members(4_992).encode("gbk"), by=lead, now=NOW
    )
    assert run.rows == MOST_ROWS
    found = [(fault["row"], fault["column"]) for fault in run.faults]
    assert found == [
        (2, "email"), (4_994, "email"), (4_995, "email"), (4_996, "name"), (4_997, "role"), (4_998, "name"),
        (4_999, "role"), (5_000, "email"), (5_001, "email"),
    ]
    assert (Person.objects.count(), Membership.objects.count()) == (people, members)
    client.force_login(lead)
    page = client.get(reverse("people:import", args=[run.pk])).content.decode()
    assert "在表中重复" in page
    listed = client.get(reverse("people:import_faults", args=[run.pk])).content.decode("utf-8-sig")
    assert len(listed.splitlines()) == 1 + len(found)
    assert "5001,email,'=cmd|" in listed, "what a spreadsheet would compute is told to it as text"


def test_a_thousand_good_members_are_taken_over(cast: Cast) -> None:
    lead = a_person(role=Role.LEAD, institution=cast.university)
    table = "email,name,role\n" + "".join(f"a{number}@new.example,人{number},student\n" for number in range(1_000))
    run = import_members(institution=cast.university, file_name="m.csv", data=table.encode(), by=lead, now=NOW)
    assert (run.faults, run.created) == ([], 1_000)
    assert Membership.objects.filter(institution=cast.university, role=Role.STUDENT).count() >= 1_000


def test_a_small_xlsx_that_unpacks_to_much_is_refused_before_it_is_read() -> None:
    out = io.BytesIO(xlsx(("slug",), ("a",)))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/more.xml", bytes(MOST_UNPACKED))
    with pytest.raises(Refused, match="file_too_large"):
        read_table("i.xlsx", out.getvalue(), COLUMNS)
