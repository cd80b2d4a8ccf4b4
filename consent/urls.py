from django.urls import path

from consent import views

urlpatterns = [
    path("themas/", views.index, name="topics"),
    path("themas/<slug:code>/", views.change, name="topic"),
]
