from django.urls import path

from heitu.ground.lti.views import launching, platforms, registration

LMS = "lms/<int:pk>/"

urlpatterns = [
    path("institutions/<slug:slug>/lms/", platforms.lms_list, name="lms_list"),
    path(LMS, platforms.lms_platform, name="lms_platform"),
    path(f"{LMS}description/", platforms.lms_description, name="lms_description"),
    path(f"{LMS}invitation/", platforms.lms_invitation, name="lms_invitation"),
    path(f"{LMS}check/", platforms.lms_check, name="lms_check"),
    path(f"{LMS}deployments/", platforms.lms_deployment, name="lms_deployment"),
    path(f"{LMS}disabling/", platforms.lms_disabling, name="lms_disabling"),
    path("lti/", launching.lti_start, name="lti_start"),
    path("lti/welcome/", launching.lti_welcome, name="lti_welcome"),
    path("lti/binding/", launching.lti_binding, name="lti_binding"),
    path("lti/release/", launching.lti_release, name="lti_release"),
    path("lti/registration/<str:token>/", registration.lti_registration, name="lti_registration"),
    path("lti/<uuid:uuid>/keys/", launching.lti_keys, name="lti_keys"),
    path("lti/<uuid:uuid>/canvas.json", registration.lti_canvas, name="lti_canvas"),
    path("lti/<uuid:uuid>/login/", launching.lti_login, name="lti_login"),
    path("lti/<uuid:uuid>/launch/", launching.lti_launch, name="lti_launch"),
    path("lti/<uuid:uuid>/again/", launching.lti_again, name="lti_again"),
]
