from django.urls import path

from challenges.views import own
from challenges.views import path as views

app_name = "challenges"
urlpatterns = [
    path("path/", views.path, name="path"),
    path("path/start/", views.start, name="start"),
    path("path/wake/", views.wake, name="wake"),
    path("path/end/", views.end, name="end"),
    path("path/habits/", own.keep, name="habits"),
    path("path/habits/<uuid:pk>/let-go/", own.let_go, name="let_go"),
    path("path/lines/<uuid:pk>/take-back/", views.take_back, name="take_back"),
    path("path/<int:number>/", views.day, name="day"),
    path("path/<int:number>/count/", views.complete, name="complete"),
    path("path/<int:number>/uncount/", views.uncomplete, name="uncomplete"),
    path("path/<int:number>/swap/", views.swap, name="swap"),
    path("path/<int:number>/line/", views.leave_line, name="leave_line"),
    path("settings/cards/", own.cards, name="cards"),
]
