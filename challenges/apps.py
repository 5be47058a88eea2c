from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "challenges"
    verbose_name = "The challenge"

    def ready(self) -> None:
        from accounts import exporting, importing, undoing
        from accounts.hooks import rezoned
        from challenges import attempts, catalogue, export_sections, habits, swapping
        from challenges.importing import IMPORTERS
        from challenges.reminding import KINDS
        from couples import asking, weekdays
        from couples.pairing import paired
        from couples.parting import parted
        from reminders import kinds

        catalogue.every()  # a hole in one is found before anybody is served
        for kind in KINDS:
            kinds.register(kind)
        exporting.register(*export_sections.SECTIONS)
        importing.register(*IMPORTERS)
        asking.register(attempts.ASK)
        undoing.register("challenge begun", attempts.undo_begin)
        undoing.register("card swapped", swapping.swap_back)
        undoing.register("habit let go", habits.keep_again)
        paired.take(attempts.paired)
        parted.take(attempts.parted)
        weekdays.named.take(attempts.evenings_named)
        rezoned.take(attempts.rezoned)
