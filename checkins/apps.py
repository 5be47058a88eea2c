from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    name = "checkins"
    verbose_name = "The evening"

    def ready(self) -> None:
        from checkins import gestures
        from checkins.reminding import KINDS
        from reminders import kinds

        for kind in KINDS:
            kinds.register(kind)
        gestures.deck()  # a hole in it is found before anybody is served
