"""What a team delivers, what the judge said of it, and where it was published."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, Case, F, FloatField, Func, GeneratedField, Q, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from heitu.ground.core.fields import TextField
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.deliverables.enums import DOUBTS, Decision, HeldBy, JudgingStatus


def _of_public_rows(key: str) -> GeneratedField:
    found = KeyTextTransform(key, KeyTransform("public_measure", "record"))
    return GeneratedField(expression=Cast(found, FloatField()), output_field=FloatField(), db_persist=True)


_IS_A_DOUBT = f'$.flags[*] ? (@ like_regex "^({"|".join(DOUBTS)})(:|$)")'


class Deliverable(models.Model):
    """One version of the work, with its file kept as it came."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="deliverables")
    state = models.CharField(max_length=40, help_text="the milestone's state that it was handed in under")
    version = models.PositiveSmallIntegerField()
    submitted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    note = models.TextField(blank=True)
    file = models.FileField(upload_to="deliverables/%Y/%m/", blank=True)
    filename = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    seed_hash = models.CharField(max_length=64, blank=True, help_text="commits to the seed that it will be judged by")
    toolchain = models.CharField(max_length=20, blank=True, help_text="what a machine needs to judge it")
    judging = models.CharField(max_length=8, choices=JudgingStatus, default=JudgingStatus.QUEUED)
    progress = models.JSONField(default=dict, help_text="phase, done, total while judging")
    tries = models.PositiveSmallIntegerField(default=0)
    held_since = models.DateTimeField(
        null=True, blank=True, help_text="since when judging has kept failing for faults of ours"
    )
    held_by = models.CharField(max_length=8, choices=HeldBy, blank=True)
    turn = models.PositiveIntegerField(default=0, help_text="lower ones are judged first; see judging/turns.py")

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["application", "version"], name="deliverable_version_once")]
        indexes = [
            models.Index(
                fields=["toolchain", "turn"], condition=Q(judging__in=["queued", "running"]), name="deliverable_queue"
            ),
            models.Index(fields=["-turn"], name="deliverable_turns"),
        ]


class SealedSeed(models.Model):
    """The seed that a version is judged by: fixed when it is handed in, revealed once the call is over."""

    deliverable = models.OneToOneField(Deliverable, models.PROTECT, related_name="sealed_seed")
    number = models.PositiveBigIntegerField()
    salt = models.CharField(max_length=32)


