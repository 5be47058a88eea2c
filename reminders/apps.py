from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"
    verbose_name = "What is promised, to whom, when"

    def ready(self) -> None:
        from accounts.hooks import joined, rezoned
        from couples.parting import parted
        from reminders import choosing, providers

        joined.take(choosing.start)
        rezoned.take(choosing.rezone)
        parted.take(choosing.quieten)
        providers.listen()
