from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "heitu.stages.reviews"
    label = "reviews"
