from django.urls import path

from heitu.stages.work import views

urlpatterns = [path("applications/<int:pk>/notes/", views.note_create, name="note_create")]
