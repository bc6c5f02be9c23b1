from django.urls import path

from heitu.stages.applications import views

urlpatterns = [
    path("applications/", views.application_list, name="application_list"),
    path("applications/new/", views.application_create, name="application_create"),
    path("applications/moves/", views.move_applications, name="move_applications"),
    path("applications/export.csv", views.application_export, name="application_export"),
    path("applications/<int:pk>/", views.application_detail, name="application_detail"),
    path("applications/<int:pk>/moves/", views.move_application, name="move_application"),
    path("applications/<int:pk>/answers/", views.application_answers, name="application_answers"),
]
