from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    name = "checkins"
    verbose_name = "The evening"

    def ready(self) -> None:
        from accounts import exporting, importing, undoing, what_is_kept
        from checkins import (
            answering,
            deck,
            export_sections,
            feelings,
            figures,
            kindnesses,
            own_questions,
            prompt_preferences,
            replies,
            writing,
        )
        from checkins.importing import IMPORTERS
        from checkins.reminding import KINDS
        from couples import days
        from couples.pairing import paired
        from couples.parting import parted
        from reminders import kinds

        for kind in KINDS:
            kinds.register(kind)
        exporting.register(*export_sections.SECTIONS)
        importing.register(*IMPORTERS, evenings=days.day_of)
        what_is_kept.register(figures.evenings)
        undoing.register("yes, ask us", own_questions.undo_agree)
        undoing.register("that’s it", replies.undo_heard)
        for read in (deck.deck, kindnesses.deck, feelings.palette):
            read()  # a hole in one is found before anybody is served
        paired.take(prompt_preferences.begin_together)
        for act in (prompt_preferences.begin_alone, writing.parted, answering.parted):
            parted.take(act)
