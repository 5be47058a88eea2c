from django.urls import path

from challenges.views import challenge as views
from challenges.views import own

app_name = "challenges"
urlpatterns = [
    path("challenge/", views.challenge, name="challenge"),
    path("challenge/start/", views.start, name="start"),
    path("challenge/wake/", views.wake, name="wake"),
    path("challenge/end/", views.end, name="end"),
    path("challenge/habits/", own.keep, name="habits"),
    path("challenge/habits/<uuid:pk>/let-go/", own.let_go, name="let_go"),
    path("challenge/lines/<uuid:pk>/take-back/", views.take_back, name="take_back"),
    path("challenge/<int:number>/", views.day, name="day"),
    path("challenge/<int:number>/count/", views.complete, name="complete"),
    path("challenge/<int:number>/uncount/", views.uncomplete, name="uncomplete"),
    path("challenge/<int:number>/swap/", views.swap, name="swap"),
    path("challenge/<int:number>/line/", views.leave_line, name="leave_line"),
    path("settings/cards/", own.cards, name="cards"),
]
