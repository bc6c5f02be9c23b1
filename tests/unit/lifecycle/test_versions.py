"""Loading, pinning and migrating."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from heitu.engines.lifecycle import actions, queries
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.faults import DefinitionError
from heitu.engines.lifecycle.loading import read_programme
from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Person
from tests.unit.lifecycle.library import NOW, PROGRAMMES, a_case, version, weighing

BOOKS = PROGRAMMES / "rare-books.yaml"
pytestmark = pytest.mark.django_db


def changed(folder: Path, old: str, new: str) -> Programme:
    text = BOOKS.read_text(encoding="utf-8")
    assert old in text
    path = folder / "rare-books.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return read_programme(path)


def test_loading_again_makes_no_new_version() -> None:
    first = version()
    audited = AuditEntry.objects.count()
    assert version() == first
    assert (DefinitionVersion.objects.count(), AuditEntry.objects.count()) == (1, audited)


def test_a_change_makes_a_new_current_version_and_open_cases_keep_theirs(tmp_path: Path, reader: Person) -> None:
    first, case = version(), a_case()
    second = actions.load_programme(programme=changed(tmp_path, "share: 60", "share: 50"), by=None, now=NOW)
    assert queries.current_version("rare-books") == second
    assert queries.programme_of(case).state("case", "reading").share == 60
    assert queries.programme_of(a_case(second)).state("case", "reading").share == 50
    assert version() == first
    assert queries.current_version("rare-books") == first
    assert DefinitionVersion.objects.filter(is_current=True).count() == 1


def test_a_faulty_programme_is_not_loaded() -> None:
    for name in ("broken-graph", "lost-money"):
        with pytest.raises(DefinitionError) as caught:
            actions.load_programme(path=PROGRAMMES / f"{name}.yaml", by=None, now=NOW)
        assert len(caught.value.faults) >= 3
    assert not DefinitionVersion.objects.exists()


def test_the_database_refuses_a_body_that_is_not_what_the_digest_says() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DefinitionVersion.objects.create(programme="x", digest="0" * 64, body="{}", loaded_at=NOW)


def test_an_unknown_programme_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        queries.current_version("nothing")
    assert caught.value.code == "programme_unknown"


def test_migrating_previews_then_moves_what_has_its_state(tmp_path: Path, reader: Person, librarian: Person) -> None:
    staying, going, done = weighing(reader), weighing(reader), weighing(reader)
    actions.move(case=staying, event="doubt", by=librarian, now=NOW)
    actions.move(case=done, event="refuse", by=librarian, now=NOW, reason="no")
    text = BOOKS.read_text(encoding="utf-8").replace("doubting", "pondering").replace("after: 14d", "after: 20d")
    path = tmp_path / "rare-books.yaml"
    path.write_text(text, encoding="utf-8")
    second = actions.load_programme(path=path, by=None, now=NOW)

    preview = actions.migrate_cases(programme="rare-books", by=None, now=NOW, dry_run=True)
    assert [(entry.case, entry.why is None) for entry in preview] == [(staying.pk, False), (going.pk, True)]
    assert preview[1].due_after == NOW + timedelta(days=20)
    going.refresh_from_db()
    assert going.definition != second

    audited = AuditEntry.objects.count()
    assert actions.migrate_cases(programme="rare-books", by=None, now=NOW, dry_run=False) == preview
    going.refresh_from_db()
    staying.refresh_from_db()
    assert (going.definition, going.due_at, going.state) == (second, NOW + timedelta(days=20), "weighing")
    assert going.remind_at == NOW + timedelta(days=17)
    assert staying.definition != second
    assert AuditEntry.objects.count() == audited + 1
    assert actions.move(case=going, event="doubt", by=librarian, now=NOW).definition == second
    assert going.state == "pondering"


def test_a_date_that_was_put_off_survives_migrating(tmp_path: Path, reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    later = NOW + timedelta(days=40)
    actions.postpone(case=case, due_at=later, by=librarian, now=NOW, reason="holiday")
    actions.load_programme(programme=changed(tmp_path, "after: 14d", "after: 20d"), by=None, now=NOW)
    actions.migrate_cases(programme="rare-books", by=None, now=NOW, dry_run=False)
    case.refresh_from_db()
    assert case.due_at == later
