"""Where a refusal belongs in a form."""

from __future__ import annotations

import secrets

from django import forms
from django.core.exceptions import ValidationError

from heitu.ground.core.errors import Refused

SENT = "form_key"  # the hidden field by which a form that comes twice is known


def new_key() -> str:
    """For one showing of a form."""
    return secrets.token_hex(8)


def tell(form: forms.BaseForm, refused: Refused) -> None:
    """Add a refusal to the form: to its field where the form has that field, else to the form as a whole.

    What the person typed stays, since the form stays bound.
    """
    field = refused.field if refused.field in form.fields else None
    if form.errors is not None:  # reading `errors` makes the form validate first, which add_error needs
        form.add_error(field, ValidationError(str(refused.message), code=refused.code))
