from django.urls import path

from today import views

app_name = "today"
urlpatterns = [
    path("today/", views.today, name="today"),
    path("together/", views.together, name="together"),
    path("challenge/back/", views.look_back, name="look_back"),
    path("challenge/back/<uuid:pk>/", views.look_back_at, name="look_back_at"),
]
