"""Versions of courses are pinned by classes, marks and scores are evidence: no statement may change or delete one."""

from django.db import migrations

from heitu.ground.audit.chain import append_only


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]
    operations = [
        append_only(f"courses_{table}") for table in ("courseversion", "coursefile", "uptake", "gradechange", "score")
    ]
