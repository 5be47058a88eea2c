from django.urls import path

from checkins import views

app_name = "checkins"
urlpatterns = [
    path("evening/", views.write, name="write"),
    path("evening/save/", views.save, name="save"),
]
