"""The house's walls where import-linter can't see: foreign keys named by a string."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Model

FLOORS = ("heitu.ground", "heitu.engines", "heitu.ui", "heitu.stages", "heitu.kinds", "heitu.insight", "heitu.site")
STAGES = (
    "calls", "applications", "reviews", "awards", "work", "deliverables", "settlement", "credentials", "skills",
)
OURS = [model for model in apps.get_models() if model.__module__.startswith("heitu.")]


def floor(model: type[Model]) -> int:
    return next(number for number, name in enumerate(FLOORS) if model.__module__.startswith(f"{name}."))


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model: type[Model]) -> None:
    for field in model._meta.get_fields():
        target = field.related_model if field.concrete and field.is_relation else None
        if not isinstance(target, type) or not target.__module__.startswith("heitu."):
            continue
        assert floor(target) <= floor(model), f"{field} points up to {target}"
        labels = (target._meta.app_label, model._meta.app_label)
        if all(label in STAGES for label in labels):
            assert STAGES.index(labels[0]) <= STAGES.index(labels[1]), f"{field} points to a later stage"
