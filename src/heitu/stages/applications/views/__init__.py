from heitu.stages.applications.views.lists import application_export, application_list, move_applications
from heitu.stages.applications.views.pages import application_detail, move_application
from heitu.stages.applications.views.writing import application_answers, application_create

__all__ = [
    "application_answers",
    "application_create",
    "application_detail",
    "application_export",
    "application_list",
    "move_application",
    "move_applications",
]
