from django.urls import path

from heitu.stages.skills import views

urlpatterns = [
    path("skills/", views.index, name="skill_list"),
    path("skills/<slug:slug>/", views.show, name="skill_detail"),
    path("people/<int:pk>/evidence/", views.evidence, name="person_evidence"),
]
