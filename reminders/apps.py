from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"
    verbose_name = "What is promised, to whom, when"

    def ready(self) -> None:
        from accounts.hooks import joined, read_by_others, rezoned
        from couples.parting import parted
        from reminders import choosing, providers

        joined.take(choosing.start)
        rezoned.take(choosing.rezone)
        read_by_others.take(choosing.hush)
        parted.take(choosing.quieten)
        providers.listen()
