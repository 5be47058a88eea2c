from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People who sign in"

    def ready(self) -> None:
        from accounts import export_requests, export_sections, exporting, log, long_work, signups

        log.listen()
        exporting.register(*export_sections.SECTIONS)
        signups.register(signups.LINK)
        long_work.register(export_requests.KIND)
