"""Model fields for the house's own value types."""

from __future__ import annotations

from typing import Any

from django.db import models

from heitu.ground.core.text import Text


class TextField(models.JSONField):
    """Stores a bilingual `Text` as JSON `{"zh": …, "en": …}`; attribute access yields `Text`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", Text)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Text | None:
        data = super().from_db_value(value, expression, connection)
        return None if data is None else Text.model_validate(data)

    def to_python(self, value: Any) -> Text | None:
        return value if value is None or isinstance(value, Text) else Text.model_validate(value)

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.model_dump() if isinstance(value, Text) else value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        plain = value.model_dump() if isinstance(value, Text) else value
        return super().get_db_prep_value(plain, connection, prepared)

    def value_to_string(self, obj: models.Model) -> Any:
        value = self.value_from_object(obj)
        return value.model_dump() if isinstance(value, Text) else value
