from django.urls import path

from couples import views

app_name = "couples"
urlpatterns = [
    path("partner/", views.invite, name="invite"),
    path("partner/invite/", views.invite_create, name="invite_create"),
    path("partner/revoke/", views.invite_revoke, name="invite_revoke"),
    path("partner/mail/", views.invite_mail, name="invite_mail"),
    path("partner/code/", views.code, name="code"),
    path("partner/words/", views.words, name="words"),
    path("partner/words/same/", views.words_same, name="words_same"),
    path("partner/words/different/", views.words_different, name="words_different"),
    path("partner/line/", views.line, name="line"),
    path("partner/read/", views.notice_read, name="notice_read"),
    path("i/", views.by_code, name="by_code"),
    path("i/not-now/", views.not_now, name="not_now"),
    path("i/<str:code>/", views.invited, name="invited"),
    path("i/<str:code>/accept/", views.accept, name="accept"),
    path("never/<str:token>/", views.never, name="never"),
    path("evenings-of-ours/", views.our_evenings, name="evenings"),
    path("evenings-of-ours/every/", views.every_evening, name="every_evening"),
    path("asks/<slug:token>/yes/", views.ask_yes, name="ask_yes"),
    path("asks/<slug:token>/not-now/", views.ask_not_now, name="ask_not_now"),
    path("undo/<slug:token>/", views.undo, name="undo"),
    path("settings/part/", views.part, name="part"),
    path("settings/privacy/", views.block, name="block"),
]
