from django.urls import path

from heitu.ui import views

app_name = "ui"
urlpatterns = [
    path("look/<slug:digest>.css", views.stylesheet, name="stylesheet"),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/progress/<int:done>/", views.progress, name="gallery_progress"),
    path("gallery/<slug:section>/", views.gallery, name="gallery_section"),
]
