from django.urls import path

from heitu.stages.deliverables import evidence_views, machines_views, rejudging_views, similarity_views, views

urlpatterns = [
    path("applications/<int:pk>/deliverables/", views.deliverable_create, name="deliverable_create"),
    path("deliverables/<int:pk>/", views.deliverable_detail, name="deliverable_detail"),
    path("deliverables/<int:pk>/progress/", views.deliverable_progress, name="deliverable_progress"),
    path("deliverables/<int:pk>/file/", views.deliverable_file, name="deliverable_file"),
    path("deliverables/<int:pk>/evidence/", evidence_views.deliverable_evidence, name="deliverable_evidence"),
    path("deliverables/<int:pk>/rejudgement/", rejudging_views.rejudge, name="rejudge"),
    path("rejudgements/<int:pk>/decision/", rejudging_views.decide_rejudgement, name="decide_rejudgement"),
    path("calls/<str:number>/leaderboard/", views.leaderboard, name="leaderboard"),
    path("calls/<str:number>/similarity/", similarity_views.likeness_list, name="likeness_list"),
    path(
        "calls/<str:number>/similarity/<int:pk>/with/<int:other>/", similarity_views.likeness_detail,
        name="likeness_detail",
    ),
    path("results/", views.result_list, name="result_list"),
    path("results/<slug:slug>/", views.result_detail, name="result_detail"),
    path("results/<slug:slug>/file/", views.result_file, name="result_file"),
    path("results/<slug:slug>/evidence/", evidence_views.result_evidence, name="result_evidence"),
    path("machines/", machines_views.machine_list, name="machine_list"),
]
