from django.apps import AppConfig


class SkillsConfig(AppConfig):
    name = "heitu.stages.skills"
    label = "skills"
