from django.urls import path

from today import views

app_name = "today"
urlpatterns = [
    path("today/", views.today, name="today"),
    path("together/", views.together, name="together"),
    path("looking-back/", views.looking_back_page, name="looking_back"),
    path("looking-back/<month:month>/", views.looking_back_page, name="looking_back_until"),
    path("looking-back/<month:month>/page/", views.month_page_of, name="month_page"),
    path("looking-back/closeness/", views.closeness, name="closeness"),
    path("looking-back/closeness/<month:month>/", views.closeness, name="closeness_until"),
    path("looking-back/looked-forward/", views.looked_forward_page, name="looked_forward"),
    path(
        "looking-back/looked-forward/<month:month>/", views.looked_forward_page, name="looked_forward_until"
    ),
    path("challenge/back/", views.look_back, name="look_back"),
    path("challenge/back/<uuid:pk>/", views.look_back_at, name="look_back_at"),
]
