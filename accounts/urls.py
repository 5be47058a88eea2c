from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("safety/", views.safety, name="safety"),
    path("help/", views.help_page, name="help"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("out/", views.out, name="out"),
    path("come-in/<str:token>/", views.welcome, name="welcome"),
    path("more/", views.more, name="more"),
    path("settings/", views.settings_page, name="settings"),
    path("settings/security/", views.security, name="security"),
    path("settings/log/", views.log, name="log"),
    path("account/sessions/", views.sessions, name="sessions"),
    path("account/sessions/end/", views.session_end, name="session_end"),
    path("settings/data/", views.data, name="data"),
    path("settings/data/kept/", views.kept, name="kept"),
    path("settings/data/export/", views.export, name="export"),
    path("settings/data/export/progress/", views.export_progress, name="export_progress"),
    path("settings/data/export/download/", views.export_download, name="export_download"),
    path("settings/data/export/delete/", views.export_delete, name="export_delete"),
    path("settings/data/import/", views.import_file, name="import_file"),
    path("settings/data/import/take/", views.import_take, name="import_take"),
    path("settings/delete/", views.delete, name="delete"),
    path("account/reauthenticate/code/", views.reauthenticate_by_code, name="reauthenticate_by_code"),
    path("account/reauthenticate/none/", views.no_way_left, name="no_way_left"),
]
