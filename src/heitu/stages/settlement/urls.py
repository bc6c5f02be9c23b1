from django.urls import path

from heitu.stages.settlement import views

urlpatterns = [
    path("funds/", views.fund_list, name="fund_list"),
    path("funds/<slug:code>/", views.fund_detail, name="fund_detail"),
    path("payouts/", views.payout_list, name="payout_list"),
]
