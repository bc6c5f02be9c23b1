from django.urls import path

from heitu.stages.deliverables.views import doubts, evidence, machines, pages, rejudging, similarity

urlpatterns = [
    path("applications/<int:pk>/deliverables/", pages.deliverable_create, name="deliverable_create"),
    path("deliverables/<int:pk>/", pages.deliverable_detail, name="deliverable_detail"),
    path("deliverables/<int:pk>/progress/", pages.deliverable_progress, name="deliverable_progress"),
    path("deliverables/<int:pk>/file/", pages.deliverable_file, name="deliverable_file"),
    path("deliverables/<int:pk>/evidence/", evidence.deliverable_evidence, name="deliverable_evidence"),
    path("deliverables/<int:pk>/rejudgement/", rejudging.rejudge, name="rejudge"),
    path("deliverables/<int:pk>/clearance/", doubts.clearance, name="clearance"),
    path("rejudgements/<int:pk>/decision/", rejudging.decide_rejudgement, name="decide_rejudgement"),
    path("calls/<str:number>/leaderboard/", pages.leaderboard, name="leaderboard"),
    path("calls/<str:number>/similarity/", similarity.likeness_list, name="likeness_list"),
    path(
        "calls/<str:number>/similarity/<int:pk>/with/<int:other>/", similarity.likeness_detail,
        name="likeness_detail",
    ),
    path("results/", pages.result_list, name="result_list"),
    path("results/<slug:slug>/", pages.result_detail, name="result_detail"),
    path("results/<slug:slug>/file/", pages.result_file, name="result_file"),
    path("results/<slug:slug>/evidence/", evidence.result_evidence, name="result_evidence"),
    path("machines/", machines.machine_list, name="machine_list"),
]
