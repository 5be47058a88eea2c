from django.apps import AppConfig


class AgendasConfig(AppConfig):
    name = "agendas"
    verbose_name = "The talk"

    def ready(self) -> None:
        from accounts import exporting, importing, undoing, what_is_kept
        from adventures import calendar
        from agendas import (
            calendar_entries,
            export_sections,
            figures,
            goals,
            lines,
            reminding,
            rhythm,
            scheduling,
            topics,
        )
        from agendas.importing import IMPORTERS
        from couples import asking
        from couples.parting import parted
        from reminders import kinds

        lines.load()
        for kind in reminding.KINDS:
            kinds.register(kind)
        exporting.register(*export_sections.SECTIONS)
        importing.register(*IMPORTERS)
        what_is_kept.register(figures.talks, figures.goals)
        calendar.take(calendar_entries.entries)
        asking.register(rhythm.ASK)
        asking.register(scheduling.MOVE)
        undoing.register("goal ended", goals.reopen)
        undoing.register("topic waits", topics.bring_after_all)
        undoing.register("talk left out", scheduling.hold_after_all)
        parted.take(rhythm.parted)
