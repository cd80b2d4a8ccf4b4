from django.urls import path

from consent.signup import staff_views as views

urlpatterns = [
    path("", views.index, name="signup-forms"),
    path("nieuw/", views.add, name="signup-form-add"),
    path("<int:form_id>/", views.change, name="signup-form"),
]
