from django.apps import AppConfig


class AgendasConfig(AppConfig):
    name = "agendas"
    verbose_name = "The talk"

    def ready(self) -> None:
        from adventures import calendar
        from agendas import ahead, calendar_entries, lines, reminding, rhythm
        from couples.asking import agreed
        from couples.parting import parted
        from reminders import kinds

        lines.load()
        for kind in reminding.KINDS:
            kinds.register(kind)
        calendar.take(calendar_entries.entries)
        agreed.take(rhythm.agreed)
        agreed.take(ahead.agreed)
        parted.take(rhythm.parted)
