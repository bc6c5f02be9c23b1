from django.urls import path

from heitu.stages.calls import views

urlpatterns = [
    path("calls/", views.call_list, name="call_list"),
    path("calls/new/", views.call_create, name="call_create"),
    path("calls/deadlines.ics", views.call_calendar, name="call_calendar"),
    path("calls/export.csv", views.call_export, {"kind": "csv"}, name="call_export_csv"),
    path("calls/export.xlsx", views.call_export, {"kind": "xlsx"}, name="call_export_xlsx"),
    path("calls/<str:number>/", views.call_detail, name="call_detail"),
    path("calls/<str:number>/edit/", views.call_edit, name="call_edit"),
    path("calls/<str:number>/owner/", views.hand_over_call, name="hand_over_call"),
    path("calls/<str:number>/moves/", views.move_call, name="move_call"),
]
