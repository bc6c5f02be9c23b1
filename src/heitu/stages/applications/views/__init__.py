from heitu.stages.applications.views.lists import application_export, application_list, move_applications
from heitu.stages.applications.views.pages import about, application_detail, find, move_application
from heitu.stages.applications.views.writing import application_answers, application_create

__all__ = [
    "about",
    "application_answers",
    "application_create",
    "application_detail",
    "application_export",
    "application_list",
    "find",
    "move_application",
    "move_applications",
]
