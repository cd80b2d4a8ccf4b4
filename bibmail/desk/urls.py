from django.urls import path

from bibmail.desk import views

urlpatterns = [path("", views.start, name="start")]
