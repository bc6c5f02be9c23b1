from django.apps import AppConfig


class LtiConfig(AppConfig):
    name = "heitu.ground.lti"
    label = "lti"
