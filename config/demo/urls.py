from django.urls import path

from config.demo import views

app_name = "demo"
urlpatterns = [
    path("mail/", views.mail, name="mail"),
    path("mail/<str:name>/", views.message, name="message"),
    path("mail/<str:name>/designed/", views.designed, name="designed"),
]
