from heitu.stages.calls.views.lists import call_calendar, call_export, call_list
from heitu.stages.calls.views.pages import call_detail, hand_over_call, move_call
from heitu.stages.calls.views.writing import call_create, call_edit

__all__ = ["call_calendar", "call_create", "call_detail", "call_edit", "call_export", "call_list", "hand_over_call", "move_call"]
