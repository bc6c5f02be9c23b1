"""`{% show_panel panel %}`: a panel of `heitu.ui.panels` in the middle of a page."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from heitu.ui.panels import Panel

register = template.Library()


@register.simple_tag(takes_context=True)
def show_panel(context: Context, panel: Panel) -> SafeString:
    """Render the panel's own template with its own values over those of the page."""
    assert context.template is not None
    found = context.template.engine.get_template(panel.template)
    with context.push(**panel.context):
        return found.render(context)
