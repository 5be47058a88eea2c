from django.urls import path

from reminders import views

app_name = "reminders"
urlpatterns = [
    path("settings/reminders/", views.reminders, name="settings"),
    path("welcome/evening/", views.evening, name="evening"),
    path("stop/<str:token>/", views.stop, name="stop"),
]
