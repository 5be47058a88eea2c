from django.apps import AppConfig


class AgendasConfig(AppConfig):
    name = "agendas"
    verbose_name = "The talk"

    def ready(self) -> None:
        from adventures import calendar
        from agendas import calendar_entries, lines, reminding, rhythm, scheduling
        from couples import asking
        from couples.parting import parted
        from reminders import kinds

        lines.load()
        for kind in reminding.KINDS:
            kinds.register(kind)
        calendar.take(calendar_entries.entries)
        asking.register(rhythm.ASK)
        asking.register(scheduling.MOVE)
        parted.take(rhythm.parted)
