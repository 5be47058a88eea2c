from django.apps import AppConfig


class AdventuresConfig(AppConfig):
    name = "adventures"
    verbose_name = "Wishes and dates"

    def ready(self) -> None:
        from accounts import exporting, importing, undoing, what_is_kept
        from accounts.hooks import leaving
        from adventures import attachments, dating, export_sections, figures, ideas, reminding, rhythm, undo
        from adventures.importing import IMPORTERS
        from couples import asking
        from couples.pairing import paired
        from couples.parting import parted
        from reminders import kinds, preferences

        ideas.every()  # a hole in the file is found before anybody is served
        for kind in (*reminding.KINDS, attachments.KIND):
            kinds.register(kind)
        exporting.register(*export_sections.SECTIONS)
        importing.register(*IMPORTERS)
        what_is_kept.register(figures.wishes, figures.dates, figures.days)
        asking.register(rhythm.ASK)
        undoing.register("act on a date", undo.undo_act)
        undoing.register("wish fulfilled", undo.undo_fulfil)
        undoing.register("wish added", undo.undo_wish)
        undoing.register("day added", undo.undo_occasion)
        preferences.chosen.take(reminding.follow)
        paired.take(dating.paired)
        parted.take(dating.parted)
        leaving.take(dating.leaving)
