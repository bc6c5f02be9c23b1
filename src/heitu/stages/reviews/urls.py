from django.urls import path

from heitu.stages.reviews import views

urlpatterns = [
    path("reviews/", views.review_list, name="review_list"),
    path("reviews/<int:pk>/", views.review_detail, name="review_detail"),
    path("reviews/<int:pk>/answer/", views.review_answer, name="review_answer"),
]
