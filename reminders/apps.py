from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"
    verbose_name = "What is promised, to whom, when"

    def ready(self) -> None:
        from accounts import exporting
        from accounts.hooks import joined, read_by_others, rezoned
        from couples.parting import parted
        from reminders import export_sections, preferences, providers

        joined.take(preferences.start)
        rezoned.take(preferences.rezone)
        read_by_others.take(preferences.hush)
        parted.take(preferences.quieten)
        providers.listen()
        exporting.register(*export_sections.SECTIONS)
