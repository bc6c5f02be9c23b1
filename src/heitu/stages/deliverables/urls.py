from django.urls import path

from heitu.stages.deliverables import similarity_views, views

urlpatterns = [
    path("applications/<int:pk>/deliverables/", views.deliverable_create, name="deliverable_create"),
    path("deliverables/<int:pk>/", views.deliverable_detail, name="deliverable_detail"),
    path("deliverables/<int:pk>/progress/", views.deliverable_progress, name="deliverable_progress"),
    path("deliverables/<int:pk>/file/", views.deliverable_file, name="deliverable_file"),
    path("calls/<str:number>/leaderboard/", views.leaderboard, name="leaderboard"),
    path("calls/<str:number>/similarity/", similarity_views.likeness_list, name="likeness_list"),
    path(
        "calls/<str:number>/similarity/<int:pk>/with/<int:other>/", similarity_views.likeness_detail,
        name="likeness_detail",
    ),
    path("results/", views.result_list, name="result_list"),
    path("results/<slug:slug>/", views.result_detail, name="result_detail"),
    path("results/<slug:slug>/file/", views.result_file, name="result_file"),
]
