from django.urls import path

from reminders import views

app_name = "reminders"
urlpatterns = [
    path("settings/reminders/", views.reminders, name="settings"),
    path("settings/reminders/<slug:kind>/", views.mail, name="mail"),
    path("settings/reminders/<slug:kind>/designed/", views.mail_designed, name="mail_designed"),
    path("settings/reminders/<slug:kind>/send/", views.send_now, name="send_now"),
    path("welcome/evening/", views.evening, name="evening"),
    path("stop/<str:token>/", views.stop, name="stop"),
    path("status/", views.status_report, name="status"),
]
