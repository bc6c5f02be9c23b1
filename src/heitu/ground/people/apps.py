from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "heitu.ground.people"
    label = "people"
