from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People who sign in"

    def ready(self) -> None:
        from accounts import export_sections, exporting, log, signups

        log.listen()
        exporting.register(*export_sections.SECTIONS)
        signups.register(signups.vouches)
