from django.urls import path

from heitu.kinds.courses.views import adoptions, classes, courses, grades, labs, lms, students

VERSION = "courses/<slug:slug>/versions/<str:version>/"
CLASS = "classes/<int:pk>/"
LAB = "classes/<int:pk>/labs/<slug:lab>/"
STUDENT = "classes/<int:pk>/students/<int:student>/"

urlpatterns = [
    path("courses/", courses.course_list, name="course_list"),
    path("textbooks/", courses.textbook_list, name="textbook_list"),
    path("courses/<slug:slug>/", courses.course_detail, name="course_detail"),
    path("courses/<slug:slug>/adoption/", adoptions.adoption_opening, name="adoption_opening"),
    path(VERSION, courses.course_detail, name="course_version"),
    path(f"{VERSION}units/<slug:unit>/", courses.course_unit, name="course_unit"),
    path(f"{VERSION}labs/<slug:lab>/", courses.course_lab, name="course_lab"),
    path(f"{VERSION}labs/<slug:lab>/release/", courses.lab_release, name="lab_release"),
    path(f"{VERSION}labs/<slug:lab>/source/", courses.lab_source, name="lab_source"),
    path(f"{VERSION}figures/<str:name>", courses.course_figure, name="course_figure"),
    path("adoptions/", adoptions.adoption_list, name="adoption_list"),
    path("adoptions/<int:pk>/", adoptions.adoption_detail, name="adoption_detail"),
    path("adoptions/<int:pk>/version/", adoptions.adoption_version, name="adoption_version"),
    path("adoptions/<int:pk>/ending/", adoptions.adoption_ending, name="adoption_ending"),
    path("adoptions/<int:pk>/classes/new/", adoptions.offering_create, name="offering_create"),
    path("classes/", classes.class_list, name="class_list"),
    path("classes/join/", classes.class_join, name="class_join"),
    path("classes/lms/binding/", lms.lms_binding, name="lms_binding"),
    path("classes/lms/choice/", lms.lms_choice, name="lms_choice"),
    path(CLASS, classes.offering_detail, name="offering_detail"),
    path(f"{CLASS}settings/", classes.offering_settings, name="offering_settings"),
    path(f"{CLASS}deadlines/", classes.offering_deadlines, name="offering_deadlines"),
    path(f"{CLASS}teachers/", classes.offering_teachers, name="offering_teachers"),
    path(f"{CLASS}code/", classes.offering_code, name="offering_code"),
    path(f"{CLASS}compute/", classes.offering_compute, name="offering_compute"),
    path(f"{CLASS}lms/", lms.class_lms, name="class_lms"),
    path(f"{CLASS}lms/roster/", lms.class_lms_roster, name="class_lms_roster"),
    path(f"{CLASS}lms/scores/", lms.class_lms_scores, name="class_lms_scores"),
    path(f"{CLASS}lms/<int:connection>/ending/", lms.class_lms_ending, name="class_lms_ending"),
    path(f"{CLASS}students/", students.student_list, name="student_list"),
    path(f"{CLASS}roster/", students.offering_roster, name="offering_roster"),
    path(f"{CLASS}roster/<int:run>/", students.roster_run, name="roster_run"),
    path(f"{CLASS}roster/<int:run>/faults.csv", students.roster_faults, name="roster_faults"),
    path(STUDENT, students.student_detail, name="student_detail"),
    path(f"{STUDENT}extensions/", students.student_extension, name="student_extension"),
    path(f"{STUDENT}leaving/", students.student_leaving, name="student_leaving"),
    path(LAB, labs.class_lab, name="class_lab"),
    path(f"{LAB}marking/", labs.lab_marking, name="lab_marking"),
    path(f"{LAB}<int:number>/progress/", labs.lab_progress, name="lab_progress"),
    path(f"{LAB}<int:number>/notebook/", labs.lab_notebook, name="lab_notebook"),
    path(f"{LAB}<int:number>/feedback/", labs.lab_feedback, name="lab_feedback"),
    path(f"{LAB}<int:number>/autograded/", labs.lab_autograded, name="lab_autograded"),
    path(f"{CLASS}gradebook/", grades.gradebook, name="gradebook"),
    path(f"{CLASS}gradebook/export.csv", grades.gradebook_export, {"kind": "csv"}, name="gradebook_csv"),
    path(f"{CLASS}gradebook/export.xlsx", grades.gradebook_export, {"kind": "xlsx"}, name="gradebook_xlsx"),
    path(f"{CLASS}gradebook/items/new/", grades.item_create, name="item_create"),
    path(f"{CLASS}gradebook/items/<int:item>/ending/", grades.item_retirement, name="item_retirement"),
    path(f"{CLASS}gradebook/<int:student>/<int:item>/", grades.mark, name="mark"),
]