class Verdict(models.Model):
    """What the judge found: payment evidence, so never changed, but for which of several is in force.

    `of` is the version that was judged; `deliverable` the same while this is the verdict in force, else None.
    `record` is the judge's own JSON, signed; `shown` what of it the team may see, without hidden inputs and the seed.
    An operator has a speed-up, a model a measure, each with its 95 % interval; `rank_low` and `rank_high` are that
    interval turned so that more is better, which is what ranks are made of. `measure` is of the rows that decide,
    `public_measure` of the others, see `publicly`.
    """

    of = models.ForeignKey(Deliverable, models.PROTECT, related_name="verdicts")
    deliverable = models.OneToOneField(Deliverable, models.PROTECT, null=True, blank=True, related_name="verdict")
    code = models.CharField(max_length=20)
    accepted = models.BooleanField()
    score = models.FloatField(null=True, blank=True)
    speedup = models.FloatField(null=True, blank=True)
    speedup_low = models.FloatField(null=True, blank=True)
    speedup_high = models.FloatField(null=True, blank=True)
    measure_name = models.CharField(max_length=20, blank=True)
    measure = models.FloatField(null=True, blank=True)
    measure_low = models.FloatField(null=True, blank=True)
    measure_high = models.FloatField(null=True, blank=True)
    public_measure, public_low, public_high = _of_public_rows("mean"), _of_public_rows("low"), _of_public_rows("high")
    measure_higher = models.BooleanField(default=True, help_text="whether more of the measure is better")
    rank_low = GeneratedField(
        expression=Coalesce(
            "speedup_low", Case(When(measure_higher=True, then=F("measure_low")), default=F("measure_high") * -1.0)
        ),
        output_field=FloatField(), db_persist=True,
    )
    rank_high = GeneratedField(
        expression=Coalesce(
            "speedup_high", Case(When(measure_higher=True, then=F("measure_high")), default=F("measure_low") * -1.0)
        ),
        output_field=FloatField(), db_persist=True,
    )
    cases_passed = models.PositiveSmallIntegerField(default=0)
    cases_total = models.PositiveSmallIntegerField(default=0)
    is_simulated = models.BooleanField(default=False)
    record = models.JSONField(default=dict)
    shown = models.JSONField(default=dict)
    is_doubtful = GeneratedField(
        expression=Func("shown", template=f"jsonb_path_exists(%(expressions)s, '{_IS_A_DOUBT}')"),
        output_field=BooleanField(), db_persist=True,
    )
    signature = models.CharField(max_length=128, blank=True)
    judged_at = models.DateTimeField()
    seconds = GeneratedField(
        expression=Cast(KeyTextTransform("seconds", "record"), FloatField()),
        output_field=FloatField(), db_persist=True,
    )

    class Meta:
        indexes = [models.Index(fields=["-judged_at"], condition=Q(is_simulated=False), name="verdict_lately")]

    @property
    def is_in_doubt(self) -> bool:
        """Whether a person has still to decide if it counts."""
        return bool(self.is_doubtful) and not hasattr(self, "clearance")

    @property
    def is_set_aside(self) -> bool:
        """Whether a person decided that it doesn't count."""
        return hasattr(self, "clearance") and not self.clearance.is_cleared


class Clearance(models.Model):
    """What a person decided on a doubtful verdict: whether it counts. The audit keeps what was decided before."""

    verdict = models.OneToOneField(Verdict, models.PROTECT, related_name="clearance")
    is_cleared = models.BooleanField()
    reason = models.TextField()
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()


class Rejudgement(models.Model):
    """A judging anew, whose verdict stays a shadow until somebody compares it with the one in force, and decides."""

    deliverable = models.ForeignKey(Deliverable, models.PROTECT, related_name="rejudgements")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.TextField()
    tries = models.PositiveSmallIntegerField(default=0)
    judging = models.CharField(max_length=8, choices=JudgingStatus, default=JudgingStatus.QUEUED)
    held_since = models.DateTimeField(null=True, blank=True, help_text="as of a version")
    held_by = models.CharField(max_length=8, choices=HeldBy, blank=True)
    shadow = models.OneToOneField(Verdict, models.PROTECT, null=True, blank=True, related_name="rejudgement")
    decision = models.CharField(max_length=9, choices=Decision, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["deliverable"], condition=Q(decision=""), name="rejudgement_open_once")
        ]


class Publication(models.Model):
    """A result shared with everybody, with its licence and where it came from."""

    deliverable = models.OneToOneField(Deliverable, models.PROTECT, related_name="publication")
    slug = models.SlugField(max_length=80, unique=True)
    title = TextField()
    licence = models.CharField(max_length=40)
    published_at = models.DateTimeField()
    downloads = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["-published_at", "-id"], name="publication_newest")]  # the list's order


class JudgingMachine(models.Model):
    """A worker that judges: what it can run, since when it was last heard of, and whether it times evenly."""

    name = models.CharField(max_length=120, unique=True)
    processor = models.CharField(max_length=120)
    cores = models.PositiveSmallIntegerField()
    memory_mb = models.PositiveIntegerField()
    toolchains = ArrayField(models.CharField(max_length=20))
    devices = ArrayField(models.CharField(max_length=60), default=list, help_text="accelerators, as its operator names them")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    certified_at = models.DateTimeField(null=True, blank=True, help_text="when it was last timed against itself")
    is_even = models.BooleanField(default=False, help_text="whether that came out even")
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    working_on = models.ForeignKey(Deliverable, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
